"""The report as an XLSX workbook: numbers as numbers, and no text that a spreadsheet would run as a formula."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.reports.facts import PERCENT, POINTS
from pilotwerk.pilots.recipes.reports.layout import plain
from pilotwerk.pilots.recipes.reports.wording import say

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.render import Cell, Report

SHEET_NAME = 31
CELL_LENGTH = 32_767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_RUNNABLE = ("=", "+", "-", "@", "\t", "\r")


def export_xlsx(report: Report) -> bytes:
    """One sheet with the sentences, one for each picture's table."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    first = book.active
    assert first is not None
    first.title = _sheet_name(say("summary", report.language), set())
    _text(first, 1, 1, f"{report.title}, {report.period}").font = Font(bold=True, size=14)
    _text(first, 2, 1, report.data_until)
    for row, line in enumerate((*report.lines, "", *report.rules), start=4):
        _text(first, row, 1, line)
    first.column_dimensions["A"].width = 120
    taken = {first.title.lower()}
    for one in report.sections:
        sheet = book.create_sheet(_sheet_name(one.heading, taken))
        for place, name in enumerate(one.header, start=1):
            _text(sheet, 1, place, name).font = Font(bold=True)
            sheet.column_dimensions[chr(64 + place)].width = 34 if place == 1 else 20
        for row, cells in enumerate(one.rows, start=2):
            for place, cell in enumerate(cells, start=1):
                _cell(sheet, row, place, cell)
        sheet.freeze_panes = "A2"
    book.properties.title = plain(report.title)[:255]
    book.properties.creator = "Pilotwerk"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _text(sheet: Any, row: int, column: int, text: str) -> Any:
    """A text, whatever it begins with; a sign that a program might run is marked as text as well."""
    cell = sheet.cell(row, column)
    cell.value = plain(text)[:CELL_LENGTH]
    cell.data_type = "s"
    if text.startswith(_RUNNABLE):
        cell.quotePrefix = True
    return cell


def _cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if cell.value is None:
        _text(sheet, row, column, cell.text)
        return
    places = "0" if not cell.decimals else "0." + "0" * cell.decimals
    made = sheet.cell(row, column, cell.value)
    # Shares are stored times 100, so the sign is a text here and not the format that multiplies.
    unit = {PERCENT: '" %"', POINTS: '" pp"', "": ""}.get(
        cell.unit, '" ' + re.sub(r'["\\]', "", cell.unit) + '"'
    )
    made.number_format = f"#,##{places}{unit}"


def _sheet_name(text: str, taken: set[str]) -> str:
    """At most 31 characters, none that Excel refuses, no name twice."""
    base = _FORBIDDEN.sub(" ", plain(text)).strip()[:SHEET_NAME] or "-"
    name, number = base, 2
    while name.lower() in taken:
        ending = f" {number}"
        name, number = base[: SHEET_NAME - len(ending)] + ending, number + 1
    taken.add(name.lower())
    return name
