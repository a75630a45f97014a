"""The worker: claims due rows with a lease, runs their handler, and gives up what it no longer owns."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q

from pilotwerk.core import clock
from pilotwerk.core.jobs import registry
from pilotwerk.core.jobs.services import enqueue
from pilotwerk.core.models import Job

log = logging.getLogger("pilotwerk.jobs")

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
KEEP_DONE = timedelta(days=7)


class LostLease(Exception):
    """Another worker owns the job by now; whatever this one did in its transaction must be rolled back."""


def _due(moment: datetime) -> Q:
    waiting = Q(state=Job.State.QUEUED, run_at__lte=moment)
    abandoned = Q(state=Job.State.RUNNING, leased_until__lt=moment)
    return waiting | abandoned


def claim(*, lease: timedelta = LEASE, kinds: list[str] | None = None) -> Job | None:
    """Lease the oldest due job: a conditional update decides between workers. None when nothing is due."""
    moment = clock.now()
    due = Job.objects.filter(_due(moment))
    if kinds is not None:
        due = due.filter(kind__in=kinds)
    for pk in due.order_by("run_at", "pk").values_list("pk", flat=True)[:20]:
        token = uuid.uuid4()
        won = Job.objects.filter(_due(moment), pk=pk).update(
            state=Job.State.RUNNING,
            token=token,
            leased_until=clock.now() + lease,
            attempts=F("attempts") + 1,
        )
        if won == 1:
            return Job.objects.get(pk=pk)
    return None


def fence(job: Job, *, lease: timedelta = LEASE) -> None:
    """Renew the lease, or raise LostLease. Inside a transaction it also fences: two workers cannot both commit."""
    mine = Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)
    if mine.update(leased_until=clock.now() + lease) != 1:
        raise LostLease(str(job.pk))


@contextmanager
def _renewed(job: Job, lease: timedelta) -> Iterator[None]:
    """Keep the lease alive while a long handler runs, from a thread with a connection of its own."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(lease.total_seconds() / 3):
            try:
                fence(job, lease=lease)
            except LostLease:
                break
            except Exception:
                log.exception("the lease of job %s could not be renewed", job.pk)
        connection.close()

    thread = threading.Thread(target=renew, daemon=True, name=f"lease-{job.pk}")
    # SQLite in memory (tests) has one connection only; there the lease is long enough by itself.
    if not connection.in_atomic_block:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if thread.is_alive():
            thread.join(timeout=5)


def run(job: Job, *, lease: timedelta = LEASE) -> None:
    """Run a claimed job to its end. A failed one is tried again later, with growing pauses, MAX_ATTEMPTS times."""
    mine = Job.objects.filter(pk=job.pk, token=job.token)
    try:
        with _renewed(job, lease):
            registry.handler(job.kind)(job)
    except LostLease:
        log.warning("job %s (%s) belongs to another worker by now", job.pk, job.kind)
    except Exception as error:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        final = job.attempts >= MAX_ATTEMPTS
        mine.update(
            state=Job.State.FAILED if final else Job.State.QUEUED,
            run_at=clock.now() + timedelta(seconds=min(2**job.attempts, 300)),
            error=f"{type(error).__name__}: {error}"[:500],
            finished_at=clock.now() if final else None,
            key=None if final else job.key,
        )
    else:
        # The key is freed, so that the same work can be asked for again; regular work keeps its period's key.
        key = job.key if "slot" in job.payload else None
        mine.update(state=Job.State.DONE, finished_at=clock.now(), key=key, error="")


def run_due(*, limit: int = 10_000, kinds: list[str] | None = None) -> int:
    """Run what is due now, one after the other, and answer how many jobs that were."""
    for count in range(limit):
        job = claim(kinds=kinds)
        if job is None:
            return count
        run(job)
    return limit


def _schedule() -> None:
    """Put regular work of the present period into the queue, once whoever looks, and clear away what is long done."""
    moment = clock.now()
    for plan in registry.schedules():
        key = f"{plan.kind}@{int(moment.timestamp() // plan.seconds)}"
        if not Job.objects.filter(key=key).exists():
            with transaction.atomic():
                enqueue(kind=plan.kind, organisation_id=None, payload={"slot": key}, key=key)
        over = moment - timedelta(seconds=2 * plan.seconds)
        Job.objects.filter(kind=plan.kind, state=Job.State.DONE, finished_at__lt=over).delete()
    Job.objects.filter(state=Job.State.DONE, finished_at__lt=moment - KEEP_DONE).delete()


def run_worker(
    *, stop: threading.Event, poll_seconds: float = 0.5, alive: Callable[[], bool] = lambda: True
) -> None:
    """Work until `stop` is set or `alive()` is false (a worker whose parent is gone must not go on alone)."""
    next_schedule = 0.0
    while not stop.is_set() and alive():
        try:
            if time.monotonic() >= next_schedule:
                _schedule()
                next_schedule = time.monotonic() + 5
            job = claim()
            if job is None:
                stop.wait(poll_seconds)
                continue
            run(job)
        except Exception:
            # A database that is away for a moment must not end the worker.
            log.exception("the worker could not reach its queue")
            stop.wait(2)
        finally:
            close_old_connections()
