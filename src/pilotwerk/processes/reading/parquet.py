"""Parquet files, read by DuckDB; every column as text, so that one way of interpreting serves all formats."""

from pilotwerk.processes.domain.header import unique_names
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading.limits import MEGABYTE
from pilotwerk.processes.reading.source import Progress, Source
from pilotwerk.processes.reading.unpacking import Packed


def read_parquet(source: Source, packed: Packed, sample: int | None, progress: Progress | None) -> None:
    """Reads a Parquet file into `source`; rows are counted from 1, as the file has no header row."""
    import duckdb

    path = packed.path
    if any(sign in str(path) for sign in "*?["):  # DuckDB would take the name for a pattern
        link = source.folder / "input.parquet"
        link.symlink_to(path.resolve())
        path = link
    try:
        size = source.con.execute(
            "SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [str(path)]
        ).fetchone()
        if size and size[0] and size[0] > source.limits.unpacked_bytes:
            raise Unreadable("file.unpacks_too_large", limit=source.limits.unpacked_bytes // MEGABYTE)
        described = source.con.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
        names = [row[0] for row in described]
        source.limits.check_columns(len(names))
        aliases = ", ".join(f"p{i}" for i in range(len(names)))
        columns = ", ".join(f"CAST(p{i} AS VARCHAR) AS c{i}" for i in range(len(names)))
        limit = f"LIMIT {sample:d}" if sample is not None else ""
        source.con.execute(
            f"CREATE TABLE staged AS SELECT {columns} "  # noqa: S608 -- own names only
            f"FROM (FROM read_parquet(?) {limit}) AS t({aliases})",
            [str(path)],
        )
    except duckdb.Error as error:
        raise Unreadable("file.damaged") from error
    kept = ", ".join(f"c{i}" for i in range(len(names)))
    source.con.execute(f"CREATE VIEW raw AS SELECT rowid + 1 AS row, {kept} FROM staged")  # noqa: S608
    source.columns = unique_names(names)
    counted = source.con.execute("SELECT count(*) FROM staged").fetchone()
    source.rows = counted[0] if counted else 0
    source.complete = sample is None or source.rows < sample
    if progress:
        progress(source.rows)
