"""Reading a table of what customers said: case, satisfaction 1 to 5, wrote again yes or no."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.services import Outcome

CASE: Final = ("case", "vorgang", "fall", "nummer", "id", "key")
SATISFACTION: Final = ("satisfaction", "zufriedenheit", "note", "bewertung", "rating")
RECONTACTED: Final = ("recontact", "recontacted", "rückfrage", "rueckfrage", "erneuter kontakt")
YES: Final = ("1", "ja", "yes", "true", "j", "y", "x")
NO: Final = ("0", "nein", "no", "false", "n")


def read_outcomes(path: Path, *, name: str) -> list[Outcome]:
    """Rows of a CSV or XLSX file. Raises BadInput with file and row for anything that cannot be read."""
    rows = _xlsx(path) if path.suffix == ".xlsx" else _csv(path)
    head = [str(cell or "").strip().lower() for cell in next(iter(rows), [])]
    case = _column(head, CASE)
    mark, again = _column(head, SATISFACTION), _column(head, RECONTACTED)
    if case is None or (mark is None and again is None):
        raise BadInput(
            _("The table needs a column “case” and one of “satisfaction” and “recontact” in its first row."),
            file=name,
            row=1,
        )
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [str(cell if cell is not None else "").strip() for cell in row]
        if not any(cells):
            continue
        found.append(
            Outcome(
                case=_cell(cells, case),
                satisfaction=_mark(_cell(cells, mark), name, number),
                recontacted=_answer(_cell(cells, again), name, number),
                row=number,
            )
        )
    return found


def _csv(path: Path) -> list[list[object]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]


def _xlsx(path: Path) -> list[list[object]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    except (BadZipFile, KeyError, OSError) as error:
        raise BadInput(_("The file is not a readable Excel table.")) from error


def _column(head: list[str], names: Iterable[str]) -> int | None:
    return next((head.index(name) for name in names if name in head), None)


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _mark(text: str, name: str, row: int) -> int | None:
    if not text:
        return None
    number = text.removesuffix(".0")
    if not number.isdigit() or not 1 <= int(number) <= 5:
        raise BadInput(_("Satisfaction is a whole number from 1 to 5."), file=name, row=row)
    return int(number)


def _answer(text: str, name: str, row: int) -> bool | None:
    if not text:
        return None
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise BadInput(_("“%(text)s” is neither yes nor no.") % {"text": text}, file=name, row=row)
