"""A table of texts, long (item, date, quantity) or wide (one column a period), read into demand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.base import Sheet
from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.pilots.recipes.stock.demand import Demand, floored, summed
from pilotwerk.pilots.recipes.stock.periods import ZONE, Frequency, first_days, frequency_of, numbered
from pilotwerk.processes.domain.values import decimal_comma, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.base import Row

LEAST_PERIOD_COLUMNS = 4
# From this many days on that frequency is taken where none is given.
MONTHLY, WEEKLY = 700, 120
_THOUSANDS = re.compile(r"[-−+]?[1-9]\d{0,2}(?:\.\d{3})+$")
_SPACES = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, "'": None, "’": None, "−": "-"})


@dataclass(frozen=True, slots=True)
class NumberReader:
    """Reads numbers as a column writes them, decided over all its values: 1.234,5 or 1,234.5."""

    comma: bool
    thousands: bool

    @classmethod
    def over(cls, values: Iterable[str]) -> NumberReader:
        filled = [value.strip() for value in values if not is_missing(value)]
        comma = decimal_comma(filled)
        points = [value for value in filled if "." in value]
        # Only 1.234 and 12.500, never 0.5 or 1.25: points between thousands, as German tables write them.
        return cls(comma, comma or (bool(points) and all(map(_THOUSANDS.match, points))))

    def read(self, text: str) -> float | None:
        """The number, None where it cannot be read or is not finite."""
        bare = text.strip().translate(_SPACES)
        if self.thousands:
            bare = bare.replace(".", "")
        bare = bare.replace(",", "." if self.comma else "")
        try:
            found = float(bare)
        except ValueError:
            return None
        return found if abs(found) < 1e12 else None


def read_long(
    sheet: Sheet, *, item: int, day: int, quantity: int, frequency: Frequency | None = None
) -> Demand:
    """One row a movement. Rows without item, date or quantity are skipped and counted.

    `item`, `day` and `quantity` are places of columns. Raises `BadInput` with row and column for a date or quantity
    that is there and cannot be read.
    """
    import numpy as np

    kept = [
        (number, cells)
        for number, cells in sheet.rows
        if not (is_missing(cells[item]) or is_missing(cells[day]) or is_missing(cells[quantity]))
    ]
    if not kept:
        raise BadInput("No row has item, date and quantity.", file=sheet.file)
    days = _days(sheet, kept, day)
    amounts = _amounts(sheet, kept, quantity)
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(cells[item].strip(), len(places)) for _, cells in kept])
    chosen = frequency or usual_frequency(days)
    return summed(codes, days, amounts, tuple(places), chosen, len(sheet.rows) - len(kept))


def _days(sheet: Sheet, rows: Sequence[Row], place: int) -> list[date]:
    # A distinct text is read once: an export of a year has some hundred thousand rows and far fewer moments.
    texts = dict.fromkeys(cells[place] for _, cells in rows)
    reader = MomentReader.over(texts)
    known: dict[str, date | None] = {}
    for text in texts:
        moment = reader.read(text)
        known[text] = moment.astimezone(ZONE).date() if moment else None
    days = []
    for number, cells in rows:
        found = known[cells[place]]
        if found is None or not 1900 <= found.year <= 2200:
            raise _unreadable(sheet, number, place, cells[place], "a date")
        days.append(found)
    return days


def _amounts(sheet: Sheet, rows: Sequence[Row], place: int) -> NDArray[np.float64]:
    import numpy as np

    texts = dict.fromkeys(cells[place] for _, cells in rows)
    reader = NumberReader.over(texts)
    known = {text: reader.read(text) for text in texts}
    result = np.zeros(len(rows))
    for position, (number, cells) in enumerate(rows):
        found = known[cells[place]]
        if found is None:
            raise _unreadable(sheet, number, place, cells[place], "a number")
        result[position] = found
    return result


def _unreadable(sheet: Sheet, row: int, place: int, text: str, what: str) -> BadInput:
    return BadInput(
        f"“{text.strip()[:60]}” is not {what}.", file=sheet.file, row=row, column=sheet.columns[place]
    )


def usual_frequency(days: Sequence[date]) -> Frequency:
    """Months from two years of history on, weeks from four months on, else days."""
    span = (max(days) - min(days)).days
    return Frequency.MONTH if span >= MONTHLY else Frequency.WEEK if span >= WEEKLY else Frequency.DAY


def with_head(sheet: Sheet) -> Sheet:
    """Takes the first row for the column names where it was taken for data because its cells are dates or numbers."""
    if not sheet.rows or not all(re.fullmatch(r"Column \d+", name) for name in sheet.columns):
        return sheet
    head = tuple(cell.strip() for cell in sheet.rows[0][1])
    return (
        Sheet(sheet.file, head, sheet.rows[1:])
        if len(period_columns(head)) >= LEAST_PERIOD_COLUMNS
        else sheet
    )


def period_columns(columns: Sequence[str]) -> dict[int, date | int]:
    """Place and first day (or number) of the columns that are periods; empty where there are too few."""
    days = first_days(list(columns))
    found: dict[int, date | int] = {place: day for place, day in enumerate(days) if day}
    if len(found) < LEAST_PERIOD_COLUMNS:
        numbers = numbered(list(columns))
        found = {place: number for place, number in enumerate(numbers) if number is not None}
        given = sorted(number for number in numbers if number is not None)
        # Quantities in a table without names are numbers as well, but hardly ever 1, 2, 3, ...
        if given != list(range(given[0], given[0] + len(given))) if given else True:
            return {}
    return found if len(found) >= LEAST_PERIOD_COLUMNS else {}


def read_wide(sheet: Sheet, *, item: int | None, frequency: Frequency | None = None) -> Demand:
    """One row an item, one column a period; columns that name no period are passed over.

    Empty cells at the ends of a row mean "not on sale" where the table writes zeros, else zero from the first sale on,
    as pivot tables leave them out. Without an `item` column rows are named by their number. Raises `BadInput` with row
    and column.
    """
    import numpy as np

    periods = {place: period for place, period in period_columns(sheet.columns).items() if place != item}
    if len(periods) < LEAST_PERIOD_COLUMNS:
        raise BadInput("No columns that are named by periods were found.", file=sheet.file)
    chosen, numbers = _numbers(sheet, periods, frequency)
    places = list(periods)
    names, rows = _named(sheet, item)
    texts = [cells[place] for _, cells in rows for place in places]
    reader = NumberReader.over(texts)
    raw = np.full((len(rows), len(places)), np.nan)
    for position, (number, cells) in enumerate(rows):
        for column, place in enumerate(places):
            if not is_missing(cells[place]):
                found = reader.read(cells[place])
                if found is None:
                    raise _unreadable(sheet, number, place, cells[place], "a number")
                raw[position, column] = found
    values = _by_period(raw, numbers)
    zeros = bool((raw == 0).any())
    values, below = floored(_blanks(values, zeros=zeros))
    sold: NDArray[np.bool_] = np.asarray(~np.isnan(values).all(axis=1))
    first = min(numbers) if isinstance(next(iter(periods.values())), date) else None
    kept = tuple(name for name, keep in zip(names, sold, strict=True) if keep)
    notes = {"empty_cells": "not on sale" if zeros else "zero"}
    skipped = len(sheet.rows) - int(sold.sum())
    return Demand(kept, values[sold], chosen, first, below, skipped, (), notes)


def _named(sheet: Sheet, item: int | None) -> tuple[list[str], list[Row]]:
    """Names of the items and their rows. An item must not occur twice: which row would be right?"""
    if item is None:
        return [str(number) for number, _ in sheet.rows], list(sheet.rows)
    seen: dict[str, int] = {}
    rows = [(number, cells) for number, cells in sheet.rows if not is_missing(cells[item])]
    for number, cells in rows:
        name = cells[item].strip()
        if name in seen:
            said = f"The item “{name}” is already in row {seen[name]}."
            raise BadInput(said, file=sheet.file, row=number, column=sheet.columns[item])
        seen[name] = number
    if not rows:
        raise BadInput("No row names an item.", file=sheet.file, column=sheet.columns[item])
    return list(seen), rows


def _numbers(
    sheet: Sheet, periods: dict[int, date | int], frequency: Frequency | None
) -> tuple[Frequency, list[int]]:
    """Frequency and the period's number for each column. Raises `BadInput` where a period is missing in between."""
    days = [period for period in periods.values() if isinstance(period, date)]
    chosen = frequency or (frequency_of(days) if days else Frequency.MONTH)
    numbers = [chosen.number(one) if isinstance(one, date) else one for one in periods.values()]
    expected = set(range(min(numbers), max(numbers) + 1))
    missing = sorted(expected - set(numbers))
    if missing:
        label = chosen.label(missing[0]) if days else str(missing[0])
        raise BadInput(f"The column for period {label} is missing between the others.", file=sheet.file)
    if not days and len(set(numbers)) < len(numbers):
        raise BadInput("Two columns have the same number.", file=sheet.file)
    return chosen, numbers


def _by_period(raw: NDArray[np.float64], numbers: list[int]) -> NDArray[np.float64]:
    """Columns in order of time; columns of the same period (days of a week) are added up."""
    import numpy as np

    first = min(numbers)
    total = np.zeros((len(raw), max(numbers) - first + 1))
    filled = np.zeros(total.shape, dtype=bool)
    for column, number in enumerate(numbers):
        here = ~np.isnan(raw[:, column])
        total[here, number - first] += raw[here, column]
        filled[here, number - first] = True
    return np.where(filled, total, np.nan)


def _blanks(values: NDArray[np.float64], *, zeros: bool) -> NDArray[np.float64]:
    """Empty cells between filled ones are zero; those behind the last one too, where the table writes no zeros."""
    import numpy as np

    filled = ~np.isnan(values)
    begun = np.maximum.accumulate(filled, axis=1)
    going = np.maximum.accumulate(filled[:, ::-1], axis=1)[:, ::-1] if zeros else np.ones_like(filled)
    return np.where(~filled & begun & going, 0.0, values)
