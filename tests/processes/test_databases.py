"""The helpdesk keeps its tickets in a database. Lena connects it once; from then on a table is imported like a
file.
"""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from sqlalchemy import URL

from pilotwerk.audit.selectors import entries
from pilotwerk.cli.main import main
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.processes import analysis, selectors, services
from pilotwerk.processes.databases import services as databases
from pilotwerk.processes.databases.address import url_for
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.select import checked_select
from pilotwerk.processes.models import DatabaseConnection, ProcessImport
from pilotwerk.processes.reading import Limits
from pilotwerk.processes.reading.sql import connect_arguments, open_query, url_from
from tests.cast import Cast
from tests.processes.files import EVENTS
from tests.processes.test_story import page, post

SECRET = "Geheim-4711-Wort"
ROWS = [(case, step, f"{t[6:10]}-{t[3:5]}-{t[:2]} {t[11:]}:00", person) for case, step, t, person in EVENTS]


@pytest.fixture
def helpdesk(tmp_path: Path, settings: Any) -> Path:
    """A SQLite file as a small tool keeps it, in the folder that the installation sets aside."""
    folder = tmp_path / "datenbanken"
    folder.mkdir()
    path = folder / "helpdesk.db"
    with sqlite3.connect(path) as con:
        con.execute(
            'CREATE TABLE tickets ("Vorgangsnummer" TEXT, "Schritt" TEXT, "Zeitpunkt" TEXT, "Bearbeiter" TEXT)'
        )
        con.executemany("INSERT INTO tickets VALUES (?, ?, ?, ?)", ROWS)
    settings.PILOTWERK_SQL_FOLDER = folder
    return path


def connected(cast: Cast, **fields: Any) -> DatabaseConnection:
    values = {"name": "Helpdesk", "dialect": "sqlite", "database": "helpdesk.db", **fields}
    return databases.connection_save(organisation=cast.organisation, actor=cast.actor("lead"), **values)


def test_from_the_connection_to_the_facts(cast: Cast, helpdesk: Path) -> None:
    lead, url = cast.client("lead"), cast.organisation.url
    assert "Prozessdaten aus Ihrer Datenbank lesen" in page(lead, url("processes:databases"))
    data = {"name": "Helpdesk", "dialect": "sqlite", "database": "helpdesk.db"}
    address = post(lead, url("processes:database_new"), data)
    tested = lead.post(address, {"table": "tickets"})
    assert tested.status_code == 200
    assert "Die Verbindung funktioniert" in tested.content.decode()
    assert "Technik fragen" in tested.content.decode()

    row = DatabaseConnection.objects.get()
    query = {"name": "Tickets", "connection": str(row.pk), "query": "tickets"}
    columns = post(lead, url("processes:new_from_database"), query)
    shown = page(lead, columns)
    assert "die ersten Zeilen aus Helpdesk" in shown
    found = ProcessImport.objects.get()
    state = post(lead, columns, {**found.mapping, "kind": "event_log"})
    jobs.run_due(kinds=[services.JOB])
    found.refresh_from_db()
    assert found.state == ProcessImport.State.DONE, found.fault
    assert "Alle 15 Zeilen" in page(lead, state)
    assert (found.facts["cases"], found.facts["variants"]) == (5, 4)

    # next month: the query stands there, the mapping is known, and nothing counts twice
    with sqlite3.connect(helpdesk) as con:
        con.execute("INSERT INTO tickets VALUES ('T-6', 'Eingang', '2026-05-03 08:00:00', 'Meier')")
    again = url("processes:query", pk=found.process_id)
    assert "tickets</textarea>" in page(lead, again)
    columns = post(lead, again, {"connection": str(row.pk), "query": "tickets"})
    assert "wie beim letzten Mal" in page(lead, columns)
    post(lead, columns, {**found.mapping, "kind": "event_log"})
    jobs.run_due(kinds=[services.JOB])
    latest = selectors.import_latest(cast.organisation, found.process)
    assert latest is not None
    assert latest.facts["union"] == {"new": 1, "changed": 0, "known": 5, "kept": 0}


