"""Which column of an unknown table of requests means what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Lower case, umlauts written out. Earlier names win over later ones.
NAMES: dict[str, tuple[str, ...]] = {
    "external_id": (
        "external id", "case id", "case", "vorgang", "vorgangsnummer", "ticket", "ticketnummer", "ticket id",
        "ticket nr", "anfrage id", "anfragenummer", "request id", "message id", "messageid", "fall", "fallnummer",
        "nummer", "number", "nr", "id", "key",
    ),
    "subject": ("subject", "betreff", "titel", "title", "ueberschrift", "summary"),
    "text": (
        "text", "anfrage", "anfragetext", "nachricht", "nachrichtentext", "inhalt", "body", "message",
        "beschreibung", "description", "anliegen", "frage", "question", "request", "mailtext", "e mail text",
    ),
    "sender_address": (
        "sender address", "absender e mail", "absender adresse", "absenderadresse", "e mail", "email", "mail",
        "mailadresse", "e mail adresse", "email address", "kunde e mail", "from address",
    ),
    "sender_name": (
        "sender name", "absender name", "absendername", "absender", "sender", "name", "kunde", "kundin",
        "kundenname", "customer", "customer name", "from", "von", "kontakt", "contact",
    ),
    "received": (
        "received", "received at", "eingang", "eingegangen", "eingegangen am", "eingangsdatum", "erstellt",
        "erstellt am", "created", "created at", "datum", "date", "zeitpunkt", "time", "timestamp", "opened",
    ),
    "category": ("category", "kategorie", "true category", "thema", "label", "art", "topic"),
}  # fmt: skip
NEEDED = ("external_id", "text")


def guess_columns(columns: Sequence[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Meaning -> column, each column at most once. What is `given` stays; an unknown column raises `BadInput`."""
    mapping = {meaning: column for meaning, column in (given or {}).items() if column}
    for meaning, column in mapping.items():
        if meaning not in NAMES or column not in columns:
            raise BadInput(f"There is no column “{column}” for “{meaning}”.", column=column)
    plain = {column: normal_name(column) for column in columns}
    for meaning, names in NAMES.items():
        if meaning in mapping:
            continue
        free = [column for column in columns if column not in mapping.values()]
        found = next((column for name in names for column in free if plain[column] == name), None)
        if found:
            mapping[meaning] = found
    return mapping
