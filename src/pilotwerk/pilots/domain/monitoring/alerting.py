"""When an alert begins and when it is over, with a gap in between so that it does not flicker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Measure(StrEnum):
    """What a rule looks at. Shares are 0..1, times are hours, money is euro."""

    ACCEPTANCE = "acceptance"
    REJECTED = "rejected"
    EDIT_DISTANCE = "edit_distance"
    TO_DECISION = "to_decision"
    TO_SENDING = "to_sending"
    OLDEST_OPEN = "oldest_open"
    OPEN = "open"
    OVERDUE = "overdue"
    FAULTS = "faults"
    RECEIVED = "received"
    COST_CASE = "cost_case"
    CALIBRATION = "calibration"
    DRIFT_CATEGORY = "drift_category"
    DRIFT_LANGUAGE = "drift_language"
    DRIFT_LENGTH = "drift_length"


class Comparison(StrEnum):
    ABOVE = "above"
    BELOW = "below"


class Unit(StrEnum):
    SHARE = "share"
    HOURS = "hours"
    CASES = "cases"
    EURO = "euro"
    INDEX = "index"


class Move(StrEnum):
    """What a look at the figure changes."""

    RAISE = "raise"
    RESOLVE = "resolve"
    STAY = "stay"


UNITS: Final = {
    Measure.ACCEPTANCE: Unit.SHARE,
    Measure.REJECTED: Unit.SHARE,
    Measure.EDIT_DISTANCE: Unit.SHARE,
    Measure.TO_DECISION: Unit.HOURS,
    Measure.TO_SENDING: Unit.HOURS,
    Measure.OLDEST_OPEN: Unit.HOURS,
    Measure.OPEN: Unit.CASES,
    Measure.OVERDUE: Unit.CASES,
    Measure.FAULTS: Unit.CASES,
    Measure.RECEIVED: Unit.CASES,
    Measure.COST_CASE: Unit.EURO,
    Measure.CALIBRATION: Unit.SHARE,
    Measure.DRIFT_CATEGORY: Unit.INDEX,
    Measure.DRIFT_LANGUAGE: Unit.INDEX,
    Measure.DRIFT_LENGTH: Unit.INDEX,
}
NOW: Final = frozenset({Measure.OLDEST_OPEN, Measure.OPEN, Measure.OVERDUE, Measure.FAULTS})
"""Measures of this moment: the window does not matter to them."""
GAP: Final = 0.1
"""The way back beyond the bound, as a share of it, that ends an alert."""


@dataclass(frozen=True, slots=True)
class Default:
    """A rule that is offered. ``bound`` in the measure's unit, ``days`` is the window."""

    measure: Measure
    comparison: Comparison
    bound: float
    days: int


DEFAULTS: Final = (
    Default(Measure.ACCEPTANCE, Comparison.BELOW, 0.70, 7),
    Default(Measure.OLDEST_OPEN, Comparison.ABOVE, 24, 1),
    Default(Measure.FAULTS, Comparison.ABOVE, 0, 1),
    Default(Measure.TO_DECISION, Comparison.ABOVE, 24, 7),
    Default(Measure.CALIBRATION, Comparison.ABOVE, 0.15, 30),
    Default(Measure.DRIFT_CATEGORY, Comparison.ABOVE, 0.25, 30),
)


def crossed(value: float, comparison: Comparison, bound: float) -> bool:
    """Whether the value lies beyond the bound; on the bound it does not."""
    return value > bound if comparison is Comparison.ABOVE else value < bound


def release(comparison: Comparison, bound: float, unit: Unit) -> float:
    """Where an alert ends: a tenth of the bound back on the good side (Schmitt trigger), at the bound for 0.

    For a share within 0..1, so that every alert can end.
    """
    gap = abs(bound) * GAP
    back = bound - gap if comparison is Comparison.ABOVE else bound + gap
    return min(max(back, 0.0), 1.0) if unit is Unit.SHARE else back


def move(*, raised: bool, value: float | None, comparison: Comparison, bound: float, unit: Unit) -> Move:
    """Raise once when the bound is crossed, resolve once when the value is well back. An unknown value changes
    nothing.
    """
    if value is None:
        return Move.STAY
    if not raised:
        return Move.RAISE if crossed(value, comparison, bound) else Move.STAY
    back = release(comparison, bound, unit)
    well = value <= back if comparison is Comparison.ABOVE else value >= back
    return Move.RESOLVE if well else Move.STAY
