"""A request as it comes in, whatever brought it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewCase:
    """One request. ``key`` is unique in its pilot: the same key again is the same request, not a second one."""

    key: str
    text: str
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a batch: numbers of new cases, keys that were known before, keys without text."""

    new: tuple[str, ...] = field(default=())
    known: tuple[str, ...] = field(default=())
    empty: tuple[str, ...] = field(default=())
