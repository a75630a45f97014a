"""Decided cases as rows of one table that Pilotwerk has made itself: one row a case, never a second one.

The table carries a mark that names its connection. A table without that mark is never touched, whatever its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.base import Delivered, HeldBack, Message, NotDelivered, Outcome, key_digest
from pilotwerk.pilots.connectors.sql import database_url
from pilotwerk.pilots.connectors.trouble import FOR_A_PERSON, Trouble
from pilotwerk.pilots.hosts import server_of
from pilotwerk.processes.reading.sql import CONNECT_SECONDS, connect_arguments, kind_of_url, said_by

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Table

PREFIX: Final = "pilotwerk_"
SECONDS: Final = 20


@dataclass(frozen=True)
class SqlTable:
    """The way out into the table."""

    access: Access
    # A second row with the same key is refused by the database, so trying again is safe.
    recognises_repeats = True

    @property
    def name(self) -> str:
        return PREFIX + str(self.access.settings["table"])

    def deliver(self, message: Message, key: str) -> Outcome:
        """One row. The same key and content again changes nothing; the same key with other content is refused."""
        from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

        values = _values(message, key)
        try:
            url = self._url()
            with self._engine(url) as engine:
                try:
                    with engine.begin() as connection:
                        table = self._own(connection)
                        # After a crash the row may lie there already; then nothing is held back.
                        if not self._content(connection, table, values) and not message.may_go():
                            return HeldBack()
                        connection.execute(table.insert().values(**values))
                except IntegrityError:
                    return self._known(engine, values)
        except Trouble as trouble:
            return NotDelivered(str(trouble), retry=trouble.code not in FOR_A_PERSON)
        except OperationalError as error:
            # Also where the connection broke at the end: the key tells whether the row is there.
            return NotDelivered(_("The database says: %(why)s") % {"why": said_by(error, url)}, retry=True)
        except SQLAlchemyError as error:
            return NotDelivered(_("The database says: %(why)s") % {"why": said_by(error, url)}, retry=False)
        return Delivered(f"{self.name}: {values['delivery_key']}")

    def prepare(self) -> tuple[str, int]:
        """Make the table if it is not there, and count its rows. Raises `Trouble`."""
        from sqlalchemy import func, select
        from sqlalchemy.exc import SQLAlchemyError

        url = self._url()
        try:
            with self._engine(url) as engine, engine.begin() as connection:
                table = self._own(connection)
                rows: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
        except SQLAlchemyError as error:
            raise Trouble("database", why=said_by(error, url)) from None
        return self.name, rows

    def _known(self, engine: Engine, values: dict[str, Any]) -> Outcome:
        """What lies there under the key."""
        with engine.connect() as connection:
            found = self._content(connection, self._own(connection), values)
        if found == values["content_sha256"]:
            return Delivered(f"{self.name}: {values['delivery_key']}")
        return NotDelivered(_("Another row was already written for this case."), retry=False)

    @staticmethod
    def _content(connection: Connection, table: Table, values: dict[str, Any]) -> str | None:
        """The hash of the row under this key; None where there is none."""
        from sqlalchemy import select

        wanted = table.c.delivery_key == values["delivery_key"]
        found: str | None = connection.execute(select(table.c.content_sha256).where(wanted)).scalar()
        return found

    def _own(self, connection: Connection) -> Table:
        """The table, made now where it is missing. `Trouble` for one that is not ours."""
        from sqlalchemy import inspect

        table, mark = self._table(), self._mark()
        inspector = inspect(connection)
        if not inspector.has_table(self.name):
            table.create(connection)
            return table
        if connection.dialect.supports_comments:
            marks = {str(inspector.get_table_comment(self.name).get("text") or "")}
        else:
            marks = {str(one["name"]) for one in inspector.get_check_constraints(self.name)}
        if mark not in marks:
            raise Trouble("table_foreign", table=self.name)
        return table

    def _mark(self) -> str:
        return f"pilotwerk_owner_{self.access.id.replace('-', '')}"

    def _table(self) -> Table:
        from sqlalchemy import CheckConstraint, Column, DateTime, MetaData, String, Table, Text

        return Table(
            self.name,
            MetaData(),
            Column("delivery_key", String(40), primary_key=True),
            Column("case_number", String(40), nullable=False),
            Column("source_id", String(500), nullable=False),
            Column("pilot", String(200), nullable=False),
            Column("kind", String(40), nullable=False),
            Column("category", String(200), nullable=False),
            Column("recipient", String(400), nullable=False),
            Column("subject", String(400), nullable=False),
            Column("body", Text, nullable=False),
            Column("details", Text, nullable=False),
            Column("decided_at", String(40), nullable=False),
            Column("written_at", DateTime(timezone=True), nullable=False),
            Column("content_sha256", String(64), nullable=False),
            # For the one who reads it: to note that a row was worked on. Rows themselves must stay.
            Column("taken_at", DateTime(timezone=True)),
            CheckConstraint("delivery_key <> ''", name=self._mark()),
            comment=self._mark(),
        )

    def _url(self) -> URL:
        """The database with the user who writes, where one was entered; their password goes to no other server."""
        url = database_url(self.access)
        settings = self.access.settings
        if not settings.get("user"):
            return url
        database = self.access.database
        if database is None or settings.get("place") != server_of(database):
            raise Trouble("moved")
        return url.set(username=str(settings["user"]), password=self.access.secrets.get("password") or None)

    @contextmanager
    def _engine(self, url: URL) -> Iterator[Engine]:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        kind = kind_of_url(url)
        arguments = connect_arguments(kind, SECONDS, writing=True)
        if kind == "sqlite":
            import sqlite3

            address = f"file:{quote(str(Path(url.database or '').resolve()))}?mode=rw"

            def opened() -> sqlite3.Connection:
                return sqlite3.connect(address, uri=True, timeout=CONNECT_SECONDS)

            engine = create_engine("sqlite+pysqlite://", creator=opened, poolclass=NullPool)
        else:
            engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
        try:
            yield engine
        finally:
            engine.dispose()


def _values(message: Message, key: str) -> dict[str, Any]:
    record = message.record
    assert record is not None  # execution always says what the case is
    values = {
        "case_number": message.case,
        "source_id": record.source_id[:500],
        "pilot": record.pilot[:200],
        "kind": record.kind,
        "category": record.category[:200],
        "recipient": (message.recipient or "")[:400],
        "subject": message.subject[:400],
        "body": message.body,
        "details": json.dumps(record.details, ensure_ascii=False, sort_keys=True),
        "decided_at": record.decided_at,
    }
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    now = clock.now().replace(microsecond=0)
    return {**values, "delivery_key": key_digest(key), "written_at": now, "content_sha256": digest}


def try_out(access: Access) -> Look:
    """Makes the table where it is missing, and says how many rows it holds. Raises `Trouble`."""
    name, rows = SqlTable(access).prepare()
    return Look((), rows, ("table", "rows"), ((name, str(rows)),))
