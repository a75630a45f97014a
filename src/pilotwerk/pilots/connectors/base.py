"""What every way out answers: it went out, it surely did not, or nobody can know."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pilotwerk.core.errors import BadInput


def always() -> bool:
    """Nothing holds it back."""
    return True


@dataclass(frozen=True, slots=True)
class Record:
    """The decided case as values, for ways out that take more than a letter. `details` are plain JSON.

    `source_id` is the number that the case has where it came from; `columns` and `rows` are the recipe's own table.
    """

    pilot: str
    kind: str
    category: str
    source_id: str
    decided_at: str
    details: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One reply. `recipient` is an address; `in_reply_to` the Message-ID of the request, where it has one."""

    recipient: str | None
    subject: str
    body: str
    case: str
    sender: str | None = None
    in_reply_to: str | None = None
    # Name and content of files that lie beside the text, where the way out can carry them.
    files: tuple[tuple[str, bytes], ...] = ()
    # The Message-IDs of the thread, oldest first, the request last.
    references: tuple[str, ...] = ()
    # Further addresses: it goes to all of them or to none.
    also: tuple[str, ...] = ()
    # Asked directly before the outside effect; after a "no" the connector answers `HeldBack`.
    may_go: Callable[[], bool] = field(default=always, compare=False, repr=False)
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is out, now or by an earlier call with the same key. `reference`: file name or Message-ID."""

    reference: str


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """It surely did not go out. `retry`: trying again later may help. `reason` is a sentence for people."""

    reason: str
    retry: bool


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """It may or may not have gone out; only a person can find out. Never repeat it by machine."""

    reason: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """It surely did not go out: it was stopped directly before."""


Outcome = Delivered | NotDelivered | OutcomeUnknown | HeldBack


class Connector(Protocol):
    """A way out."""

    def deliver(self, message: Message, key: str) -> Outcome:
        """Lets the message out. `key` names the action: the same key again is the same action, not a second one.

        `message.may_go()` is asked as late as possible: a stop must win until the effect itself.
        """


def key_digest(key: str) -> str:
    """24 hexadecimal digits for a key, safe in file names and Message-IDs. Raises `BadInput` for an empty key."""
    if not key.strip() or not key.isprintable():
        raise BadInput("A delivery needs a printable, non-empty key.")
    return hashlib.sha256(key.encode()).hexdigest()[:24]
