"""KPIs from per-case columns of an import. Each function states its definition; units are in the catalogue.

Quantiles use linear interpolation between order statistics, as the process facts do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import Any

from pilotwerk.core.results import CannotTell

CASES_NEEDED = 20
WEEKS_NEEDED = 4
CLOSED_WITHIN_DAYS = 2.0


@dataclass(frozen=True, slots=True)
class Cases:
    """One entry a case. `opened` and `closed` may be None where the data does not say; minutes likewise.

    `facts` are the facts of the import as `pilotwerk analyse` gives them.
    """

    opened: Sequence[datetime | None]
    closed: Sequence[datetime | None]
    duration_days: Sequence[float | None]
    handling_minutes: Sequence[float | None]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI's value over `n` cases (weeks for weekly figures) whose cases opened from `first` to `last`."""

    value: float
    n: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TooLittle(CannotTell):
    """What is short ("cases", "weeks", "closed", "handling_minutes", "event_log"): found and needed."""

    what: str = "cases"
    found: int = 0
    needed: int = 0


Computation = Callable[[Cases], "Measure | TooLittle"]


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile (share in 0..1) of at least one value, linear between order statistics."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def cases_per_week(cases: Cases) -> Measure | TooLittle:
    """Median number of cases closed in a whole week (Monday to Sunday) inside the period of closing dates."""
    days = sorted(moment.date() for moment in cases.closed if moment is not None)
    if not days:
        return _too_little("closed", 0, CASES_NEEDED)
    # A begun week at either end would count as a quiet one.
    start = days[0] + timedelta(days=(7 - days[0].weekday()) % 7)
    weeks = ((days[-1] + timedelta(days=1)) - start).days // 7
    if weeks < WEEKS_NEEDED:
        return _too_little("weeks", max(weeks, 0), WEEKS_NEEDED)
    counts = [0] * weeks
    for day in days:
        at = (day - start).days // 7
        if 0 <= at < weeks and day >= start:
            counts[at] += 1
    return Measure(float(median(counts)), weeks, start, start + timedelta(days=7 * weeks - 1))


def cycle_time_median(cases: Cases) -> Measure | TooLittle:
    """Median days from opening to closing of a case."""
    return _over(cases, cases.duration_days, "closed", lambda days: quantile(days, 0.5))


def cycle_time_p90(cases: Cases) -> Measure | TooLittle:
    """Days within which 90 % of the cases are closed."""
    return _over(cases, cases.duration_days, "closed", lambda days: quantile(days, 0.9))


def closed_within_two_days(cases: Cases) -> Measure | TooLittle:
    """Share (0..1) of cases closed within CLOSED_WITHIN_DAYS days of opening."""
    return _over(
        cases, cases.duration_days, "closed", lambda days: fmean(d <= CLOSED_WITHIN_DAYS for d in days)
    )


def handling_minutes_mean(cases: Cases) -> Measure | TooLittle:
    """Mean minutes of work on a case, over the cases that carry a time."""
    return _over(cases, cases.handling_minutes, "handling_minutes", fmean)


def rework_share(cases: Cases) -> Measure | TooLittle:
    """Share (0..1) of cases in which an activity occurs more than once; needs an event log."""
    return _fact(cases, "rework_share")


def top_variant_share(cases: Cases) -> Measure | TooLittle:
    """Share (0..1) of cases that take the most frequent way; needs an event log."""
    return _fact(cases, "top_variant_share")


COMPUTATIONS: Mapping[str, Computation] = {
    "cases_per_week": cases_per_week,
    "cycle_time_median": cycle_time_median,
    "cycle_time_p90": cycle_time_p90,
    "closed_within_two_days": closed_within_two_days,
    "handling_minutes_mean": handling_minutes_mean,
    "rework_share": rework_share,
    "top_variant_share": top_variant_share,
}


def _too_little(what: str, found: int, needed: int) -> TooLittle:
    return TooLittle(f"{what}: {found} of {needed}", what, found, needed)


def _period(moments: Sequence[datetime | None]) -> tuple[date, date] | None:
    days = [moment.date() for moment in moments if moment is not None]
    return (min(days), max(days)) if days else None


def _over(
    cases: Cases, values: Sequence[float | None], what: str, figure: Callable[[list[float]], float]
) -> Measure | TooLittle:
    known = [at for at, value in enumerate(values) if value is not None]
    period = _period([cases.opened[at] for at in known])
    if len(known) < CASES_NEEDED or period is None:
        return _too_little(what, len(known), CASES_NEEDED)
    return Measure(figure([float(values[at] or 0) for at in known]), len(known), *period)


def _fact(cases: Cases, name: str) -> Measure | TooLittle:
    found, value = cases.facts.get("cases"), cases.facts.get(name)
    period = _period(cases.opened)
    if cases.facts.get("kind") != "event_log" or not isinstance(value, int | float) or period is None:
        return _too_little("event_log", 0, 1)
    count = int(found or 0)
    if count < CASES_NEEDED:
        return _too_little("cases", count, CASES_NEEDED)
    return Measure(float(value), count, *period)
