"""Faults of all kinds at random: no case is lost, none is executed twice, what nobody can know is said.

A few faults in the normal suite; `make faults` lets 200 strike on each database, with 1 and with 4 workers.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTS = int(os.environ.get("PILOTWERK_FAULTS", "0"))
SERVER = os.environ.get("DATABASE_URL", "")
ON_POSTGRESQL = SERVER.startswith("postgres")
QUEUES = ["leased", "procrastinate"] if ON_POSTGRESQL else ["leased"]


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """A database of its own, beside the one that the other tests use."""
    if not ON_POSTGRESQL:
        yield f"sqlite:///{folder / 'storm.sqlite3'}"
        return
    import psycopg

    name = f"storm_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4] if FAULTS else [4])
@pytest.mark.parametrize("queue", QUEUES)
def test_no_case_is_lost_and_none_is_executed_twice(
    queue: str, workers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with database(tmp_path) as url:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PILOTWERK_DATA_DIR": str(tmp_path / "data"),
            "PILOTWERK_QUEUE": queue,
            "PILOTWERK_EMBEDDINGS": "off",
            "PILOTWERK_LOG_LEVEL": "ERROR",
            "DATABASE_URL": url,
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.faults.storm",
                "--workers",
                str(workers),
                "--faults",
                str(FAULTS or 12),
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{'PostgreSQL' if ON_POSTGRESQL else 'SQLite'}, {queue}, {workers} workers: {found}\n"
        )
    assert found["settled"], found
    assert found["faults"] >= (FAULTS or 12)
    assert found["cases"] > 0
    assert found["lost"] == found["unfinished"] == 0
    assert found["twice"] == 0
    assert found["sent_but_not_there"] == found["deliveries_disagree"] == 0
    assert found["sent"] + found["unknown"] == found["cases"]
    assert found["trail"]
