"""A table as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, german: bool) -> bytes:
    """For German spreadsheets with semicolons and decimal commas, UTF-8 with the mark that Excel asks for."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",")
    writer.writerow([_cell(value, german=german) for value in columns])
    for row in rows:
        writer.writerow([_cell(value, german=german) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any, *, german: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value).replace(".", ",") if german else str(value)
    text = str(value)
    # A spreadsheet would calculate what begins like this.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_xlsx(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str, widths: Sequence[int] = ()
) -> bytes:
    """One sheet with a bold header, numbers as numbers, and texts that are never calculated."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = title[:31]
    for number, row in enumerate([columns, *rows], start=1):
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", one) if isinstance(one, str) else one for one in row])
        for found in sheet[number]:
            if isinstance(found.value, str):
                found.data_type = "s"
    for found in sheet[1]:
        found.font = Font(bold=True)
    for place, width in enumerate(widths or [24] * len(columns), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
