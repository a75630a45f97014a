"""The opened file: one table of texts in DuckDB, the rows that could not be read, and how it was read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pilotwerk.processes.domain.guess import ColumnProfile, profile
from pilotwerk.processes.domain.messages import Rejection, Unreadable, giving_up
from pilotwerk.processes.reading.limits import Limits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[int], None]
BATCH = 20_000
PROFILE_ROWS = 20_000
# DuckDB spills to disk beyond this. With Python and the driver's own buffers, a file of 500 MB stays under 2 GB
# (bench/imports.py), and takes no longer than with twice as much.
MEMORY_MEGABYTES = 1200
CONTENT_ROWS = 1_000
COUNTED_TOGETHER = 20


@dataclass
class Source:
    """Table `raw(row BIGINT, c0 VARCHAR, c1 VARCHAR, ...)` in `con`; `columns[i]` names column `ci`.

    `row` counts from 1 with the header, as a person counts in a table program; for XES it counts the events.
    Rows lie in their order. Values are as written; nothing is trimmed or interpreted yet. `expected` is the
    number of rows that the file seems to have, for showing progress. `complete` is False when only the first
    rows were read. Where the file holds several tables, `parts` names them and `part` the one that is read.
    """

    con: "DuckDBPyConnection"
    folder: Path
    limits: Limits
    columns: tuple[str, ...] = ()
    rows: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    expected: int | None = None
    complete: bool = True
    part: str | None = None
    parts: tuple[str, ...] = ()

    def choose(self, parts: tuple[str, ...], *, usual: str) -> None:
        """Of the tables in the file the one that was asked for, else the usual one. Raises `Unreadable` for another."""
        self.parts = parts
        self.part = self.part or usual
        if self.part not in parts:
            raise Unreadable("file.no_part", part=self.part, parts=", ".join(parts))

    def reject(self, rejection: Rejection) -> None:
        """Notes a row that cannot be read; gives up on a file that consists of such rows."""
        self.rejected.append(rejection)
        if len(self.rejected) > self.limits.rejected:
            raise giving_up("file.too_many_rejected", self.rejected[0], limit=self.limits.rejected)

    def column(self, name: str) -> str:
        """The SQL name of a column. Only these are ever written into SQL, never a name from the file."""
        return f"c{self.columns.index(name)}"

    def profiles(self) -> list[ColumnProfile]:
        """What the first rows say about each column. Repetition is counted on more rows than contents."""
        names = ", ".join(f"c{i}" for i in range(len(self.columns)))
        sample = self.con.execute(
            f"SELECT {names} FROM raw LIMIT {CONTENT_ROWS}"  # noqa: S608 -- own names only
        ).fetchall()
        counted: list[int] = []
        # A few columns at a time: each distinct count holds a table of its own in memory.
        for start in range(0, len(self.columns), COUNTED_TOGETHER):
            counts = ", ".join(
                f"count(nullif(trim(c{i}), '')), count(DISTINCT nullif(trim(c{i}), ''))"
                for i in range(start, min(start + COUNTED_TOGETHER, len(self.columns)))
            )
            row = self.con.execute(
                f"SELECT {counts} FROM (FROM raw LIMIT {PROFILE_ROWS})"  # noqa: S608 -- own names only
            ).fetchone()
            if row is None:
                raise Unreadable("file.no_rows")
            counted += row
        found = []
        for position, name in enumerate(self.columns):
            part = profile(name, [row[position] for row in sample])
            found.append(
                ColumnProfile(
                    name=name,
                    filled=counted[2 * position],
                    distinct=counted[2 * position + 1],
                    times=part.times,
                    times_with_numbers=part.times_with_numbers,
                    numbers=part.numbers,
                    durations=part.durations,
                    mean_length=part.mean_length,
                )
            )
        return found

    def first_rows(self, count: int) -> list[tuple[int, tuple[str, ...]]]:
        """The first data rows with their number, for a preview; a missing value is an empty text."""
        names = ", ".join(f"c{i}" for i in range(len(self.columns)))
        rows = self.con.execute(
            f"SELECT row, {names} FROM raw ORDER BY row LIMIT {count:d}"  # noqa: S608 -- own names only
        ).fetchall()
        return [(row[0], tuple(value or "" for value in row[1:])) for row in rows]

    def forget(self) -> None:
        """Drops the texts, which are most of the memory, once everything that is asked of them has been asked."""
        kind = self.con.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = 'raw'"
        ).fetchone()
        self.con.execute(f"DROP {'VIEW' if kind and kind[0] == 'VIEW' else 'TABLE'} raw")
        self.con.execute("DROP TABLE IF EXISTS staged")


def connect(folder: Path) -> "DuckDBPyConnection":
    """A DuckDB of our own in memory that spills into `folder`, uses UTC and loads nothing from a network."""
    import duckdb

    con = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": str(folder),
            "memory_limit": f"{MEMORY_MEGABYTES}MB",
            "threads": "2",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    con.execute("SET TimeZone = 'UTC'")
    return con


class Stager:
    """Puts rows read in Python into `raw`, batch by batch, so that memory stays bounded."""

    def __init__(self, source: Source, width: int, progress: Progress | None = None) -> None:
        self._source = source
        self._progress = progress
        self._width = 0
        self._numbers: list[int] = []
        self._rows: list[Mapping[int, str] | Sequence[str]] = []
        source.con.execute("CREATE TABLE raw (row BIGINT)")
        self.widen(width)

    def widen(self, width: int) -> None:
        """Adds columns until there are `width`; rows that are there already get no value in them."""
        self._source.limits.check_columns(width)
        for position in range(self._width, width):
            self._source.con.execute(f"ALTER TABLE raw ADD COLUMN c{position} VARCHAR")
        self._width = max(self._width, width)

    def add(self, number: int, cells: Mapping[int, str] | Sequence[str]) -> None:
        """One row: as many cells as there are columns, or some of them by position. All rows in one way."""
        self._numbers.append(number)
        self._rows.append(cells)
        if len(self._numbers) >= BATCH:
            self.flush()

    def _column(self, position: int) -> list[str | None]:
        if isinstance(self._rows[0], Mapping):
            return [row.get(position) for row in cast("list[Mapping[int, str]]", self._rows)]
        return [row[position] for row in self._rows]

    def flush(self) -> None:
        """Writes what is waiting. Call once at the end."""
        if not self._numbers:
            return
        import numpy as np

        batch: dict[str, Any] = {"row": np.array(self._numbers, dtype=np.int64)}
        for position in range(self._width):
            values = np.empty(len(self._rows), dtype=object)
            values[:] = self._column(position)
            batch[f"c{position}"] = values
        names = ", ".join(["row", *(f"CAST(c{i} AS VARCHAR)" for i in range(self._width))])
        self._source.con.register("batch", batch)
        self._source.con.execute(f"INSERT INTO raw SELECT {names} FROM batch")  # noqa: S608 -- own names only
        self._source.con.unregister("batch")
        self._source.rows += len(self._numbers)
        self._source.limits.check_rows(self._source.rows)
        self._numbers.clear()
        self._rows.clear()
        if self._progress:
            self._progress(self._source.rows)


def check_cells(cells: Iterable[str | None], limits: Limits, row: int) -> None:
    """Raises `Unreadable` for a cell beyond the limit: nobody writes such a text, a broken quote does."""
    for cell in cells:
        if cell is not None and len(cell) > limits.cell_characters:
            raise Unreadable("file.cell_too_long", row=row, limit=limits.cell_characters)
