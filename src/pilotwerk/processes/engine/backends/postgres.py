"""PostgreSQL: the tables are copied into the session's temporary schema, so that nothing is left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.engine.backends.base import Dialect
from pilotwerk.processes.engine.store import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from psycopg import Connection

# hashint8 folds the upper half of a number into its lower one, so two numbers packed into one would meet: the second is
# hashed under the hash of the first.
DIALECT = Dialect(double="DOUBLE PRECISION", print_of="hashint8extended({b}, hashint8extended({a}, {seed}))")
BATCH = 50_000
TYPES = {"INTEGER": "INTEGER", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE PRECISION", "VARCHAR": "TEXT"}
# Texts and answers stay where they are: the facts only ask whether there is one.
MARKED = frozenset({"text", "answer"})


class Postgres:
    """Facts from temporary tables of one session."""

    name = "postgresql"
    dialect = DIALECT

    def __init__(self, connection: "Connection[Any]") -> None:
        self.connection = connection

    def keep(self, table: str, select: str) -> None:
        self.connection.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self.connection.execute(f"CREATE TEMP TABLE {table} AS {select}")
        self.connection.execute(f"ANALYZE {table}")

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return list(self.connection.execute(select).fetchall())


@contextmanager
def opened(url: str, con: "DuckDBPyConnection") -> Iterator[Postgres]:
    """A session of the server at `url` that holds the tables of `con`, and ends without a trace."""
    import psycopg

    with psycopg.connect(url) as connection:
        for table in TABLES:
            _copy(con, table, connection)
        yield Postgres(connection)
        connection.rollback()


def _copy(con: "DuckDBPyConnection", table: str, connection: "Connection[Any]") -> None:
    columns = con.execute(f"DESCRIBE {table}").fetchall()
    typed = ", ".join(f"{column[0]} {TYPES[column[1]]}" for column in columns)
    connection.execute(f"CREATE TEMP TABLE {table} ({typed}) ON COMMIT DROP")
    read = ", ".join(
        f"CASE WHEN {one} IS NOT NULL THEN '' END" if one in MARKED else one for one, *_ in columns
    )
    copied = con.execute(f"SELECT {read} FROM {table}")  # noqa: S608 -- own names only
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        while rows := copied.fetchmany(BATCH):
            for row in rows:
                copy.write_row(row)
    connection.execute(f"ANALYZE {table}")
