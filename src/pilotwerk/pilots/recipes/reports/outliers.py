"""Which figures stand out: median and MAD, with a bound that takes into account how many series are looked at.

A robust z of (y - median) / (1.4826 MAD sqrt(1 + 1.57 / n)) is held against a quantile of Student's t: 1.57 / n is the
variance of a median, and the MAD of n normal values is worth about 0.37 (n - 1) degrees of freedom (its efficiency;
Rousseeuw and Croux 1993). The level is divided by the number of series (Bonferroni). Where there is more than two years
of history the change over a year is tested instead of the level, so that Christmas is no news.

Simulated with independent normal values, 8 to 26 earlier periods, 1 and 16 series: a false alarm in 1.3 to 5.6 % of
reports.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.calendar import year_before
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVEL = 0.05
LEAST, MOST = 8, 26
EFFICIENCY = 0.37
MEDIAN_VARIANCE = 1.57
TO_SIGMA = 1.4826
DIGITS = 10**6


@dataclass(frozen=True, slots=True)
class Usual:
    """The range in which a figure was to be expected, from so many earlier periods."""

    low: Fraction
    high: Fraction
    typical: Fraction
    history: int
    seasonal: bool


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle value, or the mean of the two middle ones."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def history_of(
    series: Mapping[int, Fraction], period: int, frequency: Frequency
) -> tuple[list[Fraction], Fraction, bool] | None:
    """Earlier values to compare with, what is to be added to them, and whether they are changes over a year."""
    season = 52 if frequency is Frequency.WEEK else 12
    changes = []
    for one in range(period - MOST, period):
        before = year_before(frequency, one)
        if before is not None and one in series and before in series:
            changes.append(series[one] - series[before])
    now_before = year_before(frequency, period)
    if (
        len(changes) >= season // (4 if season == 52 else 1)
        and now_before in series
        and now_before is not None
    ):
        return changes, series[now_before], True
    levels = [series[one] for one in range(period - MOST, period) if one in series]
    return (levels, Fraction(0), False) if len(levels) >= LEAST else None


def usual_range(
    series: Mapping[int, Fraction], period: int, frequency: Frequency, tests: int
) -> Usual | None:
    """The usual range of the period's figure when `tests` series are looked at together.

    None where the history is too short or more than half of it is the same value: then nothing says what is unusual.
    """
    from scipy.stats import t

    found = history_of(series, period, frequency)
    if found is None:
        return None
    values, added, seasonal = found
    middle = median(values)
    spread = median([abs(one - middle) for one in values])
    if not spread:
        return None
    freedom = max(2.0, EFFICIENCY * (len(values) - 1))
    bound = float(t.ppf(1 - LEVEL / (2 * max(tests, 1)), freedom))
    width = spread * Fraction(
        round(bound * TO_SIGMA * sqrt(1 + MEDIAN_VARIANCE / len(values)) * DIGITS), DIGITS
    )
    typical = added + middle
    low = typical - width
    # Orders and shares are never below zero; a range that says so would only puzzle.
    if low < 0 and all(one >= 0 for one in series.values()):
        low = Fraction(0)
    return Usual(low, typical + width, typical, len(values), seasonal)


def trend(values: Sequence[Fraction]) -> tuple[Fraction, int] | None:
    """Theil-Sen slope a period and its direction, where Kendall's test against the time is below 5 %; else None."""
    from scipy.stats import kendalltau

    if len(set(values)) < 2:
        return None
    tested = kendalltau(range(len(values)), [float(one) for one in values])
    if not tested.pvalue < LEVEL:
        return None
    places = range(len(values))
    slope = median([(values[b] - values[a]) / (b - a) for a in places for b in places if a < b])
    return (slope, 1 if slope > 0 else -1) if slope else None


def streak(values: Sequence[Fraction]) -> int:
    """How many times in a row the figure rose (positive) or fell (negative) up to the end."""
    steps = [(b > a) - (b < a) for a, b in itertools.pairwise(values)]
    length = 0
    for step in reversed(steps):
        if step == 0 or step != steps[-1]:
            break
        length += 1
    return length * steps[-1] if steps else 0
