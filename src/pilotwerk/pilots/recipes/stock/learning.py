"""What is learned for stock: methods for each item, and by how much the target must be raised to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.providers.embedded import storage
from pilotwerk.pilots.recipes.base import Learned, Sheet
from pilotwerk.pilots.recipes.columns import known_columns
from pilotwerk.pilots.recipes.stock.backtest import backtest_stock
from pilotwerk.pilots.recipes.stock.choose import Choice, choose
from pilotwerk.pilots.recipes.stock.demand import Demand
from pilotwerk.pilots.recipes.stock.inventory import shift_between
from pilotwerk.pilots.recipes.stock.parameters import ITEM_WORDS, read_parameters
from pilotwerk.pilots.recipes.stock.periods import Frequency
from pilotwerk.pilots.recipes.stock.reading import period_columns, read_long, read_wide, with_head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KIND = "stock"
LONG_WORDS = {
    "item": ITEM_WORDS,
    "day": (
        "date", "day", "invoice date", "order date", "datum", "tag", "buchungsdatum", "belegdatum", "verkaufsdatum",
        "rechnungsdatum", "lieferdatum", "time", "zeit", "zeitpunkt", "week", "month", "woche", "monat",
    ),
    "quantity": (
        "quantity", "qty", "demand", "pieces", "units", "sold", "sales", "menge", "anzahl", "stueck", "abgang",
        "verbrauch", "absatz", "absatzmenge", "verkaufte menge", "bedarf",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StockModel:
    """Past demand, the method of each item, and the shift of the target that reached it on the past."""

    demand: Demand
    choice: Choice
    shift: float
    version: str


def defaults_of(options: Mapping[str, Any]) -> dict[str, float]:
    """The company's own target, where the table of items names none."""
    target = options.get("target_fill_rate")
    return {"target_fill_rate": float(target)} if target else {}


def read_demand(sheet: Sheet, options: Mapping[str, Any]) -> Demand:
    """Movements (item, date, quantity) or one column a period; which of both is seen from the column names."""
    chosen = options.get("frequency")
    frequency = Frequency(chosen) if chosen else None
    sheet = with_head(sheet)
    places = known_columns(sheet.columns, LONG_WORDS)
    if period_columns(sheet.columns) and not {"day", "quantity"} <= set(places):
        return read_wide(sheet, item=places.get("item", 0), frequency=frequency)
    missing = {"item", "day", "quantity"} - set(places)
    if missing:
        raise BadInput(
            _("Past demand needs columns for item, date and quantity, or one column for each week or month."),
            file=sheet.file,
        )
    return read_long(
        sheet, item=places["item"], day=places["day"], quantity=places["quantity"], frequency=frequency
    )


def is_demand(sheet: Sheet) -> bool:
    """Whether the columns are those of past demand."""
    named = with_head(sheet).columns
    return bool(period_columns(named)) or {"item", "day", "quantity"} <= set(known_columns(named, LONG_WORDS))


def learn(demand_sheet: Sheet, items_sheet: Sheet, options: Mapping[str, Any], folder: Path) -> Learned:
    """Chooses methods on all of the history, judges them on its end, and keeps both. Raises BadInput."""
    demand = read_demand(demand_sheet, options)
    parameters = read_parameters(items_sheet, demand.items, defaults=defaults_of(options))
    facts = backtest_stock(demand, parameters=parameters)
    choice = choose(demand.values, facts["horizon"], demand.frequency.season)
    inventory = facts["inventory"]
    shift = 0.0
    if inventory["fill_rate"] is not None:
        shift = shift_between(inventory["target_fill_rate"], inventory["nominal_fill_rate"])
    stored = _stored(demand, choice, shift)
    version = storage.content_hash(stored)[:16]
    storage.write(stored, folder / version, kind=KIND)
    facts.pop("seconds")
    return Learned(version, {**facts, "rows": facts["items"]})


def _stored(demand: Demand, choice: Choice, shift: float) -> storage.Stored:
    plain = {
        "items": list(demand.items),
        "frequency": demand.frequency.value,
        "first": demand.first,
        "base": choice.base,
        "shift": shift,
    }
    return storage.Stored(
        plain, {"values": demand.values, "methods": choice.methods, "factors": choice.factors}
    )


@lru_cache(maxsize=4)
def loaded(folder: Path) -> StockModel:
    """The version kept in `folder`; read once a process. Raises BadInput when its files were changed."""
    stored, found = storage.read(folder, kind=KIND)
    plain, arrays = stored.plain, stored.arrays
    values: Any = arrays["values"]
    methods: Any = arrays["methods"]
    factors: Any = arrays["factors"]
    demand = Demand(tuple(plain["items"]), values, Frequency(plain["frequency"]), plain["first"])
    choice = Choice(methods, factors, plain["base"], 0.0, {}, {}, ())
    return StockModel(demand, choice, plain["shift"], found[:16])
