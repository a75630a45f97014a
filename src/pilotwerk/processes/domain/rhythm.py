"""When work comes in: by week with its trend, and by hour of the week."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

from pilotwerk.processes.domain.figures import DAY_MICROSECONDS, quantile

WEEKS_FOR_A_TREND = 8
LEVEL = 0.95
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`weeks`: cases by the Monday of their week. `hours[weekday][hour]`: cases begun, Monday is 0; None where
    the data has days without a time of day.
    """

    weeks: Mapping[dt.date, int]
    hours: list[list[int]] | None


def rhythm(by_hour: Mapping[int, int], zone: ZoneInfo | None) -> Rhythm:
    """Counts by hours since 1970 become counts by week and by hour of the week, as the clock in `zone` says.

    Without a zone the hours are taken as they stand.
    """
    weeks: Counter[dt.date] = Counter()
    hours = [[0] * 24 for _ in range(7)]
    for hour, count in by_hour.items():
        begun = _EPOCH + dt.timedelta(hours=hour)
        if zone is not None:
            begun = begun.astimezone(zone)
        weeks[begun.date() - dt.timedelta(days=begun.weekday())] += count
        hours[begun.weekday()][begun.hour] += count
    at_midnight = sum(day[0] for day in hours)
    return Rhythm(weeks, None if at_midnight == sum(by_hour.values()) else hours)


def trend(
    weeks: Sequence[tuple[dt.date, int]], *, first: int | None, last: int | None
) -> dict[str, Any] | None:
    """How many cases a week more or less come with each week: slope with a 95 % interval, after Theil and Sen.

    Whole weeks only: the first and the last are left out unless the data covers them from Monday to Sunday.
    `first` and `last` are microseconds since 1970. None with fewer than eight whole weeks: nothing can be told.
    """
    if first is None or last is None:
        return None
    whole = [
        (monday, count)
        for monday, count in weeks
        if _microseconds(monday) + DAY_MICROSECONDS > first
        and _microseconds(monday) + 6 * DAY_MICROSECONDS <= last
    ]
    if len(whole) < WEEKS_FOR_A_TREND:
        return None
    slope, low, high = theil_sen([count for _, count in whole])
    direction = "up" if low > 0 else "down" if high < 0 else "open"
    return {
        "slope": slope,
        "interval": [low, high],
        "level": LEVEL,
        "weeks": len(whole),
        "direction": direction,
    }


def theil_sen(values: Sequence[float]) -> tuple[float, float, float]:
    """Median of all slopes between two values at 0, 1, 2 ..., with the ends of its 95 % interval.

    P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968), with his correction
    for equal values. SciPy has it, but importing scipy.stats takes longer than measuring a log of 100,000 events.
    """
    n = len(values)
    slopes = sorted((values[j] - values[i]) / (j - i) for i in range(n) for j in range(i + 1, n))
    ties = sum(count * (count - 1) * (2 * count + 5) for count in Counter(values).values())
    spread = NormalDist().inv_cdf((1 + LEVEL) / 2) * math.sqrt((n * (n - 1) * (2 * n + 5) - ties) / 18)
    below = max(round((len(slopes) - spread) / 2) - 1, 0)
    above = min(round((len(slopes) + spread) / 2), len(slopes) - 1)
    return quantile(slopes, 0.5), slopes[below], slopes[above]


def _microseconds(day: dt.date) -> int:
    return (day - _EPOCH.date()).days * DAY_MICROSECONDS