def test_a_password_is_stored_sealed_and_shown_nowhere(
    cast: Cast, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PILOTWERK_SQL_HOSTS = {"127.0.0.1", "127.0.0.2"}
    row = connected(
        cast,
        dialect="postgresql",
        host="127.0.0.1",
        port=1,
        username="leser",
        password=SECRET,
        database="erp",
    )
    stored = DatabaseConnection.objects.filter(pk=row.pk).values().get()
    assert SECRET not in str(stored)
    assert url_for(row).password == SECRET
    assert SECRET not in str(url_for(row))
    lead, address = cast.client("lead"), cast.organisation.url("processes:database", pk=row.pk)
    answer = lead.post(address, {"table": "tickets"})
    assert answer.status_code == 422
    assert "Die Datenbank ist nicht erreichbar" in answer.content.decode()
    for shown in (page(lead, address), answer.content.decode(), caplog.text):
        assert SECRET not in shown
    assert SECRET not in str(list(entries(cast.organisation.id).values()))
    # a new name keeps the password, another server does not get it
    changed = connected(
        cast, connection=row, name="ERP", dialect="postgresql", host="127.0.0.1", port=1, database="erp"
    )
    assert url_for(changed).password == SECRET
    moved = connected(cast, connection=row, dialect="postgresql", host="127.0.0.2", port=1, database="erp")
    assert url_for(moved).password is None


def test_nothing_is_reached_that_nobody_configured(cast: Cast, helpdesk: Path, settings: Any) -> None:
    with pytest.raises(Refused, match="PILOTWERK_SQL_HOSTS"):
        connected(cast, dialect="postgresql", host="10.0.0.1", database="erp")
    settings.PILOTWERK_SQL_HOSTS = {"db.example:5432"}
    row = connected(cast, dialect="postgresql", host="DB.example", database="erp")
    with pytest.raises(Refused):
        connected(cast, name="B", dialect="postgresql", host="db.example", port=22, database="erp")
    settings.PILOTWERK_SQL_HOSTS = set()
    with pytest.raises(Refused):
        url_for(row)  # the setting counts when it is used, not only when it was stored
    (helpdesk.parent.parent / "secret.db").write_bytes(b"")
    for place in ("../secret.db", str(helpdesk.parent.parent / "secret.db"), "nowhere.db"):
        with pytest.raises(Refused):
            connected(cast, name="C", database=place)
    settings.PILOTWERK_SQL_FOLDER = None
    with pytest.raises(Refused, match="PILOTWERK_SQL_FOLDER"):
        connected(cast)


def test_a_deleted_connection_takes_its_password_along_and_leaves_what_was_imported(
    cast: Cast, helpdesk: Path
) -> None:
    row = connected(cast)
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process = services.process_create(**by, name="Tickets")
    started = databases.import_start_query(
        **by, process=process, connection=row, query="SELECT * FROM tickets"
    )
    with pytest.raises(Refused, match="noch nicht abgeschlossen"):
        databases.connection_delete(**by, connection=row)
    services.import_confirm(**by, process_import=started, run_now=True)
    databases.connection_delete(**by, connection=row)
    latest = selectors.import_latest(cast.organisation, process)
    assert latest is not None
    assert latest.connection is None
    with pytest.raises(Refused):
        databases.connection_delete(organisation=cast.other, actor=cast.actor("outsider"), connection=row)


def test_clerks_may_not_set_up_connections(cast: Cast) -> None:
    assert cast.client("clerk").get(cast.organisation.url("processes:databases")).status_code == 403


WRITING = [
    "DELETE FROM tickets", "DROP TABLE tickets", "UPDATE tickets SET a = 1", "SELECT 1; DROP TABLE tickets",
    "WITH x AS (DELETE FROM tickets RETURNING *) SELECT * FROM x", "SELECT * INTO b FROM tickets",
    "SELECT * FROM tickets FOR UPDATE", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_sleep(100)",
    "SELECT * FROM dblink('host=10.0.0.1', 'SELECT 1') AS t(a int)", "COPY tickets TO '/tmp/x'", "CALL p()",
    "SELECT nextval('s')", "EXPLAIN ANALYZE SELECT 1;SELECT 2", "", "VACUUM; tickets", "SELECT lo_export(1, '/x')",
    "SELECT set_config('a', 'b', false)", "SELECT pg_terminate_backend(1)",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITING)
def test_only_one_reading_select_is_run(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        checked_select(text, "postgresql")
    assert caught.value.code in ("sql.not_one_select", "sql.not_reading")


def test_what_runs_is_what_was_understood() -> None:
    hidden = "SELECT 1 /*! INTO OUTFILE '/tmp/x' */ FROM t"
    assert checked_select(hidden, "mysql") == "SELECT 1 FROM t"
    assert checked_select("tickets", "mssql", at_most=5) == "SELECT TOP 5 * FROM tickets"
    assert checked_select("erp.tickets", "mysql", at_most=5) == "SELECT * FROM erp.tickets LIMIT 5"
    assert checked_select("SELECT a FROM t LIMIT 3", "sqlite", at_most=5) == "SELECT a FROM t LIMIT 3"
    with pytest.raises(Unreadable):
        checked_select("SELECT load_extension('x')", "sqlite")
    with pytest.raises(Unreadable):
        checked_select("SELECT * FROM t INTO OUTFILE '/tmp/x'", "mysql")
    with pytest.raises(Unreadable):
        checked_select("SELECT * FROM OPENROWSET('a', 'b', 'c')", "mssql")


def test_each_kind_of_database_gets_its_driver_and_a_session_that_only_reads() -> None:
    url = url_from("mariadb://leser:x@db.example:3307/erp?local_infile=1&init_command=DROP")
    assert (url.drivername, url.port, dict(url.query)) == ("mysql+pymysql", 3307, {})
    assert url_from("postgres://a@b/c").drivername == "postgresql+psycopg"
    assert url_from("mssql://a@b/c").drivername == "mssql+pymssql"
    for text in ("oracle://a@b/c", "nonsense", "mysql"):
        with pytest.raises(Unreadable):
            url_from(text)
    mysql = connect_arguments("mysql", 20)
    assert mysql["init_command"] == "SET SESSION TRANSACTION READ ONLY"
    assert (mysql["local_infile"], mysql["read_timeout"]) == (False, 25)
    assert "default_transaction_read_only=on" in connect_arguments("postgresql", 20)["options"]
    assert connect_arguments("mssql", 20)["read_only"] is True


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "mssql"])
def test_a_server_that_is_not_there_is_told_in_its_own_words(kind: str) -> None:
    url = url_from(f"{kind}://leser:{SECRET}@127.0.0.1:1/erp")
    with pytest.raises(Unreadable) as caught, open_query(url, "tickets", sample=5):
        pass
    assert caught.value.code == "sql.unreachable"
    told = str(caught.value)
    assert "onnect" in told
    assert "(20" not in told
    assert SECRET not in told


