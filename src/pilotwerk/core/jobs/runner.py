"""The worker: takes work in turns, runs its handler, shows that it lives, and gives up what it no longer owns."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import close_old_connections, connection, connections

from pilotwerk.core.jobs import registry
from pilotwerk.core.jobs.port import LEASE, LostLease, Session, Work
from pilotwerk.core.jobs.services import queue, schedule

log = logging.getLogger("pilotwerk.jobs")

# How often regular work is ordered and dead workers' work is freed.
TENDING_SECONDS = 5.0
# A worker that took several pieces gives back what it has not begun after so long.
PATIENCE_SECONDS = 1.0


class Held:
    """What the threads of this process have in their hands, so that one other thread can show that they live."""

    def __init__(self) -> None:
        self._work: dict[Session, Sequence[Work]] = {}
        self._pulse: dict[Session, float] = {}

    def take(self, session: Session, works: Sequence[Work]) -> None:
        self._pulse.setdefault(session, time.monotonic())
        self._work[session] = works

    def drop(self, session: Session | None) -> None:
        if session is not None:
            self._work.pop(session, None)
            self._pulse.pop(session, None)

    def renew(self) -> None:
        """A sign of life of each worker, three times in a lease and not for every short piece of work."""
        moment = time.monotonic()
        for session, works in list(self._work.items()):
            if moment - self._pulse.get(session, moment) < LEASE.total_seconds() / 3:
                continue
            self._pulse[session] = moment
            in_hand: list[Work | None] = [*works] or [None]
            for work in in_hand:
                try:
                    session.renew(work)
                except LostLease:
                    log.warning("%s belongs to another worker by now", work)
                except Exception:
                    log.exception("no sign of life could be given for %s", work)


def run(session: Session, work: Work) -> bool:
    """Run claimed work; True when it is done. A failed one is tried again later, with growing pauses."""
    try:
        registry.handler(work.kind)(work)
    except LostLease:
        log.warning("%s %s belongs to another worker by now", work.kind, work.id)
    except Exception as error:
        log.exception("%s %s failed", work.kind, work.id)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        session.failed(work, f"{type(error).__name__}: {error}")
    else:
        return True
    return False


def run_all(session: Session, works: Sequence[Work]) -> tuple[list[Work], int]:
    """Run what was claimed at once; what is done, and how many were begun. Slow work goes back to other workers."""
    group = registry.groups().get(works[0].kind)
    if len(works) > 1 and group is not None and group.handler is not None:
        try:
            done = list(group.handler(works))
            session.release([work for work in works if work not in done])
        except Exception:
            log.exception("%s %s failed together; each is tried alone", len(works), works[0].kind)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
        else:
            return done, len(done)
    began, done = time.monotonic(), []
    for place, work in enumerate(works):
        if time.monotonic() - began > PATIENCE_SECONDS:
            session.release(works[place:])
            return done, place
        if run(session, work):
            done.append(work)
    return done, len(works)


def run_due(*, limit: int = 10_000, kinds: list[str] | None = None) -> int:
    """Run what is due now, one after the other, and answer how many pieces of work that were."""
    queue().sweep()
    session = queue().session(kinds)
    held, count = Held(), 0
    finished: list[Work] = []
    try:
        with _kept_alive(held):
            while works := session.claim(finished):
                finished = []
                works, over = works[: limit - count], works[limit - count :]
                session.release(over)
                held.take(session, works)
                finished, begun = run_all(session, works)
                count += begun
                held.take(session, ())
                if count >= limit:
                    break
        if finished:
            session.finish(finished)
    finally:
        session.close()
    return count


@contextmanager
def _kept_alive(held: Held) -> Iterator[None]:
    """Renew what is held from another thread. In a test's open transaction nothing could be seen from there."""
    if connection.in_atomic_block:
        yield
        return
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(TENDING_SECONDS):
            held.renew()
        connections.close_all()

    thread = threading.Thread(target=renew, daemon=True, name="leases")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _work(stop: threading.Event, held: Held, poll_seconds: float) -> None:
    """One thread's life: claim, run, and again. A database that is away for a moment must not end it."""
    session: Session | None = None
    finished: list[Work] = []
    while not stop.is_set():
        try:
            session = session or queue().session()
            works = session.claim(finished)
            finished = []
            held.take(session, works)
            if works:
                finished, _begun = run_all(session, works)
                held.take(session, ())
            else:
                close_old_connections()
                stop.wait(poll_seconds)
        except Exception:
            log.exception("the worker could not reach its queue")
            held.drop(session)
            finished, session = [], None
            connections.close_all()
            stop.wait(1)
    held.drop(session)
    _leave(session, finished)


def _leave(session: Session | None, finished: list[Work]) -> None:
    try:
        if session is not None:
            if finished:
                session.finish(finished)
            session.close()
    except Exception:
        log.exception("the worker could not say that it ends")
    finally:
        connections.close_all()


def run_worker(
    *,
    stop: threading.Event,
    poll_seconds: float = 0.5,
    concurrency: int = 1,
    alive: Callable[[], bool] = lambda: True,
) -> None:
    """Work in `concurrency` threads until `stop` is set or `alive()` is false (its parent is gone).

    This thread tends the queue meanwhile: orders regular work, frees what dead workers held, renews leases.
    """
    held = Held()
    threads = [
        threading.Thread(target=_work, args=(stop, held, poll_seconds), name=f"worker-{number}")
        for number in range(concurrency)
    ]
    for thread in threads:
        thread.start()
    rounds = 0
    try:
        while not stop.is_set() and alive():
            if rounds % max(int(TENDING_SECONDS / poll_seconds), 1) == 0:
                _tend(held)
            rounds += 1
            stop.wait(poll_seconds)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        connections.close_all()


def _tend(held: Held) -> None:
    try:
        schedule()
        queue().sweep()
        held.renew()
    except Exception:
        log.exception("the worker could not tend its queue")
        connections.close_all()
    close_old_connections()
