"""Exact figures by period and part: whole numbers inside, so that parts add up to the whole to the last cent."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.pilots.recipes.reports.facts import NOT_GIVEN
from pilotwerk.pilots.recipes.reports.spec import Kind, Measure, Spec
from pilotwerk.pilots.recipes.reports.table import MISSING, Column, Table
from pilotwerk.pilots.recipes.stock.reading import NumberReader

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

MOST_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Numbers:
    """A measure's number in each row, times `scale`, and whether there is one."""

    values: NDArray[Any]
    known: NDArray[np.bool_]
    scale: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cube:
    """Rows with a readable day: their period (from `first` on), and their part in each dimension."""

    spec: Spec
    days: NDArray[Any]
    """Proleptic ordinal of each row's day."""
    periods: Codes
    parts: tuple[tuple[tuple[str, ...], Codes], ...]
    numbers: dict[str, Numbers]
    undated: int
    last_day: date
    first_day: date
    memo: dict[tuple[str, int | None], dict[tuple[int, int], Cell]] = field(
        default_factory=dict, compare=False
    )
    """Cells that were worked out already: several periods of a table are often computed in a row."""

    @property
    def first(self) -> int:
        return self.spec.frequency.number(self.first_day)

    @property
    def last(self) -> int:
        return self.spec.frequency.number(self.last_day)


def days_of(table: Table, time: str, zone: str) -> list[date | None]:
    """The day of each distinct text of the time column, in the company's time zone; None where it is no date."""
    column = table.column(time)
    reader = MomentReader.over(column.values, zone)
    local = ZoneInfo(zone)
    found: list[date | None] = []
    for text in column.values:
        moment = reader.read(text)
        day = moment.astimezone(local).date() if moment else None
        found.append(day if day and 1900 <= day.year <= 2200 else None)
    return found


def cube_of(table: Table, spec: Spec) -> Cube:
    """Reads what the specification names. Raises `BadInput` where no row has a date."""
    import numpy as np

    column = table.column(spec.time)
    distinct = days_of(table, spec.time, spec.zone)
    if not any(distinct):
        raise BadInput("No row has a date that can be read.", file=table.file, column=spec.time)
    # The last place stands for "missing": code -1 finds it.
    ordinals = np.array([*(day.toordinal() if day else 0 for day in distinct), 0], dtype=np.int64)[
        column.codes
    ]
    kept = ordinals > 0
    known = [day for day in distinct if day]
    numbered = {day.toordinal(): spec.frequency.number(day) for day in known}
    days = ordinals[kept]
    unique, places = np.unique(days, return_inverse=True)
    periods = np.array([numbered[int(day)] for day in unique], dtype=np.int64)[places]
    parts = tuple(_parts(table.column(name), kept) for name in spec.dimensions)
    numbers = {one.key: _numbers(table, one, kept) for one in spec.measures if one.kind is not Kind.COUNT}
    return Cube(spec, days, periods, parts, numbers, int((~kept).sum()), max(known), min(known))


def _parts(column: Column, kept: NDArray[np.bool_]) -> tuple[tuple[str, ...], Codes]:
    """Names and the place of each row's name; rows that say nothing are the part NOT_GIVEN."""
    import numpy as np

    codes = column.codes[kept]
    if not (codes == MISSING).any():
        return column.values, codes
    return (*column.values, NOT_GIVEN), np.where(codes == MISSING, len(column.values), codes)


