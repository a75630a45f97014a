"""A query or table of a database, read like a file: streamed in batches, bounded, in a session that only reads."""

import datetime as dt
import decimal
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pilotwerk.processes.domain.header import unique_names
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.select import checked_select
from pilotwerk.processes.domain.values import point_text
from pilotwerk.processes.reading.limits import Limits
from pilotwerk.processes.reading.source import BATCH, Progress, Source, Stager, check_cells, connect
from pilotwerk.processes.reading.xlsx import as_text

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

CONNECT_SECONDS = 10
# A preview must answer while somebody waits for the page; an import may take its time.
PREVIEW_SECONDS = 20
IMPORT_SECONDS = 1800

DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mssql": "mssql+pymssql",
    "sqlite": "sqlite+pysqlite",
}
# How MySQL writes a date that stands for none; its driver hands it out as a text.
ZERO_DATE = "0000-00-00"
# How it is said that a query took too long; PostgreSQL says so in words that anybody understands.
_SLOW = {
    "sqlite": ("interrupted",),
    "mysql": ("max_statement_time", "maximum statement execution time", "timed out"),
}
# The server gives up by itself; the driver only where the server does not answer any more.
GRACE_SECONDS = 5
_NAMES = {"postgres": "postgresql", "mariadb": "mysql"}


def url_from(text: str) -> "URL":
    """An address as people write it (postgresql://user:password@host/database). Raises for unknown kinds."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        url = make_url(text)
    except SQLAlchemyError as error:
        raise Unreadable("sql.unknown_kind") from error
    kind = url.get_backend_name()
    kind = _NAMES.get(kind, kind)
    if kind not in DRIVERS:
        raise Unreadable("sql.unknown_kind")
    # What else the address says (options, files to load) would reach the driver unchecked.
    return url.set(drivername=DRIVERS[kind], query={})


def kind_of_url(url: "URL") -> str:
    """One of `DRIVERS`."""
    return url.get_backend_name()


def connect_arguments(kind: str, seconds: int, *, writing: bool = False) -> dict[str, Any]:
    """What each driver needs to wait no longer than `seconds`, and to open a session that only reads, unless it is to
    write into a table of our own.
    """
    if kind == "postgresql":
        read_only = "" if writing else "-c default_transaction_read_only=on "
        options = f"{read_only}-c statement_timeout={seconds * 1000:d}"
        return {"connect_timeout": CONNECT_SECONDS, "options": options}
    if kind == "mysql":
        return {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": seconds + GRACE_SECONDS,
            "write_timeout": CONNECT_SECONDS,
            "local_infile": False,
            **({} if writing else {"init_command": "SET SESSION TRANSACTION READ ONLY"}),
        }
    if kind == "mssql":
        return {"login_timeout": CONNECT_SECONDS, "timeout": seconds, "read_only": not writing}
    return {}


def _engine(url: "URL", seconds: int) -> "Engine":
    """An engine without a pool: the connection is closed as soon as the rows are read."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    kind = kind_of_url(url)
    if kind != "sqlite":
        return create_engine(url, poolclass=NullPool, connect_args=connect_arguments(kind, seconds))
    import sqlite3

    path = Path(url.database or "")
    if not path.is_file():
        raise Unreadable("sql.no_file")

    def opened() -> sqlite3.Connection:
        con = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=CONNECT_SECONDS)
        con.execute("PRAGMA query_only = ON")
        until = time.monotonic() + seconds
        con.set_progress_handler(lambda: int(time.monotonic() > until), 10_000)
        return con

    return create_engine("sqlite+pysqlite://", creator=opened, poolclass=NullPool)


