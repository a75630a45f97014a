"""The way to the pilot: what is still to be done before it can start, each with the page where that is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.journey.models import Plan
from pilotwerk.journey.selectors import gate_passed, plan_current
from pilotwerk.kpis.selectors import goals
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.selectors.pilots import (
    Obstacle,
    pilot_current,
    register_obstacles,
    start_obstacles,
    version_in_training,
)
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecase_chosen
from pilotwerk.processes.selectors import imports_with_text

STEPS = 4


@dataclass(frozen=True, slots=True)
class Way:
    """How far the chosen use case has come: steps done of ``STEPS``, and the next one with its address."""

    name: str
    done: int
    next: Obstacle


@dataclass(frozen=True, slots=True)
class Advice:
    """What does not stand against a start, but cannot be made up for afterwards."""

    text: str
    url: str
    done: bool


def way(organisation: Organisation) -> Way | None:
    """The way of the chosen use case; None where nothing that can run is chosen, and once its pilot has started."""
    use_case = usecase_chosen(organisation)
    if use_case is None or use_case.recipe not in recipe.kinds():
        return None
    pilot = pilot_current(organisation)
    if pilot is not None and pilot.state != PilotState.DRAFT:
        return None
    learned = pilot is not None and (pilot.model_version_id is not None or bool(pilot.untrained_reason))
    # Learning goes on by itself; in the meantime there is the register to fill in.
    training = pilot is not None and version_in_training(pilot)
    register = register_obstacles(organisation, use_case)
    found = [] if learned or (training and register) else [_to_learn(organisation, use_case)]
    found += register or ([] if pilot is None else start_obstacles(pilot))
    setup = organisation.url("pilots:setup")
    ready = Obstacle(_("Start the pilot"), setup + "#start")
    entered = 2 if not register else int(register[0].url != organisation.url("governance:system_add"))
    return Way(use_case.name, 1 + int(learned) + entered, found[0] if found else ready)


def _to_learn(organisation: Organisation, use_case: UseCase) -> Obstacle:
    about = recipe.of(use_case.recipe).about
    if not about.tables and not imports_with_text(organisation):
        return Obstacle(_("Import past requests, so that it can learn"), organisation.url("processes:new"))
    text = (
        _("Let it learn from your past data") if about.learns else _("Hand in the table that it works with")
    )
    return Obstacle(text, organisation.url("pilots:setup") + "#learn")


def advised(organisation: Organisation) -> list[Advice]:
    """What better happens before the start than afterwards: people informed, a frozen baseline, gate 1 signed."""
    plan = plan_current(organisation)
    begin = organisation.url("journey:plan_start")
    gate = begin if plan is None else organisation.url("journey:gate", number=1)
    frozen = Advice(
        _("A goal is set and its baseline is frozen"),
        organisation.url("kpis:goals"),
        goals(organisation).exists(),
    )
    return [
        _task(plan, "inform_works_council", _("Works council or employees are informed"), begin),
        frozen,
        _task(plan, "training", _("Whoever works with it is trained"), begin),
        Advice(_("Gate 1 is signed"), gate, gate_passed(organisation, 1)),
    ]


def _task(plan: Plan | None, key: str, text: str, begin: str) -> Advice:
    """A task of the plan that a person marks as done; without a plan it leads to its beginning."""
    found = plan.tasks.filter(key=key).first() if plan is not None else None
    if plan is None or found is None:
        return Advice(text, begin, done=False)
    return Advice(text, plan.organisation.url("journey:task", pk=found.pk), found.done_at is not None)
