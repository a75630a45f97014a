"""What is not known and what the comparison says, in English and German. The English reason is the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.stock.orders import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pilotwerk.pilots.recipes.stock.inventory import Comparison, Measured

TOO_SHORT = "The history is too short to simulate the stock: at least 24 periods are needed."
NO_ITEMS = (
    "No item was on sale throughout the periods that are simulated, with a lead time that fits into them."
)
NO_DEMAND = "Nothing was sold in the periods that are simulated."

REASONS: dict[str, str] = {
    TOO_SHORT: "Die Historie ist zu kurz, um den Bestand zu simulieren: Nötig sind mindestens 24 Perioden.",
    NO_ITEMS: "Kein Artikel war in den simulierten Perioden durchgehend im Verkauf und hat eine passende Lieferzeit.",
    NO_DEMAND: "In den simulierten Perioden wurde nichts verkauft.",
}


def reason_text(reason: str, language: str) -> str:
    """The reason in German for "de", in English for all else; an unknown reason comes back as it is."""
    return REASONS.get(reason, reason) if language == "de" else reason


def verdict(proposed: Measured, present: Measured) -> str:
    """How the proposal stands beside the present rule. A saving counts only at a fill rate that is not lower."""
    if proposed.fill_rate < present.fill_rate:
        return "delivers_less"
    return "costs_less" if proposed.cost < present.cost else "costs_more"


# One sentence for each verdict; "delivers_less" names no saving on purpose.
_SENTENCES = {
    "costs_less": (
        "The proposed reorder points deliver {fill} of the value asked for at once (present rule: {fill_now}); "
        "ordering and holding cost {cost} instead of {cost_now}.",
        "Die vorgeschlagenen Meldebestände liefern {fill} des gefragten Warenwerts sofort (heutige Regel: {fill_now}); "
        "Bestellen und Lagern kosten {cost} statt {cost_now}.",
    ),
    "costs_more": (
        "The proposed reorder points deliver {fill} of the value asked for at once (present rule: {fill_now}); "
        "ordering and holding cost {cost} instead of {cost_now}: better delivery has its price.",
        "Die vorgeschlagenen Meldebestände liefern {fill} des gefragten Warenwerts sofort (heutige Regel: {fill_now}); "
        "Bestellen und Lagern kosten {cost} statt {cost_now}: Bessere Lieferbereitschaft hat ihren Preis.",
    ),
    "delivers_less": (
        "The proposed reorder points deliver less at once than the present rule ({fill} against {fill_now} of the "
        "value asked for); they are no improvement.",
        "Die vorgeschlagenen Meldebestände liefern weniger sofort als die heutige Regel ({fill} gegenüber {fill_now} "
        "des gefragten Warenwerts); sie sind keine Verbesserung.",
    ),
}
_RAISED = (
    " The present rule with its factor times {multiple} would deliver {fill_raised} and cost {cost_raised}.",
    " Die heutige Regel mit dem {multiple}-Fachen ihres Faktors würde {fill_raised} sofort liefern und "
    "{cost_raised} kosten.",
)
_UNREACHED = (
    " The target of {target} was not reached while tuning; expect less.",
    " Das Ziel von {target} wurde beim Einstellen nicht erreicht; rechnen Sie mit weniger.",
)
_ASSUMED = (
    " Costs and lead times are assumed where they were not given.",
    " Kosten und Lieferzeiten sind angenommen, wo sie nicht angegeben wurden.",
)


def sentence(found: Comparison, language: str, *, assumed: bool) -> str:
    """The comparison in words. Costs are those of ordering and holding in the window that was measured."""
    place = 1 if language == "de" else 0
    raised = found.present_at_target
    values = {
        "fill": _percent(found.proposed.fill_rate, language),
        "fill_now": _percent(found.present.fill_rate, language),
        "cost": _amount(found.proposed.cost, language),
        "cost_now": _amount(found.present.cost, language),
        "multiple": _decimal(found.multiple, language),
        "fill_raised": _percent(raised.fill_rate, language),
        "cost_raised": _amount(raised.cost, language),
        "target": _percent(found.target, language),
    }
    texts = [_SENTENCES[verdict(found.proposed, found.present)][place], _RAISED[place]]
    texts += [] if found.reached else [_UNREACHED[place]]
    return "".join([*texts, _ASSUMED[place] if assumed else ""]).format(**values)


def _decimal(value: float, language: str) -> str:
    text = f"{value:.1f}"
    return text.replace(".", ",") if language == "de" else text


def _percent(share: float, language: str) -> str:
    return f"{_decimal(100 * share, language)}\u00a0%"


def _amount(value: float, language: str) -> str:
    text = f"{value:,.0f}"
    return text.replace(",", ".") if language == "de" else text


_DUE = (
    "{have} on stock{coming}: at or below the reorder point of {point}. Until an order could arrive and the next check"
    " is over (lead time {days} days), about {expected} are expected to be asked for.",
    "{have} auf Lager{coming}: am oder unter dem Meldebestand von {point}. Bis eine Bestellung eintreffen kann und die"
    " nächste Prüfung vorbei ist (Lieferzeit {days} Tage), werden voraussichtlich etwa {expected} gebraucht.",
)
_COMING = (" and {coming} on the way", " und {coming} unterwegs")


def due_sentence(line: Mapping[str, Any], language: str) -> str:
    """Why an item is to be ordered, in one sentence."""
    place = 1 if language == "de" else 0
    on_way = line["in_transit"] + line["under_way"]
    return _DUE[place].format(
        have=number_text(line["stock"], language),
        coming=_COMING[place].format(coming=number_text(on_way, language)) if on_way else "",
        point=number_text(line["reorder_point"], language),
        days=number_text(line["lead_days"], language),
        expected=number_text(round(line["expected"]), language),
    )


_CHEAPEST = (
    "{count} at once cost least (cost of an order against cost of storage).",
    "Am günstigsten sind {count} auf einmal (Kosten einer Bestellung gegen Lagerkosten).",
)
_GAP = ("{count} are missing up to the reorder point.", "Bis zum Meldebestand fehlen {count}.")


def quantity_sentence(line: Mapping[str, Any], language: str) -> str:
    """Why just so many are proposed, before the minimum and whole packs, which stand beside the quantity; empty for a
    line of an older version, which does not say.
    """
    if "economic" not in line:
        return ""
    gap = max(line["reorder_point"] - line["stock"] - line["in_transit"] - line["under_way"], 0)
    said = _GAP if gap > line["economic"] else _CHEAPEST
    count = number_text(max(line["economic"], gap), language)
    return said[1 if language == "de" else 0].format(count=count)