def _numbers(table: Table, measure: Measure, kept: NDArray[np.bool_]) -> Numbers:
    import numpy as np

    column = table.column(measure.column)
    codes = column.codes[kept]
    if measure.kind is Kind.SHARE:
        hit = column.values.index(measure.value) if measure.value in column.values else MISSING - 1
        return Numbers((codes == hit).astype(np.int64), codes != MISSING, 1, ())
    reader = NumberReader.over(column.values)
    exact = [_exact(reader, text) for text in column.values]
    places = max((_places(one) for one in exact if one is not None), default=0)
    scale = 10**places
    whole = [0 if one is None else int(one.scaleb(places)) for one in exact]
    large = max((abs(one) for one in whole), default=0)
    # Beyond what 64 bits hold Python's whole numbers take over: slower, as exact.
    kind: Any = np.int64 if large * max(len(codes), 1) < 2**62 else object
    lookup = np.array([*whole, 0], dtype=kind)
    readable = np.array([*(one is not None for one in exact), False])
    bad = tuple(text for text, one in zip(column.values, exact, strict=True) if one is None)
    return Numbers(lookup[codes], readable[codes], scale, bad)


def _exact(reader: NumberReader, text: str) -> Decimal | None:
    """The number as it is written, without a detour through a float where the text allows it."""
    value = reader.read(text)
    if value is None or value != value:
        return None
    try:
        found = Decimal(repr(value))
    except InvalidOperation:
        return None
    return round(found, MOST_DECIMALS)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What the rows of one period and part amount to: their number, and total and count of the known numbers."""

    rows: int
    known: int
    total: Fraction
    middle: Fraction | None = None

    def figure(self, measure: Measure) -> Fraction | None:
        """The measure's figure; None where there is none (a mean of nothing). Shares are times 100."""
        if measure.kind is Kind.COUNT:
            return Fraction(self.rows)
        if measure.kind is Kind.SUM:
            return self.total
        if not self.known:
            return None
        if measure.kind is Kind.MEDIAN:
            return self.middle
        return self.total / self.known * (100 if measure.kind is Kind.SHARE else 1)


EMPTY = Cell(0, 0, Fraction(0))


def cells(cube: Cube, measure: Measure, dimension: int | None = None) -> dict[tuple[int, int], Cell]:
    """(period, part) to its cell; without a dimension the part is 0. Periods without a row are not in it."""
    key = measure.key, dimension
    if key not in cube.memo:
        cube.memo[key] = _cells(cube, measure, dimension)
    return cube.memo[key]


def _cells(cube: Cube, measure: Measure, dimension: int | None) -> dict[tuple[int, int], Cell]:
    import numpy as np

    parts = cube.parts[dimension][1] if dimension is not None else np.zeros(len(cube.periods), dtype=np.int64)
    width = int(parts.max()) + 1 if len(parts) else 1
    keys = (cube.periods - cube.first) * width + parts
    unique, places = np.unique(keys, return_inverse=True)
    rows = np.bincount(places, minlength=len(unique))
    numbers = cube.numbers.get(measure.key)
    found = {}
    if numbers is None:
        for key, count in zip(unique.tolist(), rows.tolist(), strict=True):
            found[key // width + cube.first, key % width] = Cell(count, count, Fraction(count))
        return found
    known = numbers.known
    counts = np.bincount(places[known], minlength=len(unique))
    totals = np.zeros(len(unique), dtype=numbers.values.dtype)
    np.add.at(totals, places[known], numbers.values[known])
    middles = _middles(numbers, places, len(unique)) if measure.kind is Kind.MEDIAN else None
    for place, key in enumerate(unique.tolist()):
        middle = middles[place] if middles else None
        total = Fraction(int(totals[place]), numbers.scale)
        found[key // width + cube.first, key % width] = Cell(
            int(rows[place]), int(counts[place]), total, middle
        )
    return found


def _middles(numbers: Numbers, places: NDArray[Any], groups: int) -> list[Fraction | None]:
    """The median of each group's known numbers."""
    import numpy as np

    inside, values = places[numbers.known], numbers.values[numbers.known]
    order = np.lexsort((values.astype(float), inside))
    inside, values = inside[order], values[order]
    starts = np.searchsorted(inside, np.arange(groups + 1))
    found: list[Fraction | None] = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if start == end:
            found.append(None)
            continue
        low, high = values[start + (end - start - 1) // 2], values[start + (end - start) // 2]
        found.append(Fraction(int(low) + int(high), 2 * numbers.scale))
    return found
