"""A request as it comes in, whatever brought it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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
