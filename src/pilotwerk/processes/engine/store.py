"""Keeps an import as Parquet, so that figures can be computed again without the file that was handed in."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES = ("cases", "activities", "events")


def store(con: "DuckDBPyConnection", folder: Path) -> None:
    """Writes `cases`, `activities` and `events`. Each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        part = folder / f"{table}.part"
        target = str(part).replace("'", "''")
        con.execute(f"COPY (FROM {table} ORDER BY ALL) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        part.replace(folder / f"{table}.parquet")
