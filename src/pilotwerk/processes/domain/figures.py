"""Small exact figures over lists: quantiles, weeks without gaps, classes of duration."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DAY_MICROSECONDS = 86_400_000_000
HOUR = 1 / 24

# Boundaries in days from which the classes of a picture are chosen: a minute to two years.
LADDER = (
    1 / 1440, 15 / 1440, HOUR, 4 * HOUR, 8 * HOUR, 1.0, 2.0, 4.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0,
    730.0,
)  # fmt: skip
CLASSES = 6


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile by linear interpolation between order statistics (Hyndman and Fan's type 7).

    `values` needs not be sorted and must not be empty; `share` lies in 0..1.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def weeks_without_gaps(counts: Mapping[dt.date, int]) -> list[tuple[dt.date, int]]:
    """Every week from the first to the last, named by its Monday; a week in which nothing began has 0."""
    if not counts:
        return []
    week, last = min(counts), max(counts)
    found = []
    while week <= last:
        found.append((week, counts.get(week, 0)))
        week += dt.timedelta(days=7)
    return found


@dataclass(frozen=True, slots=True)
class DurationClass:
    """Cases that took at least `lower` and less than `upper` days; None is open at that end."""

    lower: float | None
    upper: float | None
    cases: int


def _unevenness(counts: Sequence[int]) -> int:
    return sum(count * count for count in counts)


def duration_classes(fine: Sequence[int]) -> list[DurationClass]:
    """Chooses six neighbouring classes from counts per step of `LADDER`, as even as possible.

    `fine[i]` counts durations below `LADDER[i]` and at or above the boundary before; the last one has no
    upper boundary, so `fine` has one entry more than the ladder.
    """
    if len(fine) != len(LADDER) + 1:
        raise ValueError("one count for each step of the ladder is needed")
    inner = CLASSES - 1
    best: list[int] | None = None
    best_start = 0
    for start in range(len(LADDER) - inner + 1):
        counts = [
            sum(fine[: start + 1]),
            *fine[start + 1 : start + inner],
            sum(fine[start + inner :]),
        ]
        if best is None or _unevenness(counts) < _unevenness(best):
            best, best_start = counts, start
    edges: list[float | None] = [None, *LADDER[best_start : best_start + inner], None]
    return [DurationClass(edges[i], edges[i + 1], count) for i, count in enumerate(best or [0] * CLASSES)]
