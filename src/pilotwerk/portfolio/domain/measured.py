"""Inputs that come from imported data: volume a year and minutes a case, with 95 % confidence intervals."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean, stdev

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.ranges import Range

WEEKS_NEEDED = 8
CASES_NEEDED = 20
LEVEL = 0.95


def volume_per_year(opened: Sequence[datetime]) -> Range | CannotTell:
    """Cases a year: mean of whole weeks x 365.25 / 7, with Student's t interval over the weeks.

    Weeks are counted from the first case on; a begun week at the end is left out. Holiday seasons outside the
    imported period are not in the interval. CannotTell below WEEKS_NEEDED weeks.
    """
    moments = sorted(opened)
    weeks = int((moments[-1] - moments[0]) / timedelta(weeks=1)) if moments else 0
    if weeks < WEEKS_NEEDED:
        return CannotTell(f"{weeks} of {WEEKS_NEEDED} weeks of data")
    counts = [0] * weeks
    for moment in moments:
        week = int((moment - moments[0]) / timedelta(weeks=1))
        if week < weeks:
            counts[week] += 1
    return _interval([float(count) for count in counts]) * (365.25 / 7)


def minutes_per_case(minutes: Sequence[float | None]) -> Range | CannotTell:
    """Mean handling minutes with Student's t interval. CannotTell below CASES_NEEDED cases with a time."""
    known = [value for value in minutes if value is not None]
    if len(known) < CASES_NEEDED:
        return CannotTell(f"{len(known)} of {CASES_NEEDED} cases with a handling time")
    return _interval(known)


def _interval(values: Sequence[float]) -> Range:
    from scipy.stats import t

    mean = fmean(values)
    half = float(t.ppf(0.5 + LEVEL / 2, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    return Range(max(0.0, mean - half), mean, mean + half)
