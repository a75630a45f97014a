"""Several people and workers write at the same moment: numbers without gap, one tree."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from pilotwerk.audit import selectors, services
from pilotwerk.audit.domain.actor import System


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_leave_no_gap() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time; its tests share one connection in memory")
    log = uuid4()
    ready = threading.Barrier(6)
    failures: list[Exception] = []
    threads = [threading.Thread(target=_write, args=(log, ready, failures)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert selectors.state(log).entries == 6 * 25
    assert selectors.check(log).ok


def _write(log: UUID, ready: threading.Barrier, failures: list[Exception]) -> None:
    try:
        ready.wait()
        for number in range(25):
            with transaction.atomic():
                services.record(
                    organisation_id=log,
                    actor=System("worker"),
                    action="audit.log_exported",
                    subject=("audit.Log", str(log)),
                    data={"entries": number},
                )
    except Exception as failure:
        failures.append(failure)
    finally:
        connection.close()
