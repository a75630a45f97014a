"""What a system hands out, one entry after the other, becomes requests or rows of a table, as the form says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pilotwerk.pilots.connectors.access import Look
from pilotwerk.pilots.connectors.files.reading import IncomingCase, case_of
from pilotwerk.pilots.domain.incoming import Batch, NewCase, Unusable
from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.processes.domain.values import point_text

REQUESTS: Final = "requests"
SHOWN: Final = 5
SHOWN_SIGNS: Final = 120
DEEPEST: Final = 6
MOST_FIELDS: Final = 300
# Field of the form -> meaning of `files.columns.NAMES`.
MEANINGS: Final = {
    "id_field": "external_id",
    "text_field": "text",
    "subject_field": "subject",
    "sender_name_field": "sender_name",
    "sender_address_field": "sender_address",
    "time_field": "received",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its values as texts; nested names are joined by points ("customer.email")."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the entries are and which of their fields mean what. `columns`: name in the table -> field."""

    use: str
    mapping: Mapping[str, str]
    columns: Mapping[str, str]
    source: str

    @classmethod
    def of(cls, settings: Mapping[str, Any], source: str) -> Shape:
        """Out of a connection's settings. `source` names the connection in keys of cases."""
        mapping = {meaning: str(settings.get(name) or "") for name, meaning in MEANINGS.items()}
        columns = dict(settings.get("columns") or [])
        return cls(
            str(settings.get("use") or REQUESTS), {k: v for k, v in mapping.items() if v}, columns, source
        )

    def batch(self, entries: Sequence[Entry], *, since: datetime | None = None) -> Batch:
        """Requests (those before `since` passed over) or rows."""
        if self.use == REQUESTS:
            return self._requests(entries, since)
        columns, rows = self._rows(entries)
        return Batch(columns=columns, rows=rows)

    def _requests(self, entries: Sequence[Entry], since: datetime | None) -> Batch:
        name = self.mapping.get("received", "")
        moments = MomentReader.over(entry.values.get(name, "") for entry in entries)
        found, unusable = [], []
        for entry in entries:
            case = case_of(entry.number, entry.values, self.mapping, moments)
            if not isinstance(case, IncomingCase):
                # By its number a person finds it there; its place in an answer changes from look to look.
                number = entry.values.get(self.mapping.get("external_id", ""), "")
                row = 0 if number else case.row
                unusable.append(Unusable(row, case.column or "", case.message, number[:100]))
            elif since is None or case.received is None or case.received >= since:
                found.append(self._request(case))
        return Batch(requests=tuple(found), unusable=tuple(unusable))

    def _request(self, case: IncomingCase) -> NewCase:
        """The key holds connection and number: the same entry again is the same request, from every page."""
        plain = case.external_id
        kept = plain if len(plain) <= 150 else hashlib.sha256(plain.encode()).hexdigest()
        return NewCase(
            key=f"{self.source}:{kept}",
            text=case.text,
            subject=case.subject,
            sender_name=case.sender_name or "",
            sender_address=case.sender_address or "",
            received_at=case.received,
            payload={"source_id": plain},
        )

    def _rows(
        self, entries: Sequence[Entry]
    ) -> tuple[tuple[str, ...], tuple[tuple[int, tuple[str, ...]], ...]]:
        columns = dict(self.columns)
        if not columns:
            columns = {name: name for entry in entries for name in entry.values}
        number = self.mapping.get("external_id")
        if number and number not in columns.values():
            columns = {"ID": number, **columns}
        rows = tuple(
            (entry.number, tuple(entry.values.get(field, "") for field in columns.values()))
            for entry in entries
        )
        return tuple(columns), rows

    def look(self, entries: Sequence[Entry], total: int) -> Look:
        """The first entries as they would be taken, and what is wrong with some of them."""
        first = entries[:SHOWN]
        batch = self.batch(first)
        problems = tuple(f"{one.file or one.row} · {one.column}: {one.message}" for one in batch.unusable)
        if self.use != REQUESTS:
            rows = tuple(tuple(map(_short, cells)) for _number, cells in batch.rows)
            return Look((), total, batch.columns, rows, problems)
        rows = tuple(
            (
                str(one.payload["source_id"]),
                one.received_at.isoformat(" ", "minutes") if one.received_at else "",
                one.sender_name or one.sender_address,
                _short(one.subject),
                _short(one.text),
            )
            for one in batch.requests
        )
        return Look((), total, ("id", "received", "sender", "subject", "text"), rows, problems)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN_SIGNS else f"{flat[:SHOWN_SIGNS]}…"


def flat(item: Mapping[str, Any]) -> dict[str, str]:
    """A JSON object as texts by joined name; lists of plain values with commas between, deeper ones left out."""
    found: dict[str, str] = {}

    def walk(value: Any, name: str, depth: int) -> None:
        if len(found) >= MOST_FIELDS:
            return
        if isinstance(value, dict):
            if depth < DEEPEST:
                for key, inner in value.items():
                    walk(inner, f"{name}.{key}" if name else str(key), depth + 1)
        elif isinstance(value, list):
            found[name] = ", ".join(plain(one) for one in value if not isinstance(one, (dict, list)))
        else:
            found[name] = plain(value)

    walk(item, "", 0)
    return found


def plain(value: Any) -> str:
    """A JSON value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return point_text(format(value, "f"))
    return str(value)
