"""Rows of our own, leased by one worker at a time. Needs nothing but the database, SQLite or PostgreSQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min

from pilotwerk.core import clock
from pilotwerk.core.jobs import registry
from pilotwerk.core.jobs.port import (
    LEASE,
    MAX_ATTEMPTS,
    MAX_DEATHS,
    NOBODY,
    Counts,
    LostLease,
    Order,
    Work,
    pause,
)
from pilotwerk.core.models import Job
from pilotwerk.core.prepared import plain
from pilotwerk.core.rows import insert_all

# The busiest statement of a worker: one round trip takes the next organisation's oldest due work, and more of the
# same kind where that may be grouped. The index job_turns answers the inner queries without sorting. What is taken is a
# part of its own (`mine`): inside IN, PostgreSQL may ask a locking query once a row and would get other rows each time.
_CLAIM: Final = """
WITH {over}head AS (
    SELECT organisation_id, kind FROM core_job
    WHERE state = 'queued' AND organisation_id {compare} %s AND run_at <= %s{kinds}
    ORDER BY organisation_id, run_at LIMIT 1{lock}),
mine AS (
    SELECT id FROM core_job
    WHERE state = 'queued' AND run_at <= %s AND organisation_id = (SELECT organisation_id FROM head)
        AND kind = (SELECT kind FROM head)
    ORDER BY run_at LIMIT COALESCE((SELECT {most} FROM head), 1){lock})
