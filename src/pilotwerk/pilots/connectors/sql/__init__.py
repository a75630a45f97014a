"""A table or query of a database of the processes room, read on and on by a column that only grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pilotwerk.core.errors import Refused
from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.entries import REQUESTS, Entry, Shape
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.domain.incoming import Batch
from pilotwerk.processes.databases.address import url_for
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.select import onward_select
from pilotwerk.processes.reading.limits import Limits, for_uploads
from pilotwerk.processes.reading.sql import PREVIEW_SECONDS, open_query
from pilotwerk.processes.texts import unreadable

if TYPE_CHECKING:
    from sqlalchemy import URL

STEP: Final = 5_000
# A whole table may hold so many rows.
MOST_ROWS: Final = 200_000
SHOWN: Final = 5
# A look must not hold up the others' looks.
SECONDS: Final = 120


def database_url(access: Access) -> URL:
    """Where the database is, checked anew. Raises `Trouble`."""
    if access.database is None:
        raise Trouble("database_gone")
    try:
        return url_for(access.database)
    except Refused as refusal:
        raise Trouble("database", why=str(refusal)) from None


def try_out(access: Access) -> Look:
    """The first rows, as they would be taken. Raises `Trouble`."""
    found = _read(access, str(access.settings["query"]), sample=SHOWN, seconds=PREVIEW_SECONDS)
    names = found[0]
    for field in ("id_field", "growing", "text_field", "subject_field", "time_field"):
        wanted = str(access.settings.get(field) or "")
        if wanted:
            column_named(wanted, names)
    for _name, column in access.settings.get("columns") or []:
        column_named(column, names)
    shape = Shape.of(resolved(access.settings, names), access.id)
    entries = _entries(*found)
    if access.settings.get("growing"):
        # Whether the database can compare by this column shows only when it is asked to.
        _read(access, _onward(access, names, None, SHOWN), sample=SHOWN, seconds=PREVIEW_SECONDS)
    return shape.look(entries, len(entries))


def column_named(wanted: str, names: tuple[str, ...]) -> str:
    """The column as the database writes it. `Trouble` where there is none."""
    if wanted in names:
        return wanted
    alike = [name for name in names if name.lower() == wanted.lower()]
    if len(alike) != 1:
        raise Trouble("column", column=wanted, columns=", ".join(names[:20]))
    return alike[0]


def resolved(settings: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The settings with columns as the database writes them."""
    found = dict(settings)
    for field, value in settings.items():
        if (field.endswith("_field") or field == "growing") and value:
            found[field] = column_named(str(value), names)
    found["columns"] = [(name, column_named(column, names)) for name, column in settings.get("columns") or []]
    return found


class SqlReader:
    """One look at the table."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._names = _read(access, str(access.settings["query"]), sample=1, seconds=PREVIEW_SECONDS)[0]
        self._settings = resolved(access.settings, self._names) if self._names else dict(access.settings)
        self._shape = Shape.of(self._settings, access.id)
        self._begun = False

    def step(self, cursor: Mapping[str, Any], *, since: datetime) -> Batch:
        """The next rows by the growing column. Raises `Trouble`."""
        known = str(cursor.get("at", "")) or self._first(since)
        start = known if self._begun else self._earlier(known)
        self._begun = True
        if not self._names:
            return Batch(cursor=dict(cursor))
        statement = _onward(self._access, self._names, start, STEP)
        names, rows = _read(self._access, statement, seconds=SECONDS)
        if not rows:
            return Batch(cursor=dict(cursor))
        entries = _entries(names, rows)
        growing = self._settings["growing"]
        last, first = entries[-1].values[growing], entries[0].values[growing]
        full = len(entries) >= STEP
        if full and first == last:
            raise Trouble("all_alike", column=growing, limit=str(STEP))
        batch = self._shape.batch(entries, since=since if self._shape.use == REQUESTS else None)
        return replace(batch, cursor={"at": last}, more=full)

    def whole(self) -> Batch:
        """All rows. Raises `Trouble`."""
        names, rows = _read(self._access, str(self._access.settings["query"]), seconds=SECONDS)
        if len(rows) > MOST_ROWS:
            raise Trouble("too_many", host="", limit=str(MOST_ROWS))
        return self._shape.batch(_entries(names, rows))

    def _number(self) -> bool:
        return self._settings.get("growing_kind") == "number"

    def _first(self, since: datetime) -> str | None:
        """A moment begins at the pilot's start; a number does not say when, so it begins at the smallest."""
        if self._number():
            return None
        return since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def _earlier(self, at: str | None) -> str | None:
        """Less the overlap: rows of a transaction that took longer appear later, with a smaller value."""
        overlap = int(self._settings.get("overlap") or 0)
        if at is None or not overlap:
            return at
        try:
            if self._number():
                return str(int(float(at)) - overlap)
            return (datetime.fromisoformat(at) - timedelta(minutes=overlap)).isoformat(" ")
        except ValueError:
            raise Trouble("not_growing", column=str(self._settings["growing"]), value=at[:40]) from None


def _onward(access: Access, names: tuple[str, ...], start: str | None, at_most: int) -> str:
    settings = access.settings
    growing = column_named(str(settings["growing"]), names)
    kind = str(access.database.dialect) if access.database else ""
    number = settings.get("growing_kind") == "number"
    if number and start is not None and not start.lstrip("-").replace(".", "", 1).isdigit():
        raise Trouble("not_growing", column=growing, value=start[:40])
    try:
        return onward_select(
            str(settings["query"]), kind, growing=growing, number=number, start=start, at_most=at_most
        )
    except Unreadable as error:
        raise Trouble("database", why=unreadable(error)) from None


Rows = list[tuple[int, tuple[str, ...]]]


def _read(
    access: Access, query: str, *, seconds: int, sample: int | None = None
) -> tuple[tuple[str, ...], Rows]:
    """Names and rows; both empty where there is no row."""
    limits: Limits = replace(for_uploads(64), rows=MOST_ROWS)
    try:
        with open_query(database_url(access), query, limits=limits, sample=sample, seconds=seconds) as source:
            return tuple(source.columns), source.first_rows(source.rows)
    except Unreadable as error:
        if error.code == "file.no_rows":
            return (), []
        raise Trouble("database", why=unreadable(error)) from None


def _entries(names: tuple[str, ...], rows: Rows) -> list[Entry]:
    return [Entry(number, dict(zip(names, cells, strict=True))) for number, cells in rows]
