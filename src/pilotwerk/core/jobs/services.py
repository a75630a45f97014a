"""The chosen queue, and what every room may ask of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from pilotwerk.core import clock
from pilotwerk.core.jobs import registry
from pilotwerk.core.jobs.port import Order, Queue, Work


@lru_cache(maxsize=2)
def _named(name: str) -> Queue:
    if name == "procrastinate":
        from pilotwerk.core.jobs.procrastination import ProcrastinateQueue

        return ProcrastinateQueue()
    from pilotwerk.core.jobs.leased import LeasedQueue

    return LeasedQueue()


def queue() -> Queue:
    """The queue of this installation: the setting PILOTWERK_QUEUE decides."""
    return _named(settings.PILOTWERK_QUEUE)


def enqueue(
    *,
    kind: str,
    organisation_id: UUID | None,
    payload: dict[str, Any] | None = None,
    run_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Store a piece of work in the running transaction. With a `key`, work that waits or runs is not doubled."""
    enqueue_all([Order(kind, organisation_id, payload or {}, run_at, key)])


def enqueue_all(orders: Iterable[Order]) -> None:
    """Store many pieces of work at once. KeyError for a kind that nobody can do."""
    found = list(orders)
    for kind in {order.kind for order in found}:
        registry.handler(kind)
    queue().put(found)


def fence(work: Work) -> None:
    """Raise LostLease unless the work is still ours. Inside a transaction two workers cannot both commit."""
    queue().fence(work)


def waits(*, kind: str, payload: dict[str, Any]) -> bool:
    """Whether work of this kind with these entries in its payload waits or runs."""
    return queue().waits(kind, payload)


def forget(*, organisation_id: UUID) -> None:
    """Remove all work of an organisation that is being deleted."""
    queue().forget(organisation_id)


def schedule() -> None:
    """Order the regular work of the present period, once whoever asks."""
    moment = clock.now().timestamp()
    for plan in registry.schedules():
        queue().put_periodic(plan.kind, int(moment // plan.seconds), plan.seconds)
