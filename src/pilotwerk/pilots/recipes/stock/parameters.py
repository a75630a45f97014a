"""Lead times, costs and targets of items, from a table or as stated assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.stock.reading import NumberReader
from pilotwerk.processes.domain.values import is_missing
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.base import Sheet

    Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is assumed where nothing is given, what is allowed, and how columns for it are called."""

    default: float
    lowest: float
    highest: float
    words: tuple[str, ...]


PARAMETERS: dict[str, Parameter] = {
    "lead_time_days": Parameter(14, 0, 3650, (
        "lead time", "leadtime", "lead time days", "delivery time", "lieferzeit", "wiederbeschaffungszeit", "wbz",
        "beschaffungszeit", "lieferfrist", "vorlaufzeit",
    )),
    "unit_cost": Parameter(20, 0, 1e9, (
        "unit cost", "unit price", "cost", "price", "purchase price", "einkaufspreis", "ek preis", "ek", "stueckkosten",
        "einstandspreis", "kosten je stueck", "preis", "warenwert",
    )),
    "order_cost": Parameter(10, 0, 1e9, (
        "order cost", "ordering cost", "cost per order", "bestellkosten", "kosten je bestellung", "bestellfixkosten",
    )),
    "holding_rate": Parameter(0.2, 0, 100, (
        "holding rate", "holding cost rate", "carrying rate", "lagerkostensatz", "lagerhaltungskostensatz", "lagerzins",
    )),
    "minimum": Parameter(1, 0, 1e9, (
        "minimum", "moq", "minimum order", "minimum order quantity", "min order qty", "mindestmenge",
        "mindestbestellmenge", "mindestabnahme",
    )),
    "pack": Parameter(1, 0, 1e9, (
        "pack", "pack size", "packsize", "lot size", "packungsgroesse", "verpackungseinheit", "vpe", "gebinde",
        "gebindegroesse", "losgroesse",
    )),
    "target_fill_rate": Parameter(0.95, 0.01, 0.9999, (
        "target fill rate", "fill rate", "target", "service level", "servicegrad", "lieferbereitschaft",
        "lieferbereitschaftsgrad", "ziel lieferbereitschaft",
    )),
    "rule_factor": Parameter(2, 0, 1000, (
        "rule factor", "k", "factor", "current rule", "current rule k", "faktor", "meldefaktor", "sicherheitsfaktor",
        "regel", "regel k",
    )),
}  # fmt: skip
ITEM_WORDS = (
    "item", "item id", "sku", "article", "part", "part number", "product", "stockcode", "stock code", "artikel",
    "artikelnummer", "artikel nr", "artikelnr", "teil", "teilenummer", "material", "materialnummer", "produkt",
)  # fmt: skip
_UNITS = {
    "days",
    "day",
    "tage",
    "tagen",
    "eur",
    "euro",
    "chf",
    "stueck",
    "stk",
    "pcs",
    "percent",
    "prozent",
    "in",
}
_SHARES = {"target_fill_rate", "holding_rate"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """One value an item for each name in PARAMETERS; `assumed` counts the items that got the default.

    `columns` says which column of the table was taken for what.
    """

    values: dict[str, Matrix]
    assumed: dict[str, int]
    columns: dict[str, str]

    def __getitem__(self, name: str) -> Matrix:
        return self.values[name]

    def where(self, items: NDArray[np.bool_]) -> Parameters:
        """Only these items."""
        return Parameters({name: one[items] for name, one in self.values.items()}, self.assumed, self.columns)


def assumed(items: Sequence[str]) -> Parameters:
    """The stated assumptions for all items."""
    return _filled(items, {}, {}, {})


def read_parameters(
    sheet: Sheet,
    items: Sequence[str],
    item_column: str | None = None,
    defaults: Mapping[str, float] | None = None,
) -> Parameters:
    """One row an item. Columns are known by their names, German or English; missing cells get the assumption,
    or the value in `defaults`, which counts as given.

    Raises `BadInput` with row and column for a value that cannot be read or makes no sense, and where no column or no
    item of the table is known.
    """
    columns = _columns(sheet, item_column)
    known: dict[str, dict[str, float]] = {}
    readers = {
        name: NumberReader.over(cells[place].rstrip(" %€") for _, cells in sheet.rows)
        for name, place in columns.items()
        if name != "item"
    }
    for number, cells in sheet.rows:
        found = {}
        for name, reader in readers.items():
            text = cells[columns[name]]
            if not is_missing(text):
                found[name] = _value(sheet, number, columns[name], name, text, reader)
        known[cells[columns["item"]].strip()] = found
    if not set(items) & set(known):
        column = sheet.columns[columns["item"]]
        raise BadInput("None of these items occurs in the history.", file=sheet.file, column=column)
    names = {name: sheet.columns[place] for name, place in columns.items()}
    return _filled(items, known, names, defaults or {})


def _value(sheet: Sheet, row: int, place: int, name: str, text: str, reader: NumberReader) -> float:
    parameter = PARAMETERS[name]
    found = reader.read(text.rstrip(" %€"))
    if found is not None and name in _SHARES and (found > 1 or text.strip().endswith("%")):
        found /= 100
    if found is None or not parameter.lowest <= found <= parameter.highest:
        said = f"“{text.strip()[:60]}” is not a number from {parameter.lowest:g} to {parameter.highest:g}."
        raise BadInput(said, file=sheet.file, row=row, column=sheet.columns[place])
    return found


def _columns(sheet: Sheet, item_column: str | None) -> dict[str, int]:
    found: dict[str, int] = {}
    if item_column in sheet.columns:
        found["item"] = sheet.columns.index(item_column)
    for place, column in enumerate(sheet.columns):
        whole = normal_name(column)
        names = {whole, " ".join(word for word in whole.split() if word not in _UNITS)}
        if "item" not in found and names & set(ITEM_WORDS):
            found["item"] = place
        for parameter, about in PARAMETERS.items():
            if parameter not in found and names & set(about.words) and place not in found.values():
                found[parameter] = place
    if "item" not in found:
        raise BadInput("No column names the item.", file=sheet.file)
    if len(found) == 1:
        raise BadInput("No column is known as lead time, cost, minimum, target or factor.", file=sheet.file)
    return found


def _filled(
    items: Sequence[str],
    known: dict[str, dict[str, float]],
    columns: dict[str, str],
    defaults: Mapping[str, float],
) -> Parameters:
    import numpy as np

    values, missing = {}, {}
    for name, parameter in PARAMETERS.items():
        given = [known.get(item, {}).get(name, defaults.get(name)) for item in items]
        values[name] = np.array([parameter.default if one is None else one for one in given], dtype=float)
        missing[name] = sum(one is None for one in given)
    return Parameters(values, {name: count for name, count in missing.items() if count}, columns)
