"""The figures in which a pilot is judged, which direction is good, and which role each plays.

Exactly one figure is primary and decides the evidence grade; it is fixed here, before any pilot starts, so
several figures cannot be tried until one fits. The guardrails say at what price: a faster reply that is worse
is no gain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pilotwerk.evaluation.domain.effect import (
    Comparison,
    Verdict,
    compare_means,
    compare_rates,
)

Unit = Literal["minutes", "hours", "share", "points"]
Role = Literal["primary", "guardrail", "secondary"]


class Measured(Protocol):
    """What is known about one closed case; None where it was not measured."""

    @property
    def arm(self) -> str: ...
    @property
    def handling_seconds(self) -> float | None: ...
    @property
    def response_hours(self) -> float | None: ...
    @property
    def quality_ok(self) -> bool | None: ...
    @property
    def satisfaction(self) -> int | None: ...
    @property
    def recontacted(self) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    unit: Unit
    role: Role
    lower_is_better: bool
    read: Callable[[Measured], float | None]

    @property
    def is_rate(self) -> bool:
        return self.unit == "share"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure's comparison and what it means."""

    metric: Metric
    comparison: Comparison

    @property
    def verdict(self) -> Verdict:
        return self.comparison.verdict(lower_is_better=self.metric.lower_is_better)


def _minutes(case: Measured) -> float | None:
    return None if case.handling_seconds is None else case.handling_seconds / 60


METRICS: tuple[Metric, ...] = (
    Metric("handling_time", "minutes", "primary", True, _minutes),
    Metric("response_time", "hours", "secondary", True, lambda case: case.response_hours),
    Metric("quality", "share", "guardrail", False, lambda case: case.quality_ok),
    Metric("recontacted", "share", "guardrail", True, lambda case: case.recontacted),
    Metric("satisfaction", "points", "guardrail", False, lambda case: case.satisfaction),
)
PRIMARY = next(metric for metric in METRICS if metric.role == "primary")


def outcome(metric: Metric, cases: Sequence[Measured]) -> Outcome:
    """Compare the arms "ai" and "control" of the given cases in one figure."""
    ai = [metric.read(case) for case in cases if case.arm == "ai"]
    control = [metric.read(case) for case in cases if case.arm == "control"]
    if metric.is_rate:
        return Outcome(metric, compare_rates(ai=_booleans(ai), control=_booleans(control)))
    return Outcome(metric, compare_means(ai=ai, control=control))


def outcomes(cases: Sequence[Measured]) -> tuple[Outcome, ...]:
    """Every figure, in the order in which a page shows them."""
    return tuple(outcome(metric, cases) for metric in METRICS)


def before_after(before_minutes: Sequence[float | None], after: Sequence[Measured]) -> Outcome:
    """The primary figure against the time before the pilot: the weakest comparison, used only without a
    control arm.
    """
    return Outcome(PRIMARY, compare_means(ai=[PRIMARY.read(case) for case in after], control=before_minutes))


def checked_quality(cases: Sequence[Measured]) -> int:
    """In how many cases a person has checked the quality."""
    return sum(case.quality_ok is not None for case in cases)


def _booleans(values: Sequence[float | None]) -> list[bool | None]:
    return [None if value is None else bool(value) for value in values]
