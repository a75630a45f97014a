"""The shop keeps its orders in MariaDB: a real server on this machine, of its own, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from pilotwerk.processes import analysis
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading import Limits
from pilotwerk.processes.reading.sql import connect_arguments, open_query, url_from

pytestmark = pytest.mark.xdist_group("mariadb")

PROGRAMS = ("mariadbd", "mariadb-install-db")
TABLE = """CREATE TABLE `Aufträge` (
    nr INT, `Größe` VARCHAR(40) CHARACTER SET latin1, betrag DECIMAL(12, 4), tag DATE, wann DATETIME(6) NULL,
    dauer TIME, anteil DOUBLE, bild BLOB, offen TINYINT(1), j JSON, lang TEXT CHARACTER SET utf8mb4)"""
# Old shops hold dates of zeros; a strict server takes them only where it is told to.
ROWS = """INSERT INTO `Aufträge` VALUES
    (1, 'Straße 5 groß', 1234567.8900, '2026-04-01', '2026-04-01 08:00:00.250000', '26:30:00', 0.5, 'x', 1,
     '{"a": "ü"}', 'Grüße 👍'),
    (2, NULL, -0.0001, '0000-00-00', '0000-00-00 00:00:00', NULL, NULL, NULL, 0, NULL, ''),
    (3, 'Ärger', 0, NULL, NULL, '00:05:00', 2.0, NULL, NULL, NULL, '100 % :name')"""


@pytest.fixture(scope="module")
def root() -> Iterator[URL]:
    """The address of a server's administrator, or a skip."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("MariaDB is read in the run on SQLite")
    found = [shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in PROGRAMS]
    daemon, install = found
    if daemon is None or install is None:
        message = "MariaDB was not found: install it (Debian: apt-get install mariadb-server)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    home = Path(tempfile.mkdtemp(prefix="pilotwerk-mariadb-"))
    run_as: dict[str, Any] = {"cwd": home, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:
        user = pwd.getpwnam("mysql")
        os.chown(home, user.pw_uid, user.pw_gid)
        run_as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = ["--no-defaults", f"--datadir={home / 'data'}"]
    subprocess.run(
        [install, *place, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, **run_as
    )
    local = [f"--socket={home / 's'}", f"--port={port}", "--bind-address=127.0.0.1", "--skip-log-bin"]
    server = subprocess.Popen([daemon, *place, *local, "--innodb-flush-log-at-trx-commit=0"], **run_as)
    try:
        url = url_from(f"mariadb://root@127.0.0.1:{port}/mysql")
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(url: URL) -> None:
    engine = create_engine(url)
    until = time.monotonic() + 30
    while True:
        try:
            engine.connect().close()
            return
        except SQLAlchemyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@pytest.fixture(scope="module")
def admin(root: URL) -> Iterator[Engine]:
    """The administrator in the shop's database, which holds three orders and many steps."""
    with create_engine(root).begin() as con:
        con.execute(text("CREATE DATABASE shop CHARACTER SET utf8mb4"))
    engine = create_engine(root.set(database="shop"))
    with engine.begin() as con:
        con.execute(text("SET SESSION sql_mode = ''"))
        con.exec_driver_sql(TABLE)
        con.exec_driver_sql(ROWS.replace("%", "%%"))
        con.execute(
            text(
                "CREATE TABLE schritte AS SELECT seq DIV 3 AS vorgang, concat('Schritt ', seq % 3) AS schritt, "
                "TIMESTAMP '2026-04-01 08:00:00' + INTERVAL seq MINUTE AS zeitpunkt, repeat('x', 200) AS rest "
                "FROM seq_0_to_299999"
            )
        )
        # Somebody who may write: what keeps Pilotwerk from it is not the right.
        con.execute(text("CREATE USER leser@'127.0.0.1' IDENTIFIED BY 'geheim'"))
        con.execute(text("GRANT ALL ON shop.* TO leser@'127.0.0.1'"))
    yield engine
    engine.dispose()


@pytest.fixture
def shop(admin: Engine) -> URL:
    """The shop's database as a reader sees it."""
    return url_from(f"mariadb://leser:geheim@127.0.0.1:{admin.url.port}/shop")


def test_every_kind_of_value_comes_as_it_would_stand_in_a_csv_file(shop: URL) -> None:
    with open_query(shop, "`Aufträge`") as source:
        assert source.columns[:3] == ("nr", "Größe", "betrag")
        assert [row for _number, row in source.first_rows(3)] == [
            ("1", "Straße 5 groß", "1234567.8900", "2026-04-01", "2026-04-01 08:00:00.250000", "26:30:00", "0.5",
             "", "1", '{"a": "ü"}', "Grüße 👍"),
            ("2", "", "-0.0001", "", "", "", "", "", "0", "", ""),
            ("3", "Ärger", "0.0000", "", "", "0:05:00", "2", "", "", "", "100 % :name"),
        ]  # fmt: skip


def test_a_table_becomes_facts(shop: URL) -> None:
    address = shop.render_as_string(hide_password=False)
    query = (
        "SELECT vorgang, schritt, zeitpunkt FROM schritte WHERE vorgang < 500 AND schritt LIKE 'Schritt %'"
    )
    found = analysis.analyse_query(address, query)
    assert (found.facts["events"], found.facts["cases"], found.facts["variants"]) == (1500, 500, 1)


def test_the_session_cannot_write_even_where_the_user_may(shop: URL, admin: Engine) -> None:
    engine = create_engine(shop, connect_args=connect_arguments("mysql", 5))
    writing = ["DELETE FROM schritte", "CREATE TABLE neu (a INT)", "DROP TABLE schritte", "TRUNCATE schritte"]
    for statement in writing:
        with engine.connect() as con, pytest.raises(SQLAlchemyError, match="READ ONLY"):
            con.exec_driver_sql(statement)
    engine.dispose()
    with pytest.raises(Unreadable), open_query(shop, "SELECT * FROM schritte INTO OUTFILE '/tmp/x'"):
        pass
    with admin.connect() as con:
        assert con.execute(text("SELECT count(*) FROM schritte")).scalar() == 300_000


def test_a_connection_that_breaks_off_is_told_and_nothing_is_left(shop: URL, admin: Engine) -> None:
    def kill() -> None:
        with admin.connect() as con:
            for number, *_rest in con.execute(
                text("SELECT id FROM information_schema.processlist WHERE user = 'leser'")
            ).all():
                with suppress(SQLAlchemyError):
                    con.execute(text(f"KILL {number}"))

    killed: list[int] = []

    def progress(rows: int) -> None:
        if not killed:
            killed.append(rows)
            thread = threading.Thread(target=kill)
            thread.start()
            thread.join()

    with pytest.raises(Unreadable) as caught, open_query(shop, "schritte", progress=progress):
        pass
    assert caught.value.code == "sql.lost"
    assert "broke off" in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Previous unbuffered result")
def test_what_takes_too_long_or_holds_too_much_is_given_up(shop: URL, admin: Engine) -> None:
    slow = "SELECT count(*) FROM schritte a JOIN schritte b ON a.rest < b.rest JOIN schritte c ON b.rest < c.rest"
    with pytest.raises(Unreadable) as caught, open_query(shop, slow, seconds=1):
        pass
    assert caught.value.code == "sql.too_slow"
    with admin.connect() as con:
        running = text(
            "SELECT count(*) FROM information_schema.processlist WHERE user = 'leser' AND info <> ''"
        )
        assert con.execute(running).scalar() == 0, "the server works on nothing that nobody waits for"
    with pytest.raises(Unreadable) as caught, open_query(shop, "schritte", limits=Limits(rows=3)):
        pass
    assert caught.value.code == "file.too_many_rows"
    with pytest.raises(Unreadable, match="nowhere") as caught, open_query(shop, "nowhere"):
        pass
    assert caught.value.code == "sql.failed"
    with pytest.raises(Unreadable) as caught, open_query(shop.set(password="falsch"), "schritte"):
        pass
    assert caught.value.code == "sql.unreachable"
    assert "Access denied" in str(caught.value)
