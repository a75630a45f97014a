"""The port of the queue: what a piece of work is, and what every implementation must be able to do.

Two implementations stand behind it: `leased` (rows of our own, on SQLite and PostgreSQL) and `procrastination`
(Procrastinate's tables on PostgreSQL). One suite of tests runs against both (core/tests/test_jobs.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

LEASE: Final = timedelta(seconds=60)
"""How long work belongs to a worker that gives no sign of life; a living one renews three times in between."""
MAX_ATTEMPTS: Final = 5
MAX_DEATHS: Final = 50
"""Work that so many workers did not survive is given up, so that it cannot kill workers for ever."""
NOBODY: Final = UUID(int=0)
"""Stands for work of the installation, which belongs to no organisation; it takes turns like one."""


class LostLease(Exception):
    """Another worker owns the work by now; whatever this one did in its transaction must be rolled back."""


@dataclass(frozen=True, slots=True)
class Order:
    """Work to be put into the queue."""

    kind: str
    organisation_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    run_at: datetime | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work in a worker's hands. `holder` says in whose: a token or a worker's number."""

    id: str
    kind: str
    organisation_id: UUID | None
    payload: dict[str, Any]
    key: str | None
    attempts: int
    holder: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The state of a queue: pieces of work by what they do, and since when the oldest due one waits."""

    waiting: int
    due: int
    running: int
    failed: int
    oldest_due: datetime | None


class Session(Protocol):
    """One worker thread's hold on the queue. It remembers whose turn it was last.

    Fairness: organisations take turns. After a piece of work of one organisation comes the oldest due work of
    the next organisation that has any, so the wait of an organisation depends on how many others have work
    and not on how much work they have.
    """

    def claim(self, finished: Sequence[Work] = ()) -> list[Work]:
        """Take the next due work; in the same commit, `finished` is over and forgotten. Empty when nothing is due.

        More than one piece only of a kind that may be grouped: all of one kind and organisation, oldest first.
        """

    def failed(self, work: Work, error: str) -> None:
        """It raised: try again after `pause`, or give it up for good after MAX_ATTEMPTS."""

    def finish(self, finished: Sequence[Work]) -> None:
        """These are over and forgotten, without a claim: the last ones of a worker that ends."""

    def release(self, works: Sequence[Work]) -> None:
        """These were not begun; another worker may take them."""

    def renew(self, work: Work | None) -> None:
        """A sign of life of the worker, with `work` in its hands. LostLease when it belongs to another by now."""

    def close(self) -> None:
        """The worker ends."""


class Queue(Protocol):
    """An implementation of the port. All writes use Django's connection and its running transaction."""

    name: str

    def put(self, orders: Sequence[Order]) -> None:
        """Store work in the running transaction; an order whose key waits or runs already is left out."""

    def put_periodic(self, kind: str, slot: int, seconds: int) -> None:
        """Store the work of a kind for a period, numbered `slot`, once whoever asks and how often."""

    def session(self, kinds: list[str] | None = None) -> Session:
        """A new worker thread's hold on the queue; only for these kinds when given."""

    def fence(self, work: Work) -> None:
        """Raise LostLease unless `work` is still its holder's. In a transaction the row stays locked until its
        end: two workers cannot both commit.
        """

    def sweep(self) -> int:
        """Free what dead workers left behind; answers how many pieces of work."""

    def waits(self, kind: str, payload: dict[str, Any]) -> bool:
        """Whether work of this kind with these entries in its payload waits or runs."""

    def forget(self, organisation_id: UUID) -> None:
        """Remove all work of an organisation."""

    def counts(self) -> Counts:
        """The state of the queue."""


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 2, 4, 8 seconds and so on, at most five minutes."""
    return timedelta(seconds=min(2**attempts, 300))
