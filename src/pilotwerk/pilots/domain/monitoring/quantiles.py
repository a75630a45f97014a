"""Median and 90 % of a list of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of ``count`` values lie at or below ``median``, nine tenths at or below ``high``; unit of the values."""

    median: float
    high: float
    count: int


def spread(ascending: Sequence[float]) -> Spread | None:
    """Median and 90 % of values in ascending order; None without any.

    Interpolated as Hyndman and Fan's type 7 (The American Statistician 50, 1996), the default of numpy and R.
    """
    if not ascending:
        return None
    return Spread(_at(ascending, 0.5), _at(ascending, 0.9), len(ascending))


def _at(ascending: Sequence[float], share: float) -> float:
    place = (len(ascending) - 1) * share
    low = floor(place)
    high = min(low + 1, len(ascending) - 1)
    return ascending[low] + (ascending[high] - ascending[low]) * (place - low)
