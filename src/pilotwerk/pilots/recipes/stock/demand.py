"""Demand of each item in each period, and how it comes out of single movements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

CELLS = 20_000_000
# A last period with fewer days than this share of the usual number is not over yet, a first one began late.
WHOLE = 0.7


@dataclass(frozen=True, slots=True)
class Demand:
    """`values` is (items, periods) in pieces: NaN before an item's first movement, zero where nothing was sold.

    `first` is the consecutive number of the first period, None where periods have no dates. Returns are taken off the
    demand of their period; `below_zero` counts periods in which more came back than went out, they count as zero.
    """

    items: tuple[str, ...]
    values: Matrix
    frequency: Frequency
    first: int | None
    below_zero: int = 0
    rows_skipped: int = 0
    dropped: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> int:
        return int(self.values.shape[1])

    def label(self, place: int) -> str:
        """The name of a period; its number from 1 where periods have no dates."""
        return self.frequency.label(self.first + place) if self.first is not None else str(place + 1)


def floored(values: Matrix) -> tuple[Matrix, int]:
    """The values without the negative ones, and how many those were."""
    import numpy as np

    below = np.nan_to_num(values) < 0
    return np.where(below, 0.0, values), int(below.sum())


def summed(
    codes: NDArray[np.int64],
    days: list[date],
    quantities: Matrix,
    items: tuple[str, ...],
    frequency: Frequency,
    rows_skipped: int = 0,
) -> Demand:
    """Movements (item's place, day, quantity) summed by period. Periods without one are zero from an item's first on.

    A last period that is not over, and a first one that began late, are left out: judged by the number of different
    days with a movement, against the median of the other periods.
    """
    import numpy as np

    # The same day occurs in thousands of rows; its number is worked out once.
    numbers = {day: frequency.number(day) for day in set(days)}
    at = np.array([numbers[day] for day in days], dtype=np.int64)
    first, last = int(at.min()), int(at.max())
    first, last, dropped = _whole(numbers, first, last, frequency)
    if len(items) * (last - first + 1) > CELLS:
        raise BadInput(f"{len(items)} items in {last - first + 1} periods are too many. Use a longer period.")
    kept = (at >= first) & (at <= last)
    values = np.zeros((len(items), last - first + 1))
    np.add.at(values, (codes[kept], at[kept] - first), quantities[kept])
    start = np.full(len(items), last + 1)
    np.minimum.at(start, codes[kept], at[kept])
    values[np.arange(last - first + 1)[None, :] < (start - first)[:, None]] = np.nan
    moved: NDArray[np.bool_] = np.asarray(~np.isnan(values).all(axis=1))
    values, below = floored(values[moved])
    names = tuple(name for name, keep in zip(items, moved, strict=True) if keep)
    return Demand(names, values, frequency, first, below, rows_skipped, dropped)


def _whole(
    numbers: dict[date, int], first: int, last: int, frequency: Frequency
) -> tuple[int, int, tuple[str, ...]]:
    """First and last whole period, and the names of those left out."""
    counts: dict[int, int] = {}
    for number in numbers.values():
        counts[number] = counts.get(number, 0) + 1
    between = sorted(count for number, count in counts.items() if first < number < last)
    if frequency is Frequency.DAY or len(between) < 2:
        return first, last, ()
    usual = between[len(between) // 2]
    ends = [number for number in (first, last) if counts[number] < WHOLE * usual]
    dropped = tuple(frequency.label(number) for number in ends)
    return first + (first in ends), last - (last in ends), dropped
