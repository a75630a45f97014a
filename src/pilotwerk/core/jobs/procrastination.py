"""Procrastinate's tables on PostgreSQL: its migrations, life signs, retries and events, fair turns of ours.

Work is stored on Django's connection, so it exists if and only if the transaction of the change is committed. The
next work is chosen by a query of ours, because Procrastinate's own takes the lowest number first and lets one
organisation's flood stand before everybody else (docs/adr/0022). The queue's name is the organisation's number.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

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

# Its own function for this fails the whole transaction when a key waits already; this leaves the order out.
_PUT: Final = """
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, scheduled_at)
SELECT new.queue_name, new.task_name, new.queueing_lock, new.args, new.scheduled_at
FROM unnest(%s::text[], %s::text[], %s::text[], %s::jsonb[], %s::timestamptz[])
    AS new (queue_name, task_name, queueing_lock, args, scheduled_at)
WHERE NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs AS running
    WHERE running.status = 'doing' AND running.worker_id IS NOT NULL AND running.queueing_lock = new.queueing_lock)
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""
_OVER: Final = """
DELETE FROM procrastinate_jobs WHERE worker_id = %s AND status = 'doing' AND (id, attempts) IN ({claims})
"""
_CLAIM: Final = """
WITH {over}head AS (
    SELECT queue_name, task_name FROM procrastinate_jobs
    WHERE status = 'todo' AND queue_name {compare} %s AND (scheduled_at IS NULL OR scheduled_at <= %s){kinds}
    ORDER BY queue_name, id LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s
WHERE id IN (
    SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
        AND queue_name = (SELECT queue_name FROM head) AND task_name = (SELECT task_name FROM head)
    ORDER BY id LIMIT COALESCE((SELECT {most} FROM head), 1) FOR UPDATE SKIP LOCKED)
RETURNING id, task_name, queue_name, args, queueing_lock, attempts
"""
_MINE: Final = """
SELECT 1 FROM procrastinate_jobs WHERE id = %s AND worker_id = %s AND attempts = %s AND status = 'doing' FOR UPDATE
"""
_ABANDONED: Final = """
SELECT job.id, job.attempts FROM procrastinate_jobs AS job
LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s * interval '1 second')
FOR UPDATE OF job SKIP LOCKED
"""
_DOUBLE: Final = """
DELETE FROM procrastinate_jobs AS old WHERE old.id = %s AND EXISTS (
    SELECT 1 FROM procrastinate_jobs AS new
    WHERE new.queueing_lock = old.queueing_lock AND new.status = 'todo' AND new.id <> old.id)
"""
_COUNTS: Final = """
WITH job AS (SELECT *, status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s) AS due FROM procrastinate_jobs)
SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE due),
    count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
    (SELECT min(event.at) FROM procrastinate_events AS event JOIN job ON job.id = event.job_id WHERE job.due)
FROM job
"""


class ProcrastinateSession:
    """See `port.Session`. It is a worker in Procrastinate's own table, with its heartbeat."""

    def __init__(self, kinds: list[str] | None) -> None:
        self.kinds = kinds
        self.turn = str(uuid.uuid4())
        [(self.worker,)] = _rows("SELECT worker_id FROM procrastinate_register_worker_v1()")

    def claim(self, finished: Sequence[Work] = ()) -> list[Work]:
        return self._take(">", self.turn, finished) or self._take(">=", "", ())

    def _take(self, compare: str, after: str, finished: Sequence[Work]) -> list[Work]:
        over, values = _over(finished) if finished else ("", [])
        most = " ".join(f"WHEN '{kind}' THEN {group.most}" for kind, group in registry.groups().items())
        statement = _CLAIM.format(
            over=f"over AS ({over}), " if over else "",
            compare=compare,
            kinds=" AND task_name = ANY(%s)" if self.kinds else "",
            most=f"CASE task_name {most} ELSE 1 END" if most else "1",
        )
        moment = clock.now()
        values += [after, moment, *([self.kinds] if self.kinds else []), self.worker, moment]
        return [self._work(row) for row in sorted(_rows(statement, *values))]

    def _work(self, row: tuple[Any, ...]) -> Work:
        number, kind, queue, args, key, attempts = row
        self.turn = queue
        whose = None if UUID(queue) == NOBODY else UUID(queue)
        return Work(str(number), kind, whose, _json(args), key, attempts + 1, str(self.worker))

    def finish(self, finished: Sequence[Work]) -> None:
        statement, values = _over(finished)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def release(self, works: Sequence[Work]) -> None:
        if not works:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL "
                "WHERE id = ANY(%s) AND worker_id = %s AND status = 'doing'",
                [[int(work.id) for work in works], self.worker],
            )

    def failed(self, work: Work, error: str) -> None:
        with transaction.atomic():
            if not _held(work):
                return
            if work.attempts >= MAX_ATTEMPTS:
                _rows("SELECT procrastinate_finish_job_v1(%s, 'failed', false)::text", int(work.id))
            else:
                _again(int(work.id), clock.now() + pause(work.attempts))

    def renew(self, work: Work | None) -> None:
        _rows("SELECT procrastinate_update_heartbeat_v1(%s)::text", self.worker)
        if work is not None and not _held(work):
            raise LostLease(work.id)

    def close(self) -> None:
        _rows("SELECT procrastinate_unregister_worker_v1(%s)::text", self.worker)


