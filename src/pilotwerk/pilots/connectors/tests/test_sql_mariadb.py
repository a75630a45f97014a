"""The same ways in and out on a real MariaDB, which differs in comments, order and quotes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import URL, Engine, text

from pilotwerk.core.secrets import seal
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, Record
from pilotwerk.pilots.connectors.sql import SqlReader
from pilotwerk.pilots.connectors.sql_table import SqlTable
from pilotwerk.processes.databases.address import PURPOSE
from pilotwerk.processes.models import DatabaseConnection
from tests.processes.test_mariadb import admin, root, shop

pytestmark = pytest.mark.xdist_group("mariadb")

__all__ = ["admin", "root", "shop"]
RECORD = Record(
    "Anfragen", "support", "Rechnung", "T-77", "2026-11-17T08:00:00+00:00", {"a": "ä"}, ("x",), (("y",),)
)
MESSAGE = Message("petra@wulff.example", "Größe 👍", "Guten Tag", "V-0001", record=RECORD)


@pytest.fixture
def database(shop: URL, settings: Any) -> DatabaseConnection:
    settings.PILOTWERK_SQL_HOSTS = {"127.0.0.1"}
    return DatabaseConnection(
        name="Laden",
        dialect="mysql",
        host="127.0.0.1",
        port=shop.port,
        database="shop",
        username="leser",
        password=seal("geheim", purpose=PURPOSE),
    )


def test_rows_are_read_on_by_number_and_by_time(database: DatabaseConnection, admin: Engine) -> None:
    with admin.begin() as con:
        con.execute(
            text("CREATE OR REPLACE TABLE tickets (id INT PRIMARY KEY, inhalt TEXT, am DATETIME(6) NULL)")
        )
        con.execute(
            text("INSERT INTO tickets VALUES (1, 'Eins', '2026-11-17 09:00:00.25'), (2, 'Zwei', NULL)")
        )
    fields = {
        "query": "SELECT * FROM tickets ORDER BY id",
        "use": "requests",
        "id_field": "ID",
        "text_field": "inhalt",
    }
    since = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    by_number = Access(
        {**fields, "growing": "id", "growing_kind": "number", "overlap": 1}, {}, id="c", database=database
    )
    batch = SqlReader(by_number).step({}, since=since)
    assert ([one.text for one in batch.requests], batch.cursor) == (["Eins", "Zwei"], {"at": "2"})
    by_time = Access(
        {**fields, "growing": "am", "growing_kind": "time", "overlap": 5}, {}, id="c", database=database
    )
    batch = SqlReader(by_time).step({}, since=since)
    assert ([one.text for one in batch.requests], batch.cursor) == (
        ["Eins"],
        {"at": "2026-11-17 09:00:00.250000"},
    )
    batch = SqlReader(by_time).step(batch.cursor, since=since)
    assert [one.text for one in batch.requests] == ["Eins"]


def test_a_decided_case_is_one_row_of_our_own_table(database: DatabaseConnection, admin: Engine) -> None:
    def target(table: str, number: str = "1111") -> SqlTable:
        return SqlTable(Access({"table": table}, {}, id=number, database=database))

    first = target("answers").deliver(MESSAGE, "key-1")
    assert isinstance(first, Delivered), first
    assert target("answers").deliver(MESSAGE, "key-1") == first
    with admin.begin() as con:
        rows = con.execute(text("SELECT case_number, subject, details FROM pilotwerk_answers")).fetchall()
        con.execute(text("CREATE TABLE pilotwerk_foreign (delivery_key VARCHAR(40) PRIMARY KEY)"))
    assert [tuple(row) for row in rows] == [("V-0001", "Größe 👍", '{"a": "ä"}')]
    for other in (target("foreign"), target("answers", "2222")):
        refused = other.deliver(MESSAGE, "key-2")
        assert isinstance(refused, NotDelivered)
        assert not refused.retry
