"""Which engine computes: by name on the command line, by the setting PILOTWERK_ANALYTICS in the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.engine.backends import postgres, spark
from pilotwerk.processes.engine.backends.base import Engine
from pilotwerk.processes.engine.backends.duck import DuckDb

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ENGINES = ("duckdb", "spark")
LOCAL_SPARK = "local[*]"


def check_engine(named: str) -> str:
    """The name itself: "duckdb", "spark", a master "spark://host:port", or "postgresql://..."; else `BadInput`."""
    if named in ENGINES or named.startswith(("spark://", "postgresql://")):
        return named
    raise BadInput("Known engines are duckdb, spark, spark://host:port and postgresql://user@host/database.")


@contextmanager
def analytics(named: str, con: "DuckDBPyConnection") -> Iterator[Engine]:
    """The named engine with the tables `cases`, `activities` and `events` of `con`."""
    check_engine(named)
    if named == "duckdb":
        yield DuckDb(con)
    elif named.startswith("postgresql://"):
        with postgres.opened(named, con) as engine:
            yield engine
    else:
        with spark.opened(LOCAL_SPARK if named == "spark" else named, con) as engine:
            yield engine
