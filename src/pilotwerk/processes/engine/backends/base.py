"""The port: tables `cases`, `activities` and `events` lie in an engine; facts ask it in one common SQL."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the dialects differ; all else is SQL that the three engines read alike.

    `double`: the type of a 64-bit floating point number. `print_of`: a 64-bit hash of the integers {a} and {b}
    under the number {seed}; it need not be the same in two engines, since only equality within one run counts.
    """

    double: str
    print_of: str


class Engine(Protocol):
    """A place that holds the tables and answers queries. One engine serves one measurement."""

    name: str
    dialect: Dialect

    def keep(self, table: str, select: str) -> None:
        """Computes a query once and keeps its result under a name for later queries of this engine."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
