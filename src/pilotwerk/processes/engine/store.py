"""Keeps a process's cases as Parquet, so that figures can be computed again without the file handed in."""

from pathlib import Path
from typing import TYPE_CHECKING

from pilotwerk.processes.engine.schema import COLUMNS
from pilotwerk.processes.engine.values import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES = tuple(COLUMNS)


def store(con: "DuckDBPyConnection", folder: Path) -> None:
    """Writes all tables of `engine.schema`. Each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        store_table(con, table, folder)


def store_table(con: "DuckDBPyConnection", table: str, folder: Path) -> None:
    """Writes one table, whole or not at all."""
    part = folder / f"{table}.part"
    target = literal(str(part))
    con.execute(f"COPY (FROM {table} ORDER BY ALL) TO {target} (FORMAT parquet, COMPRESSION zstd)")
    part.replace(folder / f"{table}.parquet")


def load(con: "DuckDBPyConnection", folder: Path, prefix: str = "") -> None:
    """The kept tables again, named with `prefix`. What an older version did not keep is empty or NULL."""
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS[table].items())
        con.execute(f"CREATE TABLE {prefix}{table} ({columns})")
        path = folder / f"{table}.parquet"
        if path.is_file():
            con.execute(
                f"INSERT INTO {prefix}{table} BY NAME SELECT * FROM read_parquet(?)",  # noqa: S608
                [str(path)],
            )
