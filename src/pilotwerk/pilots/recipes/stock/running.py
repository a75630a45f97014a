"""The stock recipe in the runtime: checks every day, proposes orders by supplier, lines can be changed."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.stop_rules import WITHOUT_CATEGORIES
from pilotwerk.pilots.recipes.base import (
    ROW_SOURCES,
    ROW_TARGETS,
    Attached,
    Details,
    Figure,
    Grid,
    Learned,
    Material,
    Noticed,
    Outgoing,
    Place,
    Proposed,
    Recipe,
    Request,
    RunningRecipe,
    Sheet,
)
from pilotwerk.pilots.recipes.said import in_language
from pilotwerk.pilots.recipes.stock.figures import read_shelf
from pilotwerk.pilots.recipes.stock.orders import (
    COVER,
    SUBJECT,
    as_csv,
    as_xlsx,
    lines_text,
    number_text,
    order_grid,
    ordered,
)
from pilotwerk.pilots.recipes.stock.wording import due_sentence, quantity_sentence, reason_text
from pilotwerk.pilots.recipes.words import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pilotwerk.pilots.recipes.base import CaseView
    from pilotwerk.pilots.recipes.stock.figures import Shelf

ITEMS, DEMAND = "items", "demand"


class Stock(RunningRecipe):
    """Watches the stock; proposes what to order where, by the code of the backtest."""

    about = Recipe(
        kind="stock",
        needs=("item", "date", "quantity"),
        uses=("lead_time", "price", "minimum", "pack", "supplier"),
        minimum_rows=8,
        tables=(ITEMS, DEMAND),
        renewed=ITEMS,
        watches=True,
        share=1.0,
        stop_rules=WITHOUT_CATEGORIES,
        sources=ROW_SOURCES,
        targets=ROW_TARGETS,
    )
    learned_template = "pilots/parts/stock_learned.html"
    details_template = "pilots/parts/stock_lines.html"
    words = ORDERS
    changeable = ("order_file",)

    def roles(self) -> Mapping[str, tuple[str, str]]:
        return {
            ITEMS: (
                _("Items with stock"),
                _(
                    "One row an item: number, stock, on the way, lead time in days, price, minimum order, pack size, "
                    "supplier and its e-mail address. Number, stock and one of the others are needed."
                ),
            ),
            DEMAND: (
                _("Past demand"),
                _(
                    "One row a movement with item, date and quantity, or one row an item and one column a week or "
                    "month."
                ),
            ),
        }

    def options_form(self, columns: Mapping[str, Sequence[str]], facts: Mapping[str, Any]) -> type[Any]:
        from pilotwerk.pilots.recipes.stock.forms import StockForm

        return StockForm

    def checked_table(
        self, role: str, sheet: Sheet, options: Mapping[str, Any], folder: Path | None = None
    ) -> None:
        from pilotwerk.pilots.recipes.stock.learning import read_demand

        if role == ITEMS:
            read_shelf(sheet)
        else:
            read_demand(sheet, options)

    def role_of(self, sheet: Sheet) -> str:
        """Stock figures name the stock; a table without it that names dates or periods is newer demand."""
        from pilotwerk.pilots.recipes.columns import known_columns
        from pilotwerk.pilots.recipes.stock.figures import WORDS
        from pilotwerk.pilots.recipes.stock.learning import is_demand

        return DEMAND if "stock" not in known_columns(sheet.columns, WORDS) and is_demand(sheet) else ITEMS

    def learn(self, material: Material, folder: Path) -> Learned | CannotTell:
        from pilotwerk.pilots.recipes.stock.learning import learn

        demand, items = material.table(DEMAND), material.table(ITEMS)
        if demand is None or items is None:
            return CannotTell("A table is missing.")
        return learn(demand, items, material.options, folder)

    def watch(self, place: Place, cases: Iterable[CaseView]) -> Noticed:
        from pilotwerk.pilots.recipes.stock.learning import defaults_of, loaded
        from pilotwerk.pilots.recipes.stock.parameters import read_parameters
        from pilotwerk.pilots.recipes.stock.plan import plan_today
        from pilotwerk.pilots.recipes.stock.watching import notice, under_way

        sheet = place.table(ITEMS)
        if sheet is None or place.folder is None:
            return Noticed()
        known = list(cases)
        model, shelf = loaded(place.folder), read_shelf(sheet)
        parameters = read_parameters(sheet, model.demand.items, defaults=defaults_of(place.options))
        coming = under_way(known, shelf, place.taken_at(ITEMS), place.today)
        lines = plan_today(model, shelf, parameters, coming)
        return notice(lines, shelf, known, place.today)

    def propose(self, request: Request, place: Place) -> Proposed | CannotTell:
        from pilotwerk.pilots.recipes.stock.learning import loaded

        assert place.folder is not None  # the runtime proposes only with a version
        model = loaded(place.folder)
        lines = [dict(line) for line in request.payload.get("lines", ())]
        if not lines:
            return CannotTell("Nothing is due.")
        language = place.options.get("language", "de")
        values = {"company": place.organisation, "day": request.payload.get("day", "")}
        demand = model.demand
        return Proposed(
            recipient=request.sender_address,
            subject=SUBJECT[language] % values,
            body=COVER[language] % values,
            details={"supplier": request.payload.get("supplier", ""), "language": language, "lines": lines},
            evidence={"model_version": model.version, "history_until": demand.label(demand.periods - 1)},
        )

    def refusal(self, content: Mapping[str, Any], place: Place) -> str:
        details = content.get("details")
        if details and not ordered(details["lines"]):
            return _("No line is left to order. Reject the proposal or close the case.")
        return ""

    def edited(self, details: Details, posted: Mapping[str, Any], place: Place) -> Details:
        """Fields line-N-quantity and line-N-order; a quantity of 0 takes the line out."""
        if not details.get("lines") or "lines" not in posted:
            return details
        changed = []
        for at, line in enumerate(details["lines"]):
            quantity = _number(str(posted.get(f"line-{at}-quantity", "")), line)
            wanted = f"line-{at}-order" in posted and quantity > 0
            changed.append({**line, "order": wanted, "quantity": quantity if wanted else line["quantity"]})
        return {**details, "lines": changed}

    def changed(self, before: Details, after: Details) -> int:
        pairs = zip(before.get("lines", ()), after.get("lines", ()), strict=False)
        return sum((a["order"], a["quantity"]) != (b["order"], b["quantity"]) for a, b in pairs)

    def worth(self, details: Details) -> Decimal | CannotTell | None:
        lines = [line for line in details.get("lines", ()) if line["order"] and line["quantity"]]
        if not lines:
            return None
        if any(line["price_assumed"] for line in lines):
            return CannotTell(_("Not every item has a price in the table."))
        return sum(
            (Decimal(str(line["price"])) * Decimal(str(line["quantity"])) for line in lines), Decimal()
        )

    def outgoing(self, content: Mapping[str, Any], place: Place) -> Outgoing:
        subject, body = str(content["subject"]), str(content["body"])
        details: Any = content.get("details")
        if not details:
            return Outgoing(subject, body)
        lines, language = details["lines"], details["language"]
        wanted = place.options.get("order_file", "")
        files = []
        if wanted == "xlsx":
            files = [Attached("order.xlsx", as_xlsx(lines, language, SUBJECT[language].split(" ")[0]))]
        elif wanted == "csv":
            files = [Attached("order.csv", as_csv(lines, language))]
        return Outgoing(subject, f"{body}\n\n{lines_text(lines, language)}", tuple(files))

    def grid(self, content: Mapping[str, Any], place: Place) -> Grid:
        """The order list: one row a line that is ordered."""
        details: Any = content.get("details")
        if not details:
            return super().grid(content, place)
        return order_grid(details["lines"], details["supplier"], details["language"])

    def shown(
        self,
        details: Details,
        evidence: Mapping[str, Any],
        language: str,
        posted: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        lines = [
            {
                **line,
                "place": at,
                "reason": " ".join(
                    filter(None, (due_sentence(line, language), quantity_sentence(line, language)))
                ),
                "value": line["price"] * line["quantity"],
                "typed": str((posted or {}).get(f"line-{at}-quantity", line["quantity"])),
                "ticked": f"line-{at}-order" in posted if posted else line["order"],
                "step": line["pack"] or "any",
            }
            for at, line in enumerate(details.get("lines", ()))
        ]
        known = [line for line in lines if not line["price_assumed"]]
        return {
            "lines": lines,
            "supplier": details.get("supplier", ""),
            "total": sum(line["value"] for line in known if line["order"]) if known else None,
            "history_until": evidence.get("history_until", ""),
        }

    def told(self, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
        inventory = facts.get("inventory") or {}
        return {
            "sentence": inventory.get(f"sentence_{language}"),
            "cannot_tell": inventory.get(f"cannot_tell_{language}"),
            "verdict": inventory.get("verdict"),
            "inventory": inventory,
            "methods": list((facts.get("methods") or {}).items()),
            "assumed": [
                (ASSUMED[name], one["value"], one["items"])
                for name, one in (inventory.get("assumed") or {}).items()
            ],
        }

    def reason(self, code: str, language: str) -> str:
        return in_language(reason_text(code, language), language)

    def figures(self, place: Place, cases: Sequence[CaseView]) -> Sequence[Figure]:
        sheet = place.table(ITEMS)
        if sheet is None:
            return ()
        shelf, language = read_shelf(sheet), (get_language() or "de")[:2]
        empty = sum(one.stock <= 0 for one in shelf.items.values())
        about = _("of %(count)s items in the present table") % {"count": len(shelf.items)}
        figures = [Figure(_("Items without stock"), number_text(empty, language), about)]
        if place.folder is not None:
            figures += _with_history(sheet, shelf, place.folder, language)
        decided = [case for case in cases if case.sent_at and case.proposed.get("lines")]
        total = sum(len(case.proposed["lines"]) for case in decided)
        if total:
            changed = sum(self.changed(case.proposed, case.details) for case in decided)
            about = _("of %(count)s lines in orders that went out") % {"count": total}
            figures.append(Figure(_("Lines changed by people"), number_text(changed, language), about))
        return figures


def _with_history(sheet: Sheet, shelf: Shelf, folder: Path, language: str) -> list[Figure]:
    """Items that cannot be watched, and what lies on the shelf in money where every price is known."""
    from pilotwerk.pilots.recipes.stock.learning import loaded
    from pilotwerk.pilots.recipes.stock.parameters import read_parameters

    items = loaded(folder).demand.items
    figures = []
    unknown = len(set(shelf.items) - set(items))
    if unknown:
        about = _("they do not occur in the past demand and are not watched")
        figures.append(Figure(_("Items without a forecast"), number_text(unknown, language), about))
    parameters = read_parameters(sheet, items)
    if "unit_cost" in parameters.columns and "unit_cost" not in parameters.assumed:
        prices = dict(zip(items, parameters["unit_cost"], strict=True))
        on_shelf = [one for one in shelf.items.values() if one.item in prices]
        value = sum(max(one.stock, 0) * float(prices[one.item]) for one in on_shelf)
        about = _("at the prices of your table, items with a history")
        figures.append(Figure(_("Stock value"), f"{number_text(round(value), language)}\u00a0€", about))
    return figures


ASSUMED = {
    "lead_time_days": gettext_lazy("lead time in days"),
    "unit_cost": gettext_lazy("price of a piece"),
    "order_cost": gettext_lazy("cost of an order"),
    "holding_rate": gettext_lazy("cost of holding stock, share of its value a year"),
    "minimum": gettext_lazy("minimum order"),
    "pack": gettext_lazy("pack size"),
    "target_fill_rate": gettext_lazy("share to be met at once"),
    "rule_factor": gettext_lazy("present rule: times the demand in the lead time"),
}


def _number(text: str, line: Mapping[str, Any]) -> float | int:
    """A quantity as a person types it: whole packs, at least the minimum, or 0."""
    name = line["name"] or line["item"]
    try:
        found = float(text.strip().replace(",", ".") or 0)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9:
        raise Refused(_("%(item)s: enter a quantity, for example 20, or 0 for none.") % {"item": name})
    pack, minimum = line["pack"] or 0, line["minimum"]
    packs = found / pack if pack else 1.0
    least = max(minimum, ceil(minimum / pack) * pack if pack else minimum)
    if found and (found < minimum or abs(packs - round(packs)) > 1e-6):
        raise Refused(
            _("%(item)s: at least %(least)g, in packs of %(pack)g. Enter such a quantity, or 0 for none.")
            % {"item": name, "least": least, "pack": pack or 1}
        )
    return int(found) if found == int(found) else found
