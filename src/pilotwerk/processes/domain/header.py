"""Find the row with the column names below headings, and make the names usable."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.processes.domain.values import looks_like_number, looks_like_time

LOOK_AT = 60


@dataclass(frozen=True, slots=True)
class Header:
    """Data starts below the row with the index `row`; -1 where the first row holds data already.

    `names` are unique and never empty; a cell without a name at the end of the header row counts only where most
    rows have a value below it.
    """

    row: int
    names: tuple[str, ...]

    @property
    def width(self) -> int:
        return len(self.names)


def trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without the empty ones at the end, which trailing separators leave behind."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _is_data(cells: Sequence[str]) -> bool:
    """A row with a date or with mostly numbers holds data, not names."""
    filled = [cell for cell in cells if cell.strip()]
    numbers = sum(map(looks_like_number, filled))
    return any(map(looks_like_time, filled)) or (len(filled) > 1 and numbers > len(filled) / 2)


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Names in their order; an empty one becomes "Column 3", a repeated one "Datum (2)"."""
    names: list[str] = []
    taken: set[str] = set()
    copies: Counter[str] = Counter()  # where to go on counting: a header may hold a name a million times
    for position, cell in enumerate(cells, start=1):
        base = " ".join(cell.split()) or f"Column {position}"
        name = base
        while name.lower() in taken:
            copies[base.lower()] += 1
            name = f"{base} ({copies[base.lower()] + 1})"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows: the first one that is about as wide as the table and holds no data.

    A table that starts with data at once gets the names "Column 1", "Column 2" and so on. None when no row
    has a filled cell.
    """
    widths = [len(trimmed(row)) for row in rows[:LOOK_AT]]
    filled_widths = [width for width in widths if width]
    if not filled_widths:
        return None
    # What most rows have is the table; headings above it are narrower. Ties go to the wider.
    counts = Counter(filled_widths)
    usual = max(counts, key=lambda width: (counts[width], width))
    for index, row in enumerate(rows[:LOOK_AT]):
        filled = sum(1 for cell in row if cell.strip())
        if filled < math.ceil(0.6 * usual):
            continue
        if _is_data(row):
            # Data without names: everything from here on is data, headings above it are passed over.
            return Header(index - 1, unique_names([""] * max(usual, len(trimmed(row)))))
        names = trimmed(row)
        return Header(index, unique_names([*names, *[""] * (usual - len(names))]))
    return None
