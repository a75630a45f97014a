"""A table of texts becomes columns that a model can read: numbers, dates, categories, lengths of free texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.processes.domain.values import decimal_comma, is_missing, looks_like_number, looks_like_time
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Flags = NDArray[np.bool_]

# A column is of a kind where this share of its filled values is.
MOST = 0.98
# From this share of different values on, a text names its row and says nothing about others.
UNIQUE = 0.95
LONG_TEXT = 30
# More different values than this are no categories but free text or names.
MOST_LABELS = 1000
DAY = 86_400.0
_NUMBER_WORDS = frozenset(
    {"id", "nr", "no", "nummer", "number", "key", "uuid", "row", "zeile", "index", "kennung"}
)
_NUMBER_ENDINGS = ("nummer", "number", "nr", "id")


class Kind(StrEnum):
    """How a column is read."""

    NUMBER = "number"
    DATE = "date"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class Column:
    """One value a row, NaN where missing: numbers as they are, dates in days since 1970, texts by their length
    in characters, categories and identifiers as a place in `labels` (in order of their first row).
    """

    name: str
    kind: Kind
    values: Floats
    labels: tuple[str, ...] = ()

    @property
    def missing(self) -> Flags:
        import numpy as np

        return np.isnan(self.values)

    @property
    def is_label(self) -> bool:
        """Whether the values are places in `labels`, without an order of their own."""
        return self.kind is Kind.CATEGORY or (self.kind is Kind.IDENTIFIER and bool(self.labels))

    @property
    def usable(self) -> bool:
        """Whether a model may learn from it."""
        return self.kind not in (Kind.IDENTIFIER, Kind.CONSTANT)

    def rows(self, places: NDArray[Any]) -> Column:
        """The same column with some of the rows."""
        return replace(self, values=self.values[places])

    def days_since(self, moments: Floats | None) -> Column:
        """A date as days after the lead's own time, which compares over the years; other kinds as they are."""
        if self.kind is not Kind.DATE or moments is None:
            return self
        return replace(self, values=self.values - moments)


def read_column(name: str, cells: Sequence[str]) -> Column:
    """The column with its kind decided over all its values: German and English decimals, dates, missing words."""
    distinct = {cell: cell.strip() for cell in dict.fromkeys(cells)}
    filled = [text for text in distinct.values() if not is_missing(text)]
    if len(set(filled)) < 2 and not _has_gaps(distinct, filled):
        return _numbers(name, Kind.CONSTANT, cells, {})
    if _share(filled, looks_like_number) >= MOST and not _is_date(name, filled):
        return _read_numbers(name, cells, distinct, filled)
    if _is_date(name, filled):
        return _read_dates(name, cells, distinct, filled)
    rows = sum(1 for cell in cells if not is_missing(cell))
    length = sum(map(len, filled)) / len(filled)
    if length > LONG_TEXT and len(filled) > MOST_LABELS / 20:
        lengths = {cell: float(len(text)) for cell, text in distinct.items() if not is_missing(text)}
        return _numbers(name, Kind.TEXT, cells, lengths)
    names_rows = len(filled) > 20 and len(filled) >= UNIQUE * rows
    kind = Kind.IDENTIFIER if names_rows or len(filled) > max(MOST_LABELS, rows // 2) else Kind.CATEGORY
    places = {text: float(place) for place, text in enumerate(dict.fromkeys(filled))}
    codes = {cell: places[text] for cell, text in distinct.items() if text in places}
    return replace(_numbers(name, kind, cells, codes), labels=tuple(places))


def _has_gaps(distinct: dict[str, str], filled: list[str]) -> bool:
    """One value and gaps: whether it is filled may tell something."""
    return len(set(filled)) == 1 and len(distinct) > 1


def _share(filled: list[str], test: Any) -> float:
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def _is_date(name: str, filled: list[str]) -> bool:
    numeric = any(word in normal_name(name) for word in ("date", "datum", "time", "zeit"))
    return _share(filled, lambda text: looks_like_time(text, numeric_too=numeric)) >= MOST


def _numbers(name: str, kind: Kind, cells: Sequence[str], values: dict[str, float]) -> Column:
    import numpy as np

    return Column(name, kind, np.array([values.get(cell, np.nan) for cell in cells], dtype=float))


def read_number(text: str, *, comma: bool) -> float:
    """The number in a text that looks like one, with a decimal comma or a decimal point; NaN where it is none."""
    signs = text.strip().replace("−", "-").replace(" ", "").replace("'", "").replace("’", "")
    signs = signs.replace(".", "").replace(",", ".") if comma else signs.replace(",", "")
    try:
        return float(signs)
    except ValueError:
        return float("nan")


def _read_numbers(name: str, cells: Sequence[str], distinct: dict[str, str], filled: list[str]) -> Column:
    import numpy as np

    comma = decimal_comma(filled) or _thousands_only(filled)
    values = {
        cell: read_number(text, comma=comma)
        for cell, text in distinct.items()
        if not is_missing(text) and looks_like_number(text)
    }
    column = _numbers(name, Kind.NUMBER, cells, values)
    there = column.values[~column.missing]
    whole = len(there) > 20 and bool((there == np.round(there)).all())
    unique = len(set(filled)) >= UNIQUE * len(there)
    if whole and unique and (_is_number_name(name) or bool((np.diff(there) > 0).all())):
        return replace(column, kind=Kind.IDENTIFIER)
    return column


def _thousands_only(filled: list[str]) -> bool:
    """German thousands without any decimals (1.234.567): no number may have two decimal points."""
    return any(text.count(".") > 1 for text in filled)


def _is_number_name(name: str) -> bool:
    words = normal_name(name).split()
    return any(word in _NUMBER_WORDS or word.endswith(_NUMBER_ENDINGS) for word in words)


def _read_dates(name: str, cells: Sequence[str], distinct: dict[str, str], filled: list[str]) -> Column:
    reader = MomentReader.over(filled)
    values = {}
    for cell, text in distinct.items():
        moment = None if is_missing(text) else reader.read(text)
        if moment is not None:
            values[cell] = moment.timestamp() / DAY
    return _numbers(name, Kind.DATE, cells, values)


def value_reader(column: Column, cells: Sequence[str]) -> Callable[[str], float]:
    """How one more value of the column is read, as its `cells` were: NaN where it is missing or of another kind.

    A label that was never seen gets the number after the last one.
    """
    filled = [text for text in dict.fromkeys(cell.strip() for cell in cells) if not is_missing(text)]
    if column.is_label:
        places = {text: float(place) for place, text in enumerate(column.labels)}
        return lambda text: _missing(text) or places.get(text.strip(), float(len(places)))
    if column.kind is Kind.DATE:
        reader = MomentReader.over(filled)
        return lambda text: _missing(text) or _days(reader.read(text))
    if column.kind is Kind.TEXT:
        return lambda text: _missing(text) or float(len(text.strip()))
    comma = decimal_comma(filled) or _thousands_only(filled)
    return lambda text: _missing(text) or read_number(text, comma=comma)


def _missing(text: str) -> float:
    """NaN, which counts as true, for a missing value, else 0."""
    return float("nan") if is_missing(text) else 0.0


def _days(moment: datetime | None) -> float:
    return moment.timestamp() / DAY if moment is not None else float("nan")
