"""One organisation's flood does not starve the others: how long small organisations wait, with and without it.

Waiting is counted in pieces of work that were done before, so that the figures do not depend on the machine.
`pytest -s` prints them.
"""

from __future__ import annotations

import sys
from itertools import count
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from pilotwerk.core import jobs
from pilotwerk.core.jobs import registry

FLOOD = 10_000
SMALL = 200
"""Small organisations with three pieces of work each."""
WORKERS = 4


@pytest.fixture(params=["leased", "procrastinate"])
def queue_name(
    request: pytest.FixtureRequest, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> str:
    if request.param == "procrastinate" and connection.vendor != "postgresql":
        pytest.skip("Procrastinate needs PostgreSQL: tools/with_postgres.py")
    settings.PILOTWERK_QUEUE = request.param
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_groups", {})
    jobs.register("test.work", lambda work: None)
    return str(request.param)


def order(organisation: UUID, number: int) -> None:
    jobs.enqueue_all([jobs.Order("test.work", organisation, {"n": n}) for n in range(number)])


def waits(organisations: list[UUID], *, most: int) -> list[int]:
    """For each piece of work of these organisations: how many were done before it, by workers side by side."""
    sessions = [jobs.queue().session() for _worker in range(WORKERS)]
    wanted, found, place = set(organisations), [], count()
    held: list[list[jobs.Work]] = [[]] * WORKERS
    for turn in range(most):
        worker = turn % WORKERS
        held[worker] = sessions[worker].claim(held[worker])
        if not held[worker]:
            break
        for work in held[worker]:
            before = next(place)
            if work.organisation_id in wanted:
                found.append(before)
        if len(found) == 3 * len(organisations):
            break
    return found


def test_small_organisations_wait_as_long_as_without_the_flood(
    queue_name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    organisations = [uuid4() for _number in range(SMALL)]
    for one in organisations:
        order(one, 3)
    without = waits(organisations, most=FLOOD)
    for one in organisations:
        jobs.forget(organisation_id=one)
    flood = uuid4()
    order(flood, FLOOD)
    for one in organisations:
        order(one, 3)
    among = waits(organisations, most=FLOOD)
    with capsys.disabled():
        sys.stdout.write(
            f"\n{queue_name}, {connection.vendor}: {SMALL} organisations with 3 each, {WORKERS} workers; done before: "
            f"without a flood median {median(without):.0f}, last {max(without)}; "
            f"behind {FLOOD} of one organisation median {median(among):.0f}, last {max(among)}\n"
        )
    assert len(without) == len(among) == 3 * SMALL
    # Each of the workers serves the flood at most once in a round of all organisations.
    assert max(among) <= max(without) + 3 * WORKERS + 2
