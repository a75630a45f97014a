"""Whether a goal was reached: the goal's own KPI, computed by its frozen definition over the pilot's cases
with AI.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain.metrics import Measured
from pilotwerk.kpis.domain.measures import COMPUTATIONS, Cases, Measure

NOT_IN_PILOT = "The pilot's cases do not hold what this figure needs."


class GoalState(StrEnum):
    REACHED = "reached"
    BETTER = "better"
    NOT_REACHED = "not_reached"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class GoalResult:
    """`better` means on the way: better than the baseline, target not reached."""

    state: GoalState
    now: Measure | CannotTell


class Timed(Measured, Protocol):
    @property
    def received_at(self) -> datetime: ...


def goal_result(
    *, kpi: str, lower_is_better: bool, baseline: float, target: float, cases: Sequence[Timed]
) -> GoalResult:
    """Compare the KPI over the cases with AI with target and baseline, both inclusive on the good side."""
    computation = COMPUTATIONS.get(kpi)
    if computation is None:
        return GoalResult(GoalState.OPEN, CannotTell(NOT_IN_PILOT))
    now = computation(_columns([case for case in cases if case.arm == "ai"]))
    if isinstance(now, CannotTell):
        return GoalResult(GoalState.OPEN, now)
    sign = 1 if lower_is_better else -1
    if sign * now.value <= sign * target:
        return GoalResult(GoalState.REACHED, now)
    return GoalResult(GoalState.BETTER if sign * now.value < sign * baseline else GoalState.NOT_REACHED, now)


def _columns(cases: Sequence[Timed]) -> Cases:
    hours = [case.response_hours for case in cases]
    opened = [case.received_at for case in cases]
    return Cases(
        opened=opened,
        closed=[
            None if hour is None else start + timedelta(hours=hour)
            for start, hour in zip(opened, hours, strict=True)
        ],
        duration_days=[None if hour is None else hour / 24 for hour in hours],
        handling_minutes=[
            None if case.handling_seconds is None else case.handling_seconds / 60 for case in cases
        ],
        facts={},
    )
