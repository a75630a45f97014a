"""Which periods a report is about: the one before, the same of the year before, and whether a period is whole."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.cube import Cube

HISTORY = 13
WEEKS_LOOKED_AT = 12
OFTEN, USUAL = 0.8, 0.5


def year_before(frequency: Frequency, period: int) -> int | None:
    """The same ISO week or month of the year before; None for a week 53 that the year before does not have."""
    if frequency is Frequency.MONTH:
        return period - 12
    year, week, _ = frequency.first_day(period).isocalendar()
    try:
        return frequency.number(date.fromisocalendar(year - 1, week, 1))
    except ValueError:
        return None


def days_in(frequency: Frequency, period: int) -> list[date]:
    """Every day of the period."""
    first, last = frequency.first_day(period), frequency.last_day(period)
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


class Rhythm:
    """On which days there are rows."""

    def __init__(self, cube: Cube) -> None:
        import numpy as np

        self.days = frozenset(np.unique(cube.days).tolist())
        self.first, self.last = cube.first_day, cube.last_day
        self.frequency = cube.spec.frequency
        span = max(1, ((self.last - self.first).days + 1) // 7)
        counts = Counter(date.fromordinal(day).weekday() for day in self.days)
        self.usual = frozenset(weekday for weekday, count in counts.items() if count >= USUAL * span)

    def is_whole(self, period: int, today: date | None) -> bool:
        """Whether the data cover the period: no day on which rows usually come lies before or behind them."""
        days = days_in(self.frequency, period)
        if today is not None and days[-1] >= today:
            return False
        outside = [day for day in days if day < self.first or day > self.last]
        return len(outside) < len(days) and not any(day.weekday() in self.usual for day in outside)

    def missing(self, period: int) -> list[date]:
        """Days without a row whose weekday had rows in 80 % of the twelve weeks before; at least four of them."""
        begin = self.frequency.first_day(period)
        found = []
        for day in days_in(self.frequency, period):
            if day.toordinal() in self.days or not self.first <= day <= self.last:
                continue
            back = (day - begin).days // 7 + 1
            before = [day - timedelta(weeks=back + step) for step in range(WEEKS_LOOKED_AT)]
            seen = [earlier.toordinal() in self.days for earlier in before if earlier >= self.first]
            if len(seen) >= 4 and sum(seen) >= OFTEN * len(seen):
                found.append(day)
        return found


def last_whole(rhythm: Rhythm, first: int, last: int, today: date | None) -> int:
    """The newest period that is covered whole; the last one where none is."""
    return next((one for one in range(last, first - 1, -1) if rhythm.is_whole(one, today)), last)
