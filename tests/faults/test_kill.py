"""A worker is killed at every step of a case, over and over: no case is lost, none is answered twice.

The outside world is a folder: every reply carries a mark of its case, and in the end every mark must be there once.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50

_CASES = "pilotwerk.pilots.services.cases"
_DECISIONS = "pilotwerk.pilots.services.decisions"
_DELIVERIES = "pilotwerk.pilots.services.deliveries"
_OUTBOX = "pilotwerk.pilots.connectors.outbox"
_EXECUTION = "pilotwerk.pilots.execution"
_INTAKE = "pilotwerk.pilots.intake"

# One place for each step: in the middle of its transaction, and between two steps.
PLACES = [
    f"{_INTAKE}:case_ingest:before",
    f"{_CASES}:propose_later:after",
    f"{_CASES}:pilot_recorded:after",
    f"{_INTAKE}:case_ingest:after",
    "pilotwerk.core.jobs.leased:LeasedSession.claim:after",
    "pilotwerk.pilots.worker:cases_propose:before",
    f"{_CASES}:record_all:before",
    f"{_CASES}:cases_assign:after",
    f"{_CASES}:recipe.propose:before",
    f"{_CASES}:recipe.propose:after",
    f"{_CASES}:_keep:after",
    "pilotwerk.pilots.worker:cases_propose:after",
    f"{_DECISIONS}:next_revision:after",
    f"{_DECISIONS}:execute_later:after",
    f"{_DECISIONS}:stop_rules_apply:after",
    f"{_EXECUTION}:deliveries_claim:before",
    f"{_DELIVERIES}:_attempt:after",
    f"{_EXECUTION}:deliveries_claim:after",
    f"{_EXECUTION}:Outbox.deliver:before",
    f"{_OUTBOX}:os.link:before",
    f"{_OUTBOX}:os.link:after",
    f"{_EXECUTION}:Outbox.deliver:after",
    f"{_EXECUTION}:deliveries_sent:before",
    f"{_DELIVERIES}:stop_rules_apply:before",
    f"{_EXECUTION}:deliveries_sent:after",
    f"{_EXECUTION}:_let_out:after",
]


class Worker:
    """The process under test, on a database file and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        migrated.copy(folder / "faults.sqlite3")
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PILOTWERK_DATA_DIR": str(self.data),
            "PILOTWERK_SQLITE_SYNCHRONOUS": "FULL",
            "PILOTWERK_EMBEDDINGS": "off",
            "PILOTWERK_LOG_LEVEL": "ERROR",
            "DATABASE_URL": f"sqlite:///{folder / 'faults.sqlite3'}",
            "OMP_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker_process"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.organisation, self.pilot = self._answer().split()
        self.inbox = self.data / "organisations" / self.organisation / "pilots" / self.pilot / "inbox"
        self.outbox = self.inbox.parent / "outbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.keys: list[str] = []

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process under test is gone"
        return line.strip()

    def letters_come(self, count: int = 1) -> None:
        """New requests lie in the watched folder, long enough to count as complete."""
        names = [f"K-{len(self.keys) + n:04d}" for n in range(count)]
        rows = [f"{name};Bitte um einen neuen Termin für die Wartung der Heizung" for name in names]
        path = self.inbox / f"post-{names[0]}.csv"
        path.write_text("\n".join(["Nummer;Text", *rows]) + "\n", encoding="utf-8")
        earlier = time.time() - 60
        os.utime(path, (earlier, earlier))
        self.keys += names

    def lives(self, until: str = "") -> str:
        """One morning, until it is killed at the place or to its end."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{until}\n")
        self.process.stdin.flush()
        return self._answer()

    def dies_at(self, place: str) -> None:
        """Mornings with new letters until the worker is killed there; not every draw of the arms leads there."""
        for _morning in range(5):
            self.letters_come()
            if self.lives(place) == "killed":
                return
        raise AssertionError(f"nothing happened at {place}")

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def marks(self) -> Counter[str]:
        """How often each case's mark left the house."""
        found: Counter[str] = Counter()
        for path in self.outbox.rglob("*"):
            if path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                found.update(key for key in self.keys if f"Ihr Zeichen: {key}." in text)
        return found


@pytest.mark.slow
def test_fifty_deaths_lose_no_case_and_answer_none_twice(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    chance = random.Random(20261122)
    deaths: Counter[str] = Counter()
    for place in [*PLACES, *PLACES][: KILLS - 6]:
        worker.dies_at(place)
        deaths[place] += 1
    while deaths.total() < KILLS:
        worker.letters_come()
        if worker.lives(f"any {chance.uniform(0.01, 0.15):.3f}") == "killed":
            deaths["any"] += 1
    for _day in range(3):
        assert worker.lives() == "ended 0"
    worker.close()
    assert deaths.total() == KILLS
    assert set(PLACES) <= set(deaths)
    assert worker.marks() == Counter(dict.fromkeys(worker.keys, 1))
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.report", worker.organisation, worker.pilot],
        cwd=ROOT,
        env=worker.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told == [
        f"cases={len(worker.keys)}",
        f"sent={len(worker.keys)}",
        f"deliveries={len(worker.keys)}",
        f"told_once={len(worker.keys)}",
        "trail=ok",
    ]