def test_sqlite_is_opened_for_reading_and_given_up_in_time(helpdesk: Path) -> None:
    url = url_from(f"sqlite:///{helpdesk}")
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS z FROM n"
    with pytest.raises(Unreadable) as caught, open_query(url, endless, seconds=1):
        pass
    assert caught.value.code == "sql.too_slow"
    with pytest.raises(Unreadable) as caught, open_query(url, "SELECT * FROM nowhere"):
        pass
    assert "nowhere" in str(caught.value)
    with pytest.raises(Unreadable) as caught, open_query(url, "tickets", limits=Limits(rows=3)):
        pass
    assert caught.value.code == "file.too_many_rows"
    with pytest.raises(Unreadable) as caught, open_query(url_from("sqlite:////nowhere/x.db"), "tickets"):
        pass
    assert caught.value.code == "sql.no_file"


def test_the_command_line_reads_a_database_too(
    helpdesk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILOTWERK_SQL_URL", f"sqlite:///{helpdesk}")
    assert (
        main(["analyse", "--query", "SELECT * FROM tickets WHERE \"Schritt\" <> 'x'", "--format", "json"])
        == 0
    )
    assert '"cases": 5' in capsys.readouterr().out
    assert main(["analyse", "--sql", f"sqlite:///{helpdesk}", "--query", "DROP TABLE tickets"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["analyse", "--query", "tickets", "a.csv"]) == 2
    assert main(["analyse"]) == 2


@pytest.fixture
def server(transactional_db: None) -> Iterator[URL]:
    """The PostgreSQL server on which the tests run, or a skip."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        pytest.skip("DATABASE_URL names no PostgreSQL server: run with tools/with_postgres.py")
    database = django_settings.DATABASES["default"]
    from sqlalchemy import create_engine, text

    url = url_from(given).set(database=str(database["NAME"]))
    engine = create_engine(url)
    with engine.begin() as con:
        con.execute(
            text(
                'CREATE TABLE "Helpdesk" (nr int, schritt text, wann timestamptz, betrag numeric, bild bytea, j jsonb)'
            )
        )
        con.execute(
            text(
                "INSERT INTO \"Helpdesk\" SELECT i / 3, 'Schritt ' || i % 3, "
                "timestamptz '2026-04-01 08:00+02' + i * interval '1 hour', i / 8.0, '\\x00', '{\"a\": 1}' "
                "FROM generate_series(0, 59999) AS i"
            )
        )
    yield url
    with engine.begin() as con:
        con.execute(text('DROP TABLE "Helpdesk"'))
    engine.dispose()


def test_postgresql_is_streamed_with_its_types_and_never_written(server: URL, settings: Any) -> None:
    seen: list[int] = []
    with open_query(server, '"Helpdesk"', progress=seen.append) as source:
        assert source.columns == ("nr", "schritt", "wann", "betrag", "bild", "j")
        assert source.first_rows(2)[1] == (
            2, ("0", "Schritt 1", "2026-04-01 07:00:00+00:00", "0.12500000000000000000", "", '{"a": 1}'),
        )  # fmt: skip
        assert (source.rows, source.rejected) == (60_000, [])
        assert len(seen) >= 3  # in batches, so that a page can show how far it is
        assert analysis.look(source).guess.mapping.as_json()["time"] == "wann"
    with open_query(
        server, "SELECT nr, wann FROM \"Helpdesk\" WHERE schritt LIKE '%1' AND nr::int > 5", sample=10
    ) as source:
        assert source.rows == 10
    # the second line: what the parser might let through, the session refuses
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import InternalError

    engine = create_engine(server, connect_args=connect_arguments("postgresql", 5))
    with engine.connect() as con, pytest.raises(InternalError, match="read-only"):
        con.execute(text('DELETE FROM "Helpdesk"'))
    engine.dispose()
    with pytest.raises(Unreadable) as caught, open_query(server, 'SELECT nowhere FROM "Helpdesk"'):
        pass
    assert caught.value.code == "sql.failed"
    slow = 'SELECT count(*) FROM "Helpdesk" a, "Helpdesk" b, "Helpdesk" c WHERE a.nr + b.nr + c.nr < 0'
    with pytest.raises(Unreadable, match="timeout"), open_query(server, slow, seconds=1):
        pass
