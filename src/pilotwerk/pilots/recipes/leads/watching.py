"""Reminders: leads to whom nothing happened since the day that was set, or for a number of working days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.recipes.base import Noticed
from pilotwerk.pilots.recipes.columns import known_columns
from pilotwerk.pilots.recipes.leads.dates import Region, after_workdays
from pilotwerk.pilots.recipes.leads.incoming import WORDS
from pilotwerk.pilots.recipes.moments import MomentReader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pilotwerk.pilots.recipes.base import CaseView, Place

QUIET_DAYS, TURNS = 10, 3


def remind(place: Place, cases: Iterable[CaseView]) -> Noticed:
    """A further case for each lead whose day has come; never for one that is open, ended, opted out, or was written to
    as often as the company allows.
    """
    latest: dict[str, CaseView] = {}
    for case in cases:
        latest[str(case.payload.get("lead"))] = case
    new = []
    for lead, case in latest.items():
        due = due_day(case, place)
        if due is not None and due <= place.today and not place.opted_out(case.sender_address):
            new.append(_again(lead, case))
    return Noticed(new=tuple(new))


def due_day(case: CaseView, place: Place) -> date | None:
    """When to write again after this case; None where nobody should."""
    turn = int(case.payload.get("turn", 1))
    if case.open or case.payload.get("outcome") or turn >= int(place.options.get("turns") or TURNS):
        return None
    region = Region(place.country, place.subdivision)
    quiet = int(place.options.get("quiet_days") or QUIET_DAYS)
    if case.closed == "no_answer" or case.changed_at is None:
        return None
    planned = case.details.get("next_date") if case.sent_at else None
    last = (case.sent_at or case.changed_at).date()
    contact = _last_contact(case.payload.get("values") or {})
    if contact is not None and contact > last:
        return after_workdays(contact, quiet, region)
    return date.fromisoformat(planned) if planned else after_workdays(last, quiet, region)


def _last_contact(values: dict[str, Any]) -> date | None:
    columns = list(values)
    found = known_columns(columns, {"last_contact": WORDS["last_contact"]})
    if not found:
        return None
    text = values[columns[found["last_contact"]]]
    moment = MomentReader.over([text]).read(text)
    return moment.date() if moment else None


def _again(lead: str, case: CaseView) -> NewCase:
    turn = int(case.payload.get("turn", 1)) + 1
    letters = list(case.payload.get("letters") or ())
    if case.sent_at is not None:
        letters.append(case.sent_at.date().isoformat())
    values = case.payload.get("values") or {}
    return NewCase(
        key=f"{lead[:190]}/{turn}",
        text="\n".join(f"{column}: {value}" for column, value in values.items()) or lead,
        subject=case.subject,
        sender_name=case.sender_name,
        sender_address=case.sender_address,
        payload={**case.payload, "turn": turn, "letters": letters},
    )
