"""A helpdesk's table is read on and on, and answers go into a table that Pilotwerk made: on SQLite, and on PostgreSQL
where the suite runs there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.pilots.connectors import sql, sql_table
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, Record
from pilotwerk.pilots.connectors.sql import SqlReader
from pilotwerk.pilots.connectors.sql_table import SqlTable
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.hosts import server_of
from pilotwerk.pilots.tests.databases import Place, database
from pilotwerk.processes.models import DatabaseConnection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
START = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)


TABLES = ("tickets", "pilotwerk_answers", "pilotwerk_foreign")


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Iterator[Place]:
    with database(tmp_path, settings, "Helpdesk", *TABLES) as found:
        found.run(
            "CREATE TABLE tickets (id INTEGER PRIMARY KEY, betreff TEXT, inhalt TEXT, mail TEXT, geaendert TIMESTAMP)"
        )
        yield found


def add(place: Place, *numbers: int, minutes: int = 1) -> None:
    moment = (START + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
    rows = [(n, f"Anfrage {n}", f"Bitte Rechnung {n} prüfen.", "p@wulff.example", moment) for n in numbers]
    place.run("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)", *rows)


FIELDS = {
    "query": "tickets",
    "use": "requests",
    "id_field": "ID",  # as a person writes it; the database says it in small letters
    "text_field": "inhalt",
    "subject_field": "betreff",
    "sender_address_field": "mail",
    "growing": "id",
    "growing_kind": "number",
    "overlap": 2,
}


def access(place: Place, **changes: Any) -> Access:
    return Access({**FIELDS, **changes}, {}, id="c1", database=place.database)


def look(found: Access, cursor: dict[str, Any] | None = None) -> tuple[list[str], dict[str, Any]]:
    reader, keys, position = SqlReader(found), [], dict(cursor or {})
    for _number in range(20):
        batch = reader.step(position, since=START)
        keys += [one.key for one in batch.requests]
        position = dict(batch.cursor)
        if not batch.more:
            break
    return keys, position


def test_rows_are_read_once_they_are_there_and_on_from_there(place: Place) -> None:
    assert look(access(place))[0] == []
    add(place, 1, 2, 5)
    keys, position = look(access(place))
    assert keys == ["c1:1", "c1:2", "c1:5"]
    # 4 belongs to a transaction that took longer: its number is smaller than what we have seen.
    add(place, 4, 6)
    keys, position = look(access(place), position)
    assert keys == ["c1:4", "c1:5", "c1:6"]
    assert position == {"at": "6"}


def test_many_rows_come_in_steps(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "STEP", 10)
    add(place, *range(1, 36))
    keys, position = look(access(place))
    assert sorted(set(keys), key=lambda key: int(key[3:])) == [f"c1:{number}" for number in range(1, 36)]
    assert position == {"at": "35"}


def test_by_time_it_begins_with_the_pilot_and_reads_what_was_changed_late(place: Place) -> None:
    add(place, 1, minutes=-60)
    add(place, 2, minutes=5)
    found = access(place, growing="geaendert", growing_kind="time", overlap=10)
    keys, position = look(found)
    assert keys == ["c1:2"]
    add(place, 3, minutes=1)
    keys, _position = look(found, position)
    assert set(keys) == {"c1:2", "c1:3"}


def test_rows_that_cannot_be_told_apart_by_the_column_are_not_lost_in_silence(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "STEP", 3)
    add(place, 1, 2, 3, 4, minutes=5)
    with pytest.raises(Trouble) as caught:
        look(access(place, growing="geaendert", growing_kind="time"))
    assert caught.value.code == "all_alike"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"query": "DELETE FROM tickets"}, "database"),
        ({"query": "SELECT 1; DROP TABLE tickets"}, "database"),
        ({"query": "fehlt"}, "database"),
        ({"growing": "fehlt"}, "column"),
        ({"growing": "betreff"}, "not_growing"),
        ({"text_field": "fehlt"}, "column"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_changed(
    place: Place, changes: dict[str, Any], code: str
) -> None:
    add(place, 1, 2)
    with pytest.raises(Trouble) as caught:
        look(access(place, **changes), {"at": "1"} if code != "not_growing" else {"at": "Anfrage 1"})
    assert caught.value.code == code
    assert place.run("SELECT count(*) FROM tickets")[0][0] == 2


def test_a_position_from_the_database_is_never_run_as_sql(place: Place) -> None:
    place.run("UPDATE tickets SET betreff = betreff")
    add(place, 1)
    with pytest.raises(Trouble):
        look(access(place), {"at": "1) OR 1=1; DROP TABLE tickets --"})
    found = access(place, growing="betreff", growing_kind="time", overlap=0)
    look(found, {"at": "x' OR 1=1; DROP TABLE tickets --"})
    assert place.run("SELECT count(*) FROM tickets")[0][0] == 1


def test_a_whole_table_has_the_recipes_columns(place: Place) -> None:
    add(place, 1, 2)
    found = access(
        place, use="rows", columns=[["Nummer", "id"], ["Name", "BETREFF"]], id_field="", text_field=""
    )
    batch = SqlReader(found).whole()
    assert batch.columns == ("Nummer", "Name")
    assert [cells for _row, cells in batch.rows] == [("1", "Anfrage 1"), ("2", "Anfrage 2")]


def test_a_test_shows_the_first_rows(place: Place) -> None:
    add(place, *range(1, 9))
    found = sql.try_out(access(place))
    assert len(found.rows) == 5
    assert found.rows[0][0] == "1"
    assert "Bitte Rechnung 1 prüfen." in found.rows[0]


def test_a_database_that_is_gone_or_not_allowed_is_told(place: Place, settings: Any) -> None:
    with pytest.raises(Trouble) as caught:
        SqlReader(Access(FIELDS, {}, id="c1"))
    assert caught.value.code == "database_gone"
    settings.PILOTWERK_SQL_HOSTS, settings.PILOTWERK_SQL_FOLDER = set(), None
    with pytest.raises(Trouble) as caught:
        SqlReader(access(place))
    assert caught.value.code == "database"


RECORD = Record(
    "Anfragen", "support", "Rechnung", "T-77", "2026-11-17T08:00:00+00:00", {"a": "ä"}, ("x",), (("y",),)
)
MESSAGE = Message("petra@wulff.example", "Ihre Rechnung", "Guten Tag", "V-0001", record=RECORD)


def target(place: Place, number: str = "11111111-1111-1111-1111-111111111111", **changes: Any) -> SqlTable:
    return SqlTable(Access({"table": "answers", **changes}, {}, id=number, database=place.database))


def written(place: Place) -> list[Any]:
    return place.run("SELECT case_number, source_id, subject, details, taken_at FROM pilotwerk_answers")


def test_a_decided_case_is_one_row_however_often_it_is_tried(place: Place) -> None:
    first = target(place).deliver(MESSAGE, "key-1")
    assert isinstance(first, Delivered)
    assert target(place).deliver(MESSAGE, "key-1") == first
    assert written(place) == [("V-0001", "T-77", "Ihre Rechnung", '{"a": "ä"}', None)]
    other = Message("x@y.example", "Anders", "", "V-0001", record=RECORD)
    refused = target(place).deliver(other, "key-1")
    assert isinstance(refused, NotDelivered)
    assert not refused.retry
    assert isinstance(target(place).deliver(other, "key-2"), Delivered)
    assert len(written(place)) == 2


def test_two_workers_write_one_row(place: Place) -> None:
    target(place).prepare()
    outcomes: list[Any] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        outcomes.append(target(place).deliver(MESSAGE, "key-1"))

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(one, Delivered) or one.retry for one in outcomes)
    assert any(isinstance(one, Delivered) for one in outcomes)
    assert len(written(place)) == 1


def test_a_table_of_somebody_else_is_not_touched(place: Place) -> None:
    place.run("CREATE TABLE pilotwerk_foreign (delivery_key VARCHAR(40) PRIMARY KEY, x TEXT)")
    with pytest.raises(Trouble) as caught:
        target(place, table="foreign").prepare()
    assert caught.value.code == "table_foreign"
    outcome = target(place, table="foreign").deliver(MESSAGE, "key-1")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert place.run("SELECT * FROM pilotwerk_foreign") == []


def test_a_table_of_another_connection_is_not_touched_either(place: Place) -> None:
    target(place).prepare()
    other = target(place, "22222222-2222-2222-2222-222222222222")
    with pytest.raises(Trouble) as caught:
        other.prepare()
    assert caught.value.code == "table_foreign"


def test_a_test_makes_the_table_and_counts(place: Place) -> None:
    assert sql_table.try_out(target(place).access).rows == (("pilotwerk_answers", "0"),)
    target(place).deliver(MESSAGE, "key-1")
    assert sql_table.try_out(target(place).access).rows == (("pilotwerk_answers", "1"),)


def test_the_writers_password_goes_to_no_other_server(place: Place) -> None:
    settings = {"table": "answers", "user": "schreiber", "place": f"{server_of(place.database)}-before"}
    moved = SqlTable(Access(settings, {"password": "geheim"}, id="c1", database=place.database))
    outcome = moved.deliver(MESSAGE, "key-1")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert "führt jetzt woandershin" in outcome.reason


def test_a_database_that_is_away_may_come_back(place: Place, settings: Any) -> None:
    settings.PILOTWERK_SQL_HOSTS = {"127.0.0.1"}
    away = DatabaseConnection(name="Weg", dialect="postgresql", host="127.0.0.1", port=1, database="x")
    outcome = SqlTable(Access({"table": "answers"}, {}, id="c1", database=away)).deliver(MESSAGE, "key-1")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry
