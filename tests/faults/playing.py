"""Plays with real processes, each on a database and a data folder of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
SERVER = os.environ.get("DATABASE_URL", "")
ON_POSTGRESQL = SERVER.startswith("postgres")
QUEUES = ["leased", "procrastinate"] if ON_POSTGRESQL else ["leased"]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """A database of its own, beside the one that the other tests use."""
    if not ON_POSTGRESQL:
        migrated.copy(folder / "faults.sqlite3")
        yield f"sqlite:///{folder / 'faults.sqlite3'}"
        return
    import psycopg

    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated.on_postgresql(SERVER)}")
    try:
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def played(play: str, folder: Path, queue: str, *words: str) -> list[str]:
    """Run tests.faults.<play> to its end and answer the lines that it printed."""
    with database(folder) as url:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PILOTWERK_DATA_DIR": str(folder / "data"),
            "PILOTWERK_QUEUE": queue,
            "PILOTWERK_EMBEDDINGS": "off",
            "PILOTWERK_LOG_LEVEL": "ERROR",
            "PILOTWERK_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", f"tests.faults.{play}", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-20_000:]
    return done.stdout.splitlines()
