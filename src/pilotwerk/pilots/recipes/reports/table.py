"""A table of texts by columns: each distinct text is kept once and read once, however often it occurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.processes.reading import Limits, Source

    Codes = NDArray[np.int64]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Column:
    """`codes` holds for each row the place of its text in `values`, MISSING where it says nothing."""

    name: str
    values: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, name: str, texts: Iterable[str]) -> Column:
        """Texts in the order of the rows; those that mean "nothing" (see `is_missing`) are missing."""
        import numpy as np

        places: dict[str, int] = {}
        codes = [
            MISSING if is_missing(text) else places.setdefault(text.strip(), len(places)) for text in texts
        ]
        return cls(name, tuple(places), np.array(codes, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length; `numbers` are the rows' numbers as a person counts them, `rejected` rows were broken."""

    file: str
    columns: dict[str, Column]
    numbers: Codes
    rejected: int = 0

    @classmethod
    def of(
        cls, file: str, columns: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], rejected: int = 0
    ) -> Table:
        """From rows of texts with their numbers."""
        import numpy as np

        kept = list(rows)
        found = {
            name: Column.of(name, (cells[place] for _, cells in kept)) for place, name in enumerate(columns)
        }
        return cls(file, found, np.array([number for number, _ in kept], dtype=np.int64), rejected)

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> Column:
        """Raises `BadInput` with the known names for an unknown one."""
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise BadInput(f"There is no such column. The columns are: {known}.", file=self.file, column=name)
        return self.columns[name]


def table_of(source: Source, file: str) -> Table:
    """All columns of an opened file or query."""
    import numpy as np

    columns = {}
    for place, name in enumerate(source.columns):
        # Own names only: no name out of the file reaches the SQL text.
        fetched = source.con.execute(
            f"SELECT coalesce(trim(c{place}), '') AS v FROM raw ORDER BY row"  # noqa: S608
        ).fetchall()
        columns[name] = Column.of(name, (row[0] for row in fetched))
    numbers = [row[0] for row in source.con.execute("SELECT row FROM raw ORDER BY row").fetchall()]
    return Table(file, columns, np.array(numbers, dtype=np.int64), len(source.rejected))


def read_table(path: Path, *, filename: str | None = None, limits: Limits | None = None) -> Table:
    """CSV, TSV, XLSX or Parquet as `processes.reading` reads it. Raises `BadInput`."""
    from pilotwerk.processes.reading import open_source

    with open_source(path, filename=filename, limits=limits) as source:
        return table_of(source, filename or path.name)
