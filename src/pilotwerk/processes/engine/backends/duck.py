"""DuckDB inside the program: the default."""

from typing import TYPE_CHECKING, Any

from pilotwerk.processes.engine.backends.base import Dialect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DIALECT = Dialect(
    double="DOUBLE",
    # Hashed again: how DuckDB joins the hashes of several values is too regular to be summed up by exclusive or.
    print_of="hash(hash({a}, {b}, {seed}))",
)


class DuckDb:
    """Facts from the tables of an open connection."""

    name = "duckdb"
    dialect = DIALECT

    def __init__(self, con: "DuckDBPyConnection") -> None:
        self.con = con

    def keep(self, table: str, select: str) -> None:
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return self.con.execute(select).fetchall()
