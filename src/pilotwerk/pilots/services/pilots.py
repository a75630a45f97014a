"""A pilot from its set-up to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.selectors import system_for_use_case
from pilotwerk.governance.services import system_change
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.assignment import commitment, seed_new
from pilotwerk.pilots.domain.states import ON_THE_WAY_OUT, CaseState, PilotState
from pilotwerk.pilots.domain.stop_rules import StopRule, to_plain
from pilotwerk.pilots.models import Case, Closed, Connection, ConnectionKind, Pilot, SourceKind, TargetKind
from pilotwerk.pilots.recipes.base import Recipe
from pilotwerk.pilots.selectors.connections import connections_offered
from pilotwerk.pilots.selectors.pilots import start_obstacles, targets_offered
from pilotwerk.pilots.services.moves import pilot_lock, pilot_move, pilot_recorded
from pilotwerk.pilots.services.recipes import watch_later
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecase_chosen


@transaction.atomic
def pilot_setup(
    *,
    organisation: Organisation,
    actor: Actor,
    use_case: UseCase,
    name: str = "",
    share: float | None = None,
    stop_rules: Sequence[StopRule] | None = None,
    source_kind: str = SourceKind.UPLOAD,
    target_kind: str = TargetKind.OUTBOX,
    source_connection: Connection | None = None,
    target_connection: Connection | None = None,
    send_delay_seconds: int = 60,
    deadline_hours: int | None = None,
    urgent_categories: Sequence[str] = (),
    enough_decisions: int | None = None,
    untrained_reason: str = "",
    options: dict[str, Any] | None = None,
) -> Pilot:
    """Make the pilot of the chosen use case, or change it while it has not started. What is left out is as its
    recipe proposes.
    """
    _can_become_a_pilot(organisation, use_case)
    about = recipe.of(use_case.recipe).about
    share = about.share if share is None else share
    if not 0 < share <= 1:
        raise Refused(_("The share with AI must be more than 0 and at most 100%."))
    if target_kind not in targets_offered(organisation, about):
        raise Refused(_("This way out is not set up on this installation."))
    connections = {
        "source_connection": _connected(organisation, about, source_kind, source_connection),
        "target_connection": _connected(organisation, about, target_kind, target_connection),
    }
    values: dict[str, Any] = {
        "name": (name.strip() or use_case.name)[:120],
        "recipe": use_case.recipe,
        "share": share,
        "stop_rules": to_plain(about.stop_rules if stop_rules is None else stop_rules),
        "source_kind": str(source_kind),
        "target_kind": str(target_kind),
        "send_delay_seconds": send_delay_seconds,
        "deadline_hours": about.deadline_hours if deadline_hours is None else deadline_hours,
        "urgent_categories": list(urgent_categories),
        "enough_decisions": about.enough if enough_decisions is None else enough_decisions,
        "untrained_reason": untrained_reason.strip()[:500],
        **({} if options is None else {"options": options}),
    }
    pilot = Pilot.objects.of(organisation).exclude(state=PilotState.ENDED.value).first()
    if pilot is None:
        pilot = Pilot.objects.create(organisation=organisation, use_case=use_case, **values, **connections)
    else:
        found = Pilot.objects.filter(pk=pilot.pk, state=PilotState.DRAFT.value)
        if found.update(use_case=use_case, **values, **connections) != 1:
            raise Refused(_("The pilot has started. What decides about its measurement cannot change now."))
        pilot.refresh_from_db()
    named: dict[str, Any] = {key: one.name for key, one in connections.items() if one is not None}
    if options is not None:
        plain = {name: value for name, value in options.items() if name not in about.personal}
        named["options"] = plain
    pilot_recorded(actor=actor, action="pilots.pilot_set_up", pilot=pilot, data={"settings": values | named})
    return pilot


def _can_become_a_pilot(organisation: Organisation, use_case: UseCase) -> None:
    chosen = usecase_chosen(organisation)
    if chosen is None or chosen.pk != use_case.pk:
        raise Refused(_("Only the chosen use case can become a pilot."))
    if use_case.recipe not in recipe.kinds():
        raise Refused(_("There is no recipe yet for this kind of use case, so it cannot become a pilot."))


def _connected(
    organisation: Organisation, about: Recipe, kind: str, connection: Connection | None
) -> Connection | None:
    """The connection that a way in or out needs; None for one that needs none."""
    if kind not in ConnectionKind.values:
        return None
    offered = connections_offered(organisation, about, kind)
    if connection is None or not offered.filter(pk=connection.pk).exists():
        raise Refused(_("Choose a connection that was tested and works."))
    return connection


@transaction.atomic
def pilot_start(*, organisation: Organisation, actor: Actor, pilot: Pilot) -> Pilot:
    """Start, when the AI system is registered and classified, something was learned, and stop rules are set."""
    pilot_lock(pilot.pk)
    pilot.refresh_from_db()
    obstacles = start_obstacles(pilot)
    if obstacles:
        raise Refused(" ".join(obstacle.text for obstacle in obstacles))
    seed = seed_new()
    committed = commitment(seed)
    moment = clock.now()
    pilot_move(pilot, "start", seed=seed, seed_commitment=committed, started_at=moment, watched_since=moment)
    pilot_recorded(
        actor=actor,
        action="pilots.pilot_started",
        pilot=pilot,
        data={"commitment": committed, "share": pilot.share, "stop_rules": pilot.stop_rules},
    )
    _register_says(organisation, actor, pilot, AISystem.State.PILOT, instead_of=AISystem.State.PLANNED)
    if recipe.of(pilot.recipe).about.watches:
        watch_later(pilot)
    return pilot


def _register_says(
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    state: AISystem.State,
    *,
    instead_of: AISystem.State,
) -> None:
    """The AI register follows the pilot; what a person entered otherwise stays as it is."""
    system = system_for_use_case(pilot.use_case)
    if system is not None and system.state == instead_of:
        system_change(organisation=organisation, actor=actor, system=system, state=state.value)


@transaction.atomic
def pilot_end(*, organisation: Organisation, actor: Actor, pilot: Pilot) -> None:
    """End for good: publish the seed of the draw, and leave what is still open to the team. In the AI register the
    system is planned again, until somebody decides how it goes on.
    """
    pilot_lock(pilot.pk)
    under_way = [*(state.value for state in ON_THE_WAY_OUT), CaseState.EXECUTING.value]
    if Case.objects.filter(pilot=pilot, state__in=under_way).exists():
        raise Refused(_("Something is still going out. Try again in a minute, or stop the pilot first."))
    moment = clock.now()
    pilot_move(pilot, "end", ended_at=moment)
    left = (
        Case.objects.filter(pilot=pilot)
        .exclude(state=CaseState.DONE.value)
        .update(state=CaseState.DONE.value, state_since=moment, closed=Closed.ELSEWHERE)
    )
    pilot_recorded(
        actor=actor, action="pilots.pilot_ended", pilot=pilot, data={"seed": pilot.seed, "left_open": left}
    )
    _register_says(organisation, actor, pilot, AISystem.State.PLANNED, instead_of=AISystem.State.PILOT)
