"""A ticket system's entries, and looks at them as the runtime makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.rest import RestReader
from pilotwerk.pilots.domain.incoming import Batch

START = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
FIELDS = {
    "use": "requests",
    "id_field": "id",
    "text_field": "body",
    "subject_field": "subject",
    "sender_name_field": "customer.name",
    "sender_address_field": "customer.email",
    "time_field": "created",
}


def ticket(number: int, minutes: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "subject": f"Anfrage {number}",
        "body": f"Bitte prüfen Sie Rechnung {number}.",
        "customer": {"name": "Petra Wulff", "email": "petra@wulff.example"},
        "created": (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **changes,
    }


def access(url: str, **changes: Any) -> Access:
    settings = {"url": url, "auth": "bearer", **FIELDS, **changes}
    return Access(settings, {"token": "geheim-4711"}, id="c1")


def look(
    found: Access, cursor: dict[str, Any] | None = None, most: int = 20
) -> tuple[list[str], dict[str, Any]]:
    """One look as the runtime does it: keys in the order in which they came, and the position afterwards."""
    reader, keys, position = RestReader(found), [], dict(cursor or {})
    for _number in range(most):
        batch = reader.step(position, since=START)
        keys += [one.key for one in batch.requests]
        position = dict(batch.cursor)
        if not batch.more:
            break
    return keys, position


def one(found: Access) -> Batch:
    return RestReader(found).step({}, since=START)
