"""Median and 90 % from the few rows around them, so that a database can pick these rows and send no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Final

MEDIAN_TENTHS: Final = 5
HIGH_TENTHS: Final = 9


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value with its place from 1 to ``count`` in ascending order."""

    rank: int
    count: int
    value: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Half of ``count`` values lie at or below ``median``, nine tenths at or below ``high``; unit of the values."""

    median: float
    high: float
    count: int


def wanted(rank: int, count: int, tenths: int) -> bool:
    """Whether the quantile ``tenths``/10 of ``count`` values needs the value at this rank.

    In whole numbers and without a division, as the database asks it: at most two neighbours and the next.
    """
    return (count - 1) * tenths < rank * 10 <= (count - 1) * tenths + 20


def spread(rows: Iterable[Ranked]) -> Spread | None:
    """Median and 90 % from the rows that ``wanted`` names (more do no harm); None without any.

    Interpolated as Hyndman and Fan's type 7 (The American Statistician 50, 1996), the default of numpy and R.
    """
    values = {row.rank: row for row in rows}
    if not values:
        return None
    count = next(iter(values.values())).count
    return Spread(_at(values, count, MEDIAN_TENTHS), _at(values, count, HIGH_TENTHS), count)


def _at(values: dict[int, Ranked], count: int, tenths: int) -> float:
    place = (count - 1) * tenths / 10
    low = floor(place + 1e-9)
    below = values[low + 1].value
    rest = place - low
    return below if rest < 1e-9 else below + (values[low + 2].value - below) * rest
