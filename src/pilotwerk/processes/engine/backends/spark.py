"""Spark: the tables are read from Parquet, by the machine itself or by a cluster."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.engine.backends.base import Dialect
from pilotwerk.processes.engine.store import TABLES, store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pyspark.sql import SparkSession

DIALECT = Dialect(double="DOUBLE", print_of="xxhash64({a}, {b}, {seed})")
MISSING = "Spark is not installed. Install the extra “spark” and Java 17 or later, or use the engine duckdb."


class Spark:
    """Facts from temporary views of one session."""

    name = "spark"
    dialect = DIALECT

    def __init__(self, session: "SparkSession") -> None:
        self.session = session

    def keep(self, table: str, select: str) -> None:
        self.session.sql(select).cache().createOrReplaceTempView(table)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(select).collect()]


def session(master: str) -> "SparkSession":
    """The session for this master ("local[2]", "spark://host:7077"); the process has one at a time."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise BadInput(MISSING) from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        found: SparkSession = (
            SparkSession.builder.master(master)
            .appName("pilotwerk")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8" if master.startswith("local") else "200")
            .config("spark.driver.bindAddress", "127.0.0.1" if master.startswith("local") else "0.0.0.0")  # noqa: S104
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    except Exception as error:  # whatever its gateway raises where there is no Java or no master
        raise BadInput(f"Spark cannot be started: {error}") from error
    return found


@contextmanager
def opened(master: str, con: "DuckDBPyConnection") -> Iterator[Spark]:
    """A session that sees the tables of `con` through Parquet files; the files go afterwards.

    A cluster must see the folder for temporary files of this machine, such as a shared volume named by TMPDIR.
    """
    found = session(master)
    with tempfile.TemporaryDirectory(prefix="pilotwerk-spark-") as folder:
        store(con, Path(folder))
        for table in TABLES:
            found.read.parquet(str(Path(folder) / f"{table}.parquet")).createOrReplaceTempView(table)
        try:
            yield Spark(found)
        finally:
            found.catalog.clearCache()
