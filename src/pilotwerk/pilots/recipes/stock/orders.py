"""An order in words and as a file: what follows from approved lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes import grids
from pilotwerk.pilots.recipes.base import Grid

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


def order_grid(lines: Iterable[Line], supplier: str, language: str) -> Grid:
    """The order as a table with its supplier in front."""
    head = {"de": "Lieferant", "en": "Supplier"}[language]
    return Grid((head, *HEADS[language]), tuple((supplier, *row) for row in _rows(lines)))


def as_csv(lines: Iterable[Line], language: str) -> bytes:
    """The order for spreadsheets, in German with semicolons and decimal commas."""
    return grids.as_csv(HEADS[language], _rows(lines), german=language == "de")


def as_xlsx(lines: Iterable[Line], language: str, title: str) -> bytes:
    """The order as a workbook with one sheet."""
    return grids.as_xlsx(HEADS[language], _rows(lines), title, (18, 40, 10, 14, 14))
