"""What rooms above the plan hand to it: criteria of gates, points that need attention, steps behind tasks.

Rooms call this from their `registers.py` when the program starts. The plan imports none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.journey.catalogue import plan_catalogue
from pilotwerk.journey.domain.gates import CheckResult, State

__all__ = [
    "Attention",
    "CheckResult",
    "Outcome",
    "State",
    "register_attention",
    "register_check",
    "register_outcome",
    "register_panel",
    "register_step",
]


@dataclass(frozen=True, slots=True)
class Check:
    """A criterion of a gate (1 to 3). `run` computes it from the data each time it is shown."""

    id: str
    gate: int
    order: int
    title: str | Promise
    run: Callable[[Organisation], CheckResult]


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that one member should look at. `state` is the look of the chip: "bad", "warn" or "open"."""

    state: str
    label: str
    text: str
    url: str
    who: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where a task of the plan is done, and whether the data says that it is.

    `by_hand`: a person may say so as well, because the data cannot tell for certain.
    """

    task_key: str
    url_name: str
    is_done: Callable[[Organisation], bool]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the overview. `context` answers what `template` gets as `panel`, or None for nothing to show."""

    order: int
    template: str
    context: Callable[[Organisation, Membership], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the 90 days ended in: a title and one or two sentences with the figures."""

    title: str
    lead: str


OutcomeSource = Callable[[Organisation], Outcome | None]
AttentionSource = Callable[[Organisation, Membership], list[Attention]]

_checks: dict[str, Check] = {}
_attention: list[AttentionSource] = []
_steps: dict[str, Step] = {}
_panels: list[Panel] = []
_outcomes: list[OutcomeSource] = []


def register_check(
    id: str, gate: int, order: int, title: str | Promise, check: Callable[[Organisation], CheckResult]
) -> None:
    """Add a criterion to gate 1, 2 or 3. An id is registered once."""
    if id in _checks:
        raise ValueError(f"the check {id} is registered twice")
    if gate not in (1, 2, 3):
        raise ValueError(f"the check {id} names gate {gate}: there are gates 1, 2 and 3")
    _checks[id] = Check(id, gate, order, title, check)


def register_attention(source: AttentionSource) -> None:
    """Add a source of points for the overview; the most urgent five of all sources are shown."""
    _attention.append(source)


def register_step(
    task_key: str, url_name: str, is_done: Callable[[Organisation], bool], *, by_hand: bool = False
) -> None:
    """Say where a task of the catalogue is done; `url_name` is a view that needs no further arguments."""
    if task_key in _steps:
        raise ValueError(f"the step for the task {task_key} is registered twice")
    if task_key not in plan_catalogue().tasks_by_key:
        raise ValueError(f"there is no task {task_key} in journey/data/plan.yaml")
    _steps[task_key] = Step(task_key, url_name, is_done, by_hand)


def register_outcome(source: OutcomeSource) -> None:
    """Say what the overview shows once all gates are decided; None while the room knows nothing."""
    _outcomes.append(source)


def register_panel(
    order: int, template: str, context: Callable[[Organisation, Membership], dict[str, Any] | None]
) -> None:
    """Add a part to the overview, below next step and attention: a whole `<section class="panel">`."""
    _panels.append(Panel(order, template, context))


def outcome(organisation: Organisation) -> Outcome | None:
    """What the 90 days ended in, from the first room that knows it."""
    return next((found for source in _outcomes if (found := source(organisation)) is not None), None)


def checks(gate: int) -> list[Check]:
    """The criteria of a gate in their order."""
    return sorted(
        (check for check in _checks.values() if check.gate == gate), key=lambda one: (one.order, one.id)
    )


def attention_sources() -> list[AttentionSource]:
    """All registered sources."""
    return list(_attention)


def step(task_key: str) -> Step | None:
    """The step behind a task, or None where a person says that the task is done."""
    return _steps.get(task_key)


def panels(organisation: Organisation, membership: Membership) -> list[dict[str, Any]]:
    """Template and context of each part of the overview that has something to show, in order."""
    found = [
        (panel.template, panel.context(organisation, membership)) for panel in sorted(_panels, key=_order)
    ]
    return [{"template": template, "context": context} for template, context in found if context is not None]


def _order(panel: Panel) -> int:
    return panel.order
