"""Faults of all kinds at random: no case is lost, none is executed twice, what nobody can know is said.

A few faults in the normal suite; `make faults` lets 200 strike on each database, with 1 and with 4 workers.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.faults.playing import ON_POSTGRESQL, QUEUES, played

FAULTS = int(os.environ.get("PILOTWERK_FAULTS", "0"))


@pytest.mark.slow
@pytest.mark.database
@pytest.mark.parametrize("workers", [1, 4] if FAULTS else [4])
@pytest.mark.parametrize("queue", QUEUES)
def test_no_case_is_lost_and_none_is_executed_twice(
    queue: str, workers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [line] = played("storm", tmp_path, queue, "--workers", str(workers), "--faults", str(FAULTS or 16))
    found = json.loads(line)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{'PostgreSQL' if ON_POSTGRESQL else 'SQLite'}, {queue}, {workers} workers: {found}\n"
        )
    assert found["settled"], found
    assert found["faults"] >= (FAULTS or 16)
    assert found["cases"] > 0
    assert found["lost"] == found["unfinished"] == 0
    assert found["twice"] == found["taken_twice"] == 0
    assert found["sent_but_not_there"] == found["deliveries_disagree"] == 0
    assert found["sent"] + found["unknown"] == found["cases"]
    assert found["books_agree"]
    assert found["trail"]