def _text(value: Any) -> str:
    """A value as it would stand in a CSV file. Binary data has no text: it counts as missing."""
    if isinstance(value, decimal.Decimal):
        return point_text(format(value, "f"))
    if isinstance(value, float):
        return point_text(as_text(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return ""
    if isinstance(value, str):
        return "" if value.startswith(ZERO_DATE) and not value.strip("0-:. ") else value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).isoformat(sep=" ")
    return as_text(value)


def said_by(error: Exception, url: "URL") -> str:
    """The database's own first line, never with the password and never with our SQL."""
    cause: Any = getattr(error, "orig", None) or error
    parts = cause.args[0] if cause.args and isinstance(cause.args[0], tuple) else cause.args
    said = parts[1] if len(parts) > 1 and isinstance(parts[0], int) else str(cause)  # (number, words)
    said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    lines = [line for line in said.strip().splitlines() if "error message" not in line]
    lines = lines or [type(error).__name__]
    told = lines[0][:200]
    return told.replace(url.password, "***") if url.password else told


@contextmanager
def open_query(
    url: "URL",
    query: str,
    *,
    limits: Limits | None = None,
    sample: int | None = None,
    progress: Progress | None = None,
    seconds: int = IMPORT_SECONDS,
) -> Iterator[Source]:
    """Reads the rows of a SELECT or table into a table of texts, as `open_source` does with a file.

    Rows are counted from 1 in the order in which the database gives them. Raises `Unreadable`.
    """
    statement = checked_select(query, kind_of_url(url), at_most=sample)
    with tempfile.TemporaryDirectory(prefix="pilotwerk-") as folder:
        con = connect(Path(folder))
        try:
            source = Source(con, Path(folder), limits or Limits())
            source.facts["format"] = "sql"
            _read(source, url, statement, sample, progress, seconds)
            if source.rows == 0:
                raise Unreadable("file.no_rows")
            yield source
        finally:
            con.close()


def _read(
    source: Source, url: "URL", statement: str, sample: int | None, progress: Progress | None, seconds: int
) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = _engine(url, seconds)
    except ModuleNotFoundError as error:
        raise Unreadable("sql.no_driver", detail=str(error)) from error
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise Unreadable("sql.unreachable", detail=said_by(error, url)) from None
    with connection:
        try:
            if kind_of_url(url) == "mysql":
                _give_up_after(connection, seconds)
            _rows(source, connection, statement, sample, progress, seconds)
        except SQLAlchemyError as error:
            if any(words in str(error) for words in _SLOW.get(kind_of_url(url), ())):
                raise Unreadable("sql.too_slow", seconds=seconds) from None
            lost = getattr(error, "connection_invalidated", False)
            raise Unreadable("sql.lost" if lost else "sql.failed", detail=said_by(error, url)) from None


def _give_up_after(connection: "Connection", seconds: int) -> None:
    """Or the server would work on a query that nobody waits for any more. MariaDB and MySQL differ here; older ones
    know no limit.
    """
    from sqlalchemy.exc import SQLAlchemyError

    mariadb = getattr(connection.dialect, "is_mariadb", False)
    limit = f"max_statement_time = {seconds:d}" if mariadb else f"max_execution_time = {seconds * 1000:d}"
    with suppress(SQLAlchemyError):
        connection.exec_driver_sql(f"SET SESSION {limit}")


def _rows(
    source: Source,
    connection: "Connection",
    statement: str,
    sample: int | None,
    progress: Progress | None,
    seconds: int,
) -> None:
    """Streams; the server keeps the result, or the driver hands it out row by row."""
    until = time.monotonic() + seconds
    # The text goes to the driver as it is: neither a colon nor a percent sign in it is a parameter.
    streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH, no_parameters=True)
    result = streaming.exec_driver_sql(statement)
    names = list(result.keys())
    source.limits.check_columns(len(names))
    source.columns = unique_names(names)
    stager = Stager(source, len(names), progress)
    number = 0
    while batch := result.fetchmany(2_000):
        for values in batch:
            number += 1
            cells = [_text(value) for value in values]
            check_cells(cells, source.limits, number)
            stager.add(number, cells)
        if time.monotonic() > until:
            raise Unreadable("sql.too_slow", seconds=seconds)
        if sample is not None and number >= sample:
            source.complete = False
            break
    stager.flush()
