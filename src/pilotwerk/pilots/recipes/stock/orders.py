"""An order in words and as a file: what follows from approved lines."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Line = Mapping[str, Any]

HEADS = {
    "de": ("Artikel", "Bezeichnung", "Menge", "Preis je Stück", "Wert"),
    "en": ("Item", "Description", "Quantity", "Unit price", "Value"),
}
COVER = {
    "de": "Guten Tag,\n\nbitte liefern Sie uns die folgenden Artikel.\n\nFreundliche Grüße\n%(company)s",
    "en": "Dear Sir or Madam,\n\nplease deliver the following items.\n\nKind regards\n%(company)s",
}
SUBJECT = {"de": "Bestellung %(company)s %(day)s", "en": "Order %(company)s %(day)s"}


def ordered(lines: Iterable[Line]) -> list[Line]:
    """The lines that a person left in."""
    return [line for line in lines if line.get("order") and line["quantity"] > 0]


def number_text(value: float, language: str, places: int = 0) -> str:
    """1.234,5 or 1,234.5; whole numbers without decimals unless `places` are asked for."""
    digits = places or (0 if value == int(value) else 2)
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text


def lines_text(lines: Iterable[Line], language: str) -> str:
    """One line of text for each line of the order."""
    return "\n".join(
        f"{number_text(line['quantity'], language)} × {line['item']}"
        + (f" ({line['name']})" if line.get("name") else "")
        for line in ordered(lines)
    )


def _rows(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    return [
        (
            line["item"],
            line.get("name", ""),
            line["quantity"],
            None if line.get("price_assumed") else line["price"],
            None if line.get("price_assumed") else round(line["price"] * line["quantity"], 2),
        )
        for line in ordered(lines)
    ]


def as_csv(lines: Iterable[Line], language: str) -> bytes:
    """For German spreadsheets with semicolons and decimal commas, UTF-8 with the mark that Excel asks for."""
    out = io.StringIO()
    german = language == "de"
    writer = csv.writer(out, delimiter=";" if german else ",")
    writer.writerow(HEADS[language])
    for row in _rows(lines):
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


def as_xlsx(lines: Iterable[Line], language: str, title: str) -> bytes:
    """One sheet with a bold header and numbers as numbers."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = title[:31]
    sheet.append(HEADS[language])
    for found in sheet[1]:
        found.font = Font(bold=True)
    for row in _rows(lines):
        sheet.append(row)
        for found in sheet[sheet.max_row]:
            if isinstance(found.value, str):
                found.data_type = "s"
    for letter, width in zip("ABCDE", (18, 40, 10, 14, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
