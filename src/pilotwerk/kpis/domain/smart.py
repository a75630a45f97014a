"""Whether a goal is SMART, point by point. Words are made by the page."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Direction(StrEnum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"


class Point(StrEnum):
    """What is asked of a goal."""

    SPECIFIC = "specific"
    MEASURABLE = "measurable"
    AMBITIOUS = "ambitious"
    REACHABLE = "reachable"
    TIMED = "timed"
    OWNED = "owned"


@dataclass(frozen=True, slots=True)
class Draft:
    """A goal as it is being set. `ceiling` is the highest value that the unit allows (1.0 for shares)."""

    direction: Direction
    baseline: float | None
    cases: int
    target: float
    ceiling: float | None
    due: date
    window: tuple[date, date]
    has_owner: bool


def check(draft: Draft) -> dict[Point, bool]:
    """Each point with yes or no. Specific is met by the catalogue: a KPI has one definition and one unit."""
    baseline = draft.baseline
    better = baseline is not None and (
        draft.target < baseline if draft.direction is Direction.LOWER else draft.target > baseline
    )
    possible = draft.target >= 0 and (draft.ceiling is None or draft.target <= draft.ceiling)
    return {
        Point.SPECIFIC: True,
        Point.MEASURABLE: baseline is not None and draft.cases > 0,
        Point.AMBITIOUS: better,
        Point.REACHABLE: possible,
        Point.TIMED: draft.window[0] < draft.due <= draft.window[1],
        Point.OWNED: draft.has_owner,
    }


def change(baseline: float, target: float) -> float | None:
    """Relative change from baseline to target (-0.3 is 30 % less); None from a baseline of 0."""
    return None if baseline == 0 else (target - baseline) / baseline
