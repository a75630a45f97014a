"""Leads out of a table: whose they are, what is known about them, what became of them, who must not be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.recipes.base import Noticed
from pilotwerk.pilots.recipes.columns import cell, known_columns
from pilotwerk.pilots.recipes.leads.outcome import OPEN
from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pilotwerk.pilots.recipes.base import CaseView, Place, Row, Sheet

WORDS = {
    "lead": (
        "lead id", "lead no", "lead nr", "lead nummer", "id", "nummer", "number", "kontakt id", "kontaktnummer",
        "kennung", "lead", "vorgang",
    ),
    "mail": ("email", "e mail", "mail", "email address", "e mail adresse", "mailadresse", "contact email"),
    "name": ("name", "contact", "contact name", "ansprechpartner", "kontakt", "kontaktname", "full name"),
    "firm": ("company", "firma", "unternehmen", "account", "kunde"),
    "received": ("received", "created", "created at", "date", "eingang", "eingegangen", "angelegt am", "datum"),
    "language": ("language", "sprache"),
    "notes": ("notes", "note", "history", "message", "notizen", "notiz", "bemerkung", "verlauf", "nachricht"),
    "last_contact": ("last contact", "last activity", "letzter kontakt", "letzte aktivitaet", "zuletzt kontaktiert"),
    "opt_out": (
        "opt out", "optout", "unsubscribed", "do not contact", "werbewiderspruch", "widerspruch", "abgemeldet",
        "nicht kontaktieren", "keine werbung",
    ),
    "outcome": ("outcome", "result", "ergebnis", "ausgang", "won", "gewonnen", "converted", "konvertiert", "abschluss"),
}  # fmt: skip
YES = frozenset({"1", "ja", "yes", "true", "wahr", "x", "j", "y"})
# Columns that name people of the team: they are neither learned from nor shown, so that nobody is compared.
STAFF = frozenset(
    {
        "owner", "lead owner", "agent", "sales rep", "salesperson", "representative", "assigned to", "employee",
        "user", "bearbeiter", "sachbearbeiter", "betreuer", "vertriebler", "vertriebsmitarbeiter", "verkaeufer",
        "mitarbeiter", "zustaendig", "verantwortlich", "verantwortlicher", "aussendienst",
    }
)  # fmt: skip


def is_staff(column: str) -> bool:
    """Whether a column names people of the team."""
    return normal_name(column) in STAFF


def outcome_column(columns: Iterable[str], options: Mapping[str, Any]) -> str | None:
    """The column that says what became of a lead: the named one, else one that is called so."""
    names = list(columns)
    wanted = normal_name(str(options.get("outcome") or ""))
    for name in names:
        if wanted and normal_name(name) == wanted:
            return name
    found = known_columns(names, {"outcome": WORDS["outcome"]})
    return names[found["outcome"]] if found and not wanted else None


def read_leads(sheet: Sheet, place: Place, cases: Iterable[CaseView]) -> Noticed:
    """New leads, news about known ones, and opt-outs. Raises BadInput where no column holds an e-mail address."""
    places = known_columns(sheet.columns, WORDS)
    if "mail" not in places:
        raise BadInput(_("No column holds the e-mail address."), file=sheet.file)
    outcome = outcome_column(sheet.columns, place.options)
    if outcome is not None:
        places["outcome"] = sheet.columns.index(outcome)
    moments = MomentReader.over(cell(row, places.get("received")) for row in sheet.rows)
    latest = {str(case.payload.get("lead")): case for case in cases}
    new: dict[str, NewCase] = {}
    news: dict[str, Mapping[str, Any]] = {}
    settled, opted, rejected = [], [], []
    for row in sheet.rows:
        mail = cell(row, places["mail"]).lower()
        lead = cell(row, places.get("lead")) or mail
        ended = cell(row, places.get("outcome"))
        if normal_name(ended) in OPEN:
            ended = ""
        known = latest.get(lead)
        if cell(row, places.get("opt_out")).lower() in YES:
            opted.append(mail if "@" in mail else "")
        elif "@" not in mail:
            rejected.append((row[0], sheet.columns[places["mail"]], _("There is no e-mail address.")))
        elif place.opted_out(mail):
            rejected.append(
                (row[0], sheet.columns[places["mail"]], _("This address asked not to be written to."))
            )
        elif known is not None:
            payload = {**known.payload, "values": _values(sheet, row, places), "outcome": ended}
            if payload != known.payload:
                news[known.key] = payload
            if ended and known.open:
                settled.append(known.key)
        elif not ended:
            new[lead] = _case(sheet, row, places, lead, moments)
    kept = [case for case in new.values() if case.sender_address not in opted]
    return Noticed(
        tuple(kept), news, tuple(settled), tuple(dict.fromkeys(filter(None, opted))), tuple(rejected)
    )


def _values(sheet: Sheet, row: Row, places: Mapping[str, int]) -> dict[str, str]:
    """The row without what names people of the team or what became of the lead."""
    hidden = {places.get("outcome"), places.get("opt_out")}
    return {
        name: cell(row, place)
        for place, name in enumerate(sheet.columns)
        if place not in hidden and not is_staff(name) and cell(row, place)
    }


def _case(sheet: Sheet, row: Row, places: Mapping[str, int], lead: str, moments: MomentReader) -> NewCase:
    values = _values(sheet, row, places)
    name, firm = cell(row, places.get("name")), cell(row, places.get("firm"))
    notes = cell(row, places.get("notes"))
    facts = "\n".join(f"{column}: {value}" for column, value in values.items() if value != notes)
    received = cell(row, places.get("received"))
    return NewCase(
        key=lead[:190],
        text=f"{notes}\n\n{facts}" if notes else facts,
        subject=" · ".join(part for part in (firm, name) if part) or lead,
        sender_name=name,
        sender_address=cell(row, places["mail"]).lower(),
        received_at=moments.read(received) if received else None,
        payload={"lead": lead, "values": values, "outcome": "", "turn": 1, "letters": []},
    )
