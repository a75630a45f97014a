"""A request as it comes in, whatever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


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