UPDATE core_job SET state = 'running', token = %s, leased_until = %s, attempts = attempts + 1
WHERE state = 'queued' AND id IN (SELECT id FROM mine)
RETURNING id, kind, organisation_id, payload, key, attempts, run_at
"""
_OVER: Final = "DELETE FROM core_job WHERE token = %s AND state = 'running' AND id IN ({ids})"


class LeasedSession:
    """See `port.Session`."""

    def __init__(self, kinds: list[str] | None, lease: timedelta) -> None:
        self.kinds = kinds
        self.lease = lease
        # A random start, so that several workers do not all serve the same organisation at the same time.
        self.turn = uuid.uuid4()

    def claim(self, finished: Sequence[Work] = ()) -> list[Work]:
        if finished and (connection.vendor != "postgresql" or "slot" in finished[0].payload):
            with transaction.atomic():
                self.finish(finished)
                return self.claim()
        # PostgreSQL does both in one statement: one round trip, one commit.
        return self._take(">", self.turn, finished) or self._take(">=", NOBODY, ())

    def _take(self, compare: str, after: UUID, finished: Sequence[Work]) -> list[Work]:
        moment, token = clock.now(), uuid.uuid4()
        over, values = _over(finished) if finished else ("", [])
        most = " ".join(f"WHEN '{kind}' THEN {group.most}" for kind, group in registry.groups().items())
        statement = _CLAIM.format(
            over=f"over AS ({over}), " if over else "",
            compare=compare,
            kinds=f" AND kind IN ({', '.join(['%s'] * len(self.kinds))})" if self.kinds else "",
            lock=" FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else "",
            most=f"CASE kind {most} ELSE 1 END" if most else "1",
        )
        due, until = plain(moment), plain(moment + self.lease)
        values += [plain(after), due, *(self.kinds or []), due, plain(token), until]
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = sorted(cursor.fetchall(), key=lambda row: row[-1])
        return [self._work(row, token) for row in rows]

    def _work(self, row: tuple[Any, ...], token: UUID) -> Work:
        pk, kind, organisation_id, payload, key, attempts, _run_at = row
        self.turn = UUID(str(organisation_id))
        whose = None if self.turn == NOBODY else self.turn
        return Work(str(UUID(str(pk))), kind, whose, json.loads(payload), key, attempts, str(token))

    def finish(self, finished: Sequence[Work]) -> None:
        if "slot" in finished[0].payload:
            # Regular work stays as a mark that its period is served.
            _mine(finished[0]).update(state=Job.State.DONE, finished_at=clock.now(), error="")
            return
        statement, values = _over(finished)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def release(self, works: Sequence[Work]) -> None:
        for work in works:
            _mine(work).update(state=Job.State.QUEUED, token=None, attempts=work.attempts - 1)

    def failed(self, work: Work, error: str) -> None:
        final = work.attempts >= MAX_ATTEMPTS
        _mine(work).update(
            state=Job.State.FAILED if final else Job.State.QUEUED,
            run_at=clock.now() + pause(work.attempts),
            error=error[:500],
            finished_at=clock.now() if final else None,
            key=None if final else work.key,
        )

    def renew(self, work: Work | None) -> None:
        if work is not None and _mine(work).update(leased_until=clock.now() + self.lease) != 1:
            raise LostLease(work.id)

    def close(self) -> None:
        """Nothing is kept open."""


class LeasedQueue:
    """See `port.Queue`."""

    name = "leased"

    def __init__(self, lease: timedelta = LEASE) -> None:
        self.lease = lease

    def put(self, orders: Sequence[Order]) -> None:
        insert_all([_row(order) for order in orders], skip_known=True)

    def put_periodic(self, kind: str, slot: int, seconds: int) -> None:
        key = f"{kind}@{slot}"
        if not Job.objects.filter(key=key).exists():
            self.put([Order(kind=kind, payload={"slot": key}, key=key)])
        # The row of a period that is over has kept its work from being ordered twice and may go now.
        over = clock.now() - timedelta(seconds=2 * seconds)
        Job.objects.filter(kind=kind, state=Job.State.DONE, finished_at__lt=over).delete()

    def session(self, kinds: list[str] | None = None) -> LeasedSession:
        return LeasedSession(kinds, self.lease)

    def fence(self, work: Work) -> None:
        self.session().renew(work)

    def sweep(self) -> int:
        abandoned = Job.objects.filter(state=Job.State.RUNNING, leased_until__lt=clock.now())
        given_up = abandoned.filter(attempts__gte=MAX_DEATHS).update(
            state=Job.State.FAILED,
            key=None,
            token=None,
            error="no worker survived it",
            finished_at=clock.now(),
        )
        return given_up + abandoned.update(state=Job.State.QUEUED, token=None)

    def waits(self, kind: str, payload: dict[str, Any]) -> bool:
        entries = {f"payload__{name}": value for name, value in payload.items()}
        open_states = [Job.State.QUEUED, Job.State.RUNNING]
        return Job.objects.filter(kind=kind, state__in=open_states, **entries).exists()

    def forget(self, organisation_id: UUID) -> None:
        Job.objects.filter(organisation_id=organisation_id).delete()

    def counts(self) -> Counts:
        rows = Job.objects.all()
        queued = rows.filter(state=Job.State.QUEUED)
        due = queued.filter(run_at__lte=clock.now())
        return Counts(
            waiting=queued.count(),
            due=due.count(),
            running=rows.filter(state=Job.State.RUNNING).count(),
            failed=rows.filter(state=Job.State.FAILED).count(),
            oldest_due=due.aggregate(oldest=Min("run_at"))["oldest"],
        )


def _row(order: Order) -> Job:
    return Job(
        kind=order.kind,
        organisation_id=order.organisation_id or NOBODY,
        payload=order.payload,
        run_at=order.run_at or clock.now(),
        key=order.key,
    )


def _mine(work: Work) -> Any:
    return Job.objects.filter(pk=work.id, token=work.holder, state=Job.State.RUNNING)


def _over(finished: Sequence[Work]) -> tuple[str, list[Any]]:
    """The statement that ends a claim's work, and its values. What is claimed at once has one holder."""
    ids = [plain(UUID(work.id)) for work in finished]
    return _OVER.format(ids=", ".join(["%s"] * len(ids))), [plain(UUID(finished[0].holder)), *ids]