class ProcrastinateQueue:
    """See `port.Queue`."""

    name = "procrastinate"

    def put(self, orders: Sequence[Order]) -> None:
        if not orders:
            return
        columns = zip(*(_columns(order) for order in orders), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_PUT, [list(column) for column in columns])

    def put_periodic(self, kind: str, slot: int, seconds: int) -> None:
        name = str(NOBODY)
        _rows(
            "SELECT procrastinate_defer_periodic_job_v2(%s, NULL, NULL, %s, 0, '', %s, '{}'::jsonb)",
            name,
            kind,
            slot,
        )

    def session(self, kinds: list[str] | None = None) -> ProcrastinateSession:
        return ProcrastinateSession(kinds)

    def fence(self, work: Work) -> None:
        if not _held(work):
            raise LostLease(work.id)

    def sweep(self) -> int:
        with transaction.atomic():
            abandoned = _rows(_ABANDONED, LEASE.total_seconds())
            for number, attempts in abandoned:
                if attempts >= MAX_DEATHS:
                    _rows("SELECT procrastinate_finish_job_v1(%s, 'failed', false)::text", number)
                else:
                    _again(number, clock.now())
            _rows(
                "SELECT worker_id FROM procrastinate_prune_stalled_workers_v1(%s)", 10 * LEASE.total_seconds()
            )
        return len(abandoned)

    def waits(self, kind: str, payload: dict[str, Any]) -> bool:
        statement = (
            "SELECT 1 FROM procrastinate_jobs "
            "WHERE task_name = %s AND status IN ('todo', 'doing') AND args @> %s::jsonb LIMIT 1"
        )
        return bool(_rows(statement, kind, json.dumps(payload)))

    def forget(self, organisation_id: UUID) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s", [str(organisation_id)])

    def counts(self) -> Counts:
        [row] = _rows(_COUNTS, clock.now())
        return Counts(*row)


def _columns(order: Order) -> tuple[str, str, str | None, str, datetime | None]:
    name = str(order.organisation_id or NOBODY)
    return name, order.kind, order.key, json.dumps(order.payload), order.run_at


def _over(finished: Sequence[Work]) -> tuple[str, list[Any]]:
    """The statement that ends a claim's work, and its values."""
    claims = ", ".join(["(%s, %s)"] * len(finished))
    holds = [value for work in finished for value in (int(work.id), work.attempts - 1)]
    return _OVER.format(claims=claims), [int(finished[0].holder), *holds]


def _hold(work: Work) -> tuple[int, int, int]:
    """What names this claim and no later one: Procrastinate counts the attempts that are over."""
    return int(work.id), int(work.holder), work.attempts - 1


def _held(work: Work) -> bool:
    return bool(_rows(_MINE, *_hold(work)))


def _again(number: int, when: datetime) -> None:
    """Back into the queue, or gone when the same work was ordered once more in the meantime."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLE, [number])
        if cursor.rowcount == 0:
            cursor.execute("SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [number, when])


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _json(value: Any) -> dict[str, Any]:
    return dict(json.loads(value) if isinstance(value, str) else value)
