"""From today's plan to cases: one for each supplier, one open warning for each item."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.recipes.base import Noticed
from pilotwerk.pilots.recipes.stock.orders import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from pilotwerk.pilots.recipes.base import CaseView
    from pilotwerk.pilots.recipes.stock.figures import Shelf
    from pilotwerk.pilots.recipes.stock.plan import Line


def under_way(
    cases: Iterable[CaseView], shelf: Shelf, taken_at: datetime | None, today: date
) -> dict[str, float]:
    """Pieces that went out as orders and that the table of items cannot show.

    A table with a column for what is on its way knows of every order that went out before it came in. One without it
    never does; there an order counts until its lead time is over.
    """
    found: dict[str, float] = {}
    for case in cases:
        if case.sent_at is None:
            continue
        for line in ordered(case.details.get("lines", ())):
            arrived = case.sent_at.date() + timedelta(days=int(line["lead_days"]) + 1)
            after = taken_at is None or case.sent_at > taken_at
            if after or (not shelf.knows_transit and today <= arrived):
                found[line["item"]] = found.get(line["item"], 0.0) + line["quantity"]
    return found


def lines_of(case: CaseView) -> Sequence[Mapping[str, Any]]:
    """The lines that the case is about, as proposed last."""
    return case.payload.get("lines") or ()


def silent(cases: Iterable[CaseView], shelf: Shelf) -> set[str]:
    """Items that a person decided not to order, as long as the table still says the same about them."""
    found: set[str] = set()
    for case in cases:
        if case.open:
            continue
        sent = {line["item"] for line in ordered(case.details.get("lines", ()))} if case.sent_at else set()
        for line in lines_of(case):
            shown = shelf.items.get(line["item"])
            same = shown is not None and shown.position == line["stock"] + line["in_transit"]
            if line["item"] in sent:
                found.discard(line["item"])
            elif same:
                found.add(line["item"])
            else:
                found.discard(line["item"])
    return found


def notice(lines: Mapping[str, Line], shelf: Shelf, cases: Sequence[CaseView], today: date) -> Noticed:
    """New cases by supplier, changed quantities of undecided ones, and cases of which nothing is due any more."""
    undecided = {case.payload["supplier"]: case for case in cases if case.undecided}
    kept = {line["item"] for case in undecided.values() for line in lines_of(case)}
    busy = {line["item"] for case in cases if case.open for line in lines_of(case)} - kept
    mute = silent(cases, shelf) - kept
    by_supplier: dict[str, list[Line]] = {}
    for item, line in lines.items():
        if item not in busy and item not in mute:
            by_supplier.setdefault(shelf.items[item].supplier, []).append(line)
    news: dict[str, dict[str, Any]] = {}
    new, settled = [], []
    known = {case.key for case in cases}
    for supplier, case in undecided.items():
        due = by_supplier.pop(supplier, [])
        if not due:
            settled.append(case.key)
        elif _quantities(due) != _quantities(lines_of(case)):
            news[case.key] = {**case.payload, "lines": due}
    settled += [case.key for case in cases if _stands(case) and not _still_due(case, lines)]
    for supplier, due in sorted(by_supplier.items()):
        new.append(_case(supplier, due, shelf, today, known))
    return Noticed(new=tuple(new), news=news, settled=tuple(settled))


def _stands(case: CaseView) -> bool:
    """Open without a proposal that could follow the figures: put back, or to be ordered by hand."""
    return case.open and not case.undecided


def _still_due(case: CaseView, lines: Mapping[str, Line]) -> bool:
    return any(line["item"] in lines for line in lines_of(case))


def _quantities(lines: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    return {line["item"]: line["quantity"] for line in lines}


def _case(supplier: str, due: list[Line], shelf: Shelf, today: date, known: set[str]) -> NewCase:
    base = f"{today.isoformat()}/{supplier[:150]}"
    key, number = base, 1
    while key in known:
        number += 1
        key = f"{base}/{number}"
    known.add(key)
    first = shelf.items[due[0]["item"]]
    names = ", ".join(line["name"] or line["item"] for line in due)
    return NewCase(
        key=key,
        text=names,
        subject=f"{supplier}: {names}" if supplier else names,
        sender_name=supplier,
        sender_address=first.mail,
        payload={"supplier": supplier, "lines": due, "day": today.isoformat()},
    )
