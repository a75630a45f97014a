"""What lies on the shelf: the table of items with stock, what is on its way, price and supplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.columns import cell, known_columns
from pilotwerk.pilots.recipes.stock.parameters import ITEM_WORDS
from pilotwerk.pilots.recipes.stock.reading import NumberReader

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.base import Sheet

WORDS = {
    "item": ITEM_WORDS,
    "stock": (
        "stock", "on hand", "stock on hand", "quantity on hand", "bestand", "lagerbestand", "aktueller bestand",
        "istbestand", "verfuegbar", "menge auf lager",
    ),
    "in_transit": (
        "in transit", "intransit", "on order", "ordered", "open orders", "unterwegs", "bestellt", "offene bestellungen",
        "offene bestellung", "zulauf", "bestellte menge",
    ),
    "name": ("description", "name", "item name", "bezeichnung", "artikelbezeichnung", "artikelname", "beschreibung"),
    "supplier": ("supplier", "vendor", "supplier name", "lieferant", "lieferantenname", "hersteller"),
    "mail": (
        "supplier email", "supplier e mail", "supplier mail", "vendor email", "email", "e mail", "mail",
        "lieferant email", "lieferant e mail", "e mail lieferant", "email lieferant", "bestelladresse",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OnShelf:
    """One item as the table says it: pieces on hand (below zero: owed) and on their way."""

    item: str
    stock: float
    in_transit: float
    name: str
    supplier: str
    mail: str

    @property
    def position(self) -> float:
        """On hand and on the way, less what is owed."""
        return self.stock + self.in_transit


@dataclass(frozen=True, slots=True)
class Shelf:
    """All items. `knows_transit`: the table has a column for what is on its way."""

    items: dict[str, OnShelf]
    knows_transit: bool


def read_shelf(sheet: Sheet) -> Shelf:
    """Raises BadInput with row and column where no item or stock is named, or a number cannot be read."""
    places = known_columns(sheet.columns, WORDS)
    if "item" not in places:
        raise BadInput(_("No column names the item."), file=sheet.file)
    if "stock" not in places:
        raise BadInput(_("No column names the stock."), file=sheet.file)
    readers = {
        name: NumberReader.over(cell(row, places.get(name)) for row in sheet.rows)
        for name in ("stock", "in_transit")
    }
    found: dict[str, OnShelf] = {}
    for row in sheet.rows:
        item = cell(row, places["item"])
        if not item:
            continue
        if item in found:
            raise BadInput(
                _("The item “%(item)s” occurs twice.") % {"item": item[:60]}, file=sheet.file, row=row[0]
            )
        numbers = {}
        for name, reader in readers.items():
            text = cell(row, places.get(name))
            number = reader.read(text) if text else 0.0
            if number is None or (name == "in_transit" and number < 0):
                column = sheet.columns[places[name]]
                said = _("“%(text)s” is not a number of pieces.") % {"text": text[:40]}
                raise BadInput(said, file=sheet.file, row=row[0], column=column)
            numbers[name] = number
        found[item] = OnShelf(
            item,
            numbers["stock"],
            numbers["in_transit"],
            cell(row, places.get("name")),
            cell(row, places.get("supplier")),
            cell(row, places.get("mail")),
        )
    if not found:
        raise BadInput(_("No row names an item."), file=sheet.file)
    return Shelf(found, "in_transit" in places)
