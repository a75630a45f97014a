"""Formulas of a workbook whose result no program has stored: they read as empty, so a person is told where they are."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

# A cell with a formula and no value behind it, as Excel, LibreOffice and openpyxl write it.
_CELL: Final = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*'
    rb"(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_CHUNK: Final = 1 << 20
# Longer than any cell that the pattern can match: a formula has at most 8,192 characters.
_OVERLAP: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Missing:
    """How many formulas have no stored result, and where the first one is: its row, and its column from 0."""

    count: int
    row: int
    column: int


def without_result(package: zipfile.ZipFile, sheet: str, *, below: int, width: int) -> Missing | None:
    """Formulas without a result in the rows after `below` and the first `width` columns; None where there are none.

    `sheet` is the sheet's path in the package. The XML is read as a stream, about as fast as it unpacks.
    """
    first, count = (0, 0), 0
    with package.open(sheet) as stream:
        for letters, row in _cells(stream):
            at = column_number(letters)
            if row <= below or at >= width:
                continue
            first, count = first if count else (row, at), count + 1
    return Missing(count, *first) if count else None


def _cells(stream: IO[bytes]) -> Iterator[tuple[str, int]]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        text, end = rest + chunk, 0
        for found in _CELL.finditer(text):
            yield found[1].decode(), int(found[2])
            end = found.end()
        rest = text[max(end, len(text) - _OVERLAP) :]


def column_number(letters: str) -> int:
    """A to XFD as 0 to 16383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
