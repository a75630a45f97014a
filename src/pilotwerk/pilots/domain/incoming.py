"""A request as it comes in, whatever brought it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

KEY_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class NewCase:
    """One request. ``key`` is unique in its pilot: the same key again is the same request, not a second one.

    ``payload`` is what a recipe keeps with it beside the text, as plain JSON.
    """

    key: str
    text: str
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    received_at: datetime | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stored_key(self) -> str:
        """The key as it is kept. A longer one ends in its SHA-256, so that two that begin alike stay two cases."""
        if len(self.key) <= KEY_LENGTH:
            return self.key
        digest = hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()
        return self.key[: KEY_LENGTH - len(digest)] + digest


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch: numbers of new cases, keys that were known before, keys without text."""

    new: tuple[str, ...] = field(default=())
    known: tuple[str, ...] = field(default=())
    empty: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Unusable:
    """What a source holds and cannot be taken: where it stands, and why as a sentence."""

    row: int
    column: str
    message: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of what a source holds: requests, or rows of a table; and how far it was read with it.

    `more`: the source has more at once. A batch may hold what was read before; it is known by its keys.
    """

    requests: tuple[NewCase, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    unusable: tuple[Unusable, ...] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False


class SourceReader(Protocol):
    """A source that is read on and on."""

    def step(self, cursor: Mapping[str, Any], *, since: datetime) -> Batch:
        """What comes after `cursor`; requests that came in before `since` are passed over."""

    def whole(self) -> Batch:
        """All rows that there are now."""
