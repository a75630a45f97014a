"""The span of time that a page looks at, cut into days or weeks of the company's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

Step = Literal["day", "week"]

SPANS: Final = (7, 30, 90, 365)
"""Days that can be chosen. At most 54 periods follow, so one statement can sort all cases into them."""
DAYS_UP_TO: Final = 31


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both counted."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """Periods without a gap, oldest first, at least one. ``step``: how long a whole one is."""

    periods: tuple[Period, ...]
    step: Step
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.periods[0].first

    @property
    def last(self) -> date:
        return self.periods[-1].last

    def begins(self) -> datetime:
        """The first moment that belongs to the span."""
        return _midnight(self.first, self.zone)

    def ends(self) -> datetime:
        """The first moment after the span."""
        return self.bounds()[-1]

    def bounds(self) -> list[datetime]:
        """For each period the first moment after it: midnight where the company is, also when clocks change."""
        return [_midnight(period.last + timedelta(days=1), self.zone) for period in self.periods]


def span_of(*, days: int, begin: date, end: date, zone: ZoneInfo) -> Span:
    """The last ``days`` calendar days up to ``end``, not before ``begin``: days up to a month, else weeks.

    Weeks begin on Monday; the first may be shorter. Raises ValueError for a length that cannot be chosen.
    """
    if days not in SPANS:
        raise ValueError(f"{days} days cannot be chosen")
    first = min(max(begin, end - timedelta(days=days - 1)), end)
    if days <= DAYS_UP_TO:
        count = (end - first).days + 1
        found = tuple(Period(day, day) for day in (first + timedelta(days=n) for n in range(count)))
        return Span(found, "day", zone)
    weeks, start = [], first
    while start <= end:
        last = min(start + timedelta(days=6 - start.weekday()), end)
        weeks.append(Period(start, last))
        start = last + timedelta(days=1)
    return Span(tuple(weeks), "week", zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
