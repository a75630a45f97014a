"""What a connector gets of a connection, and what looking at it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


def _forget(secrets: Mapping[str, str]) -> None:
    """Nothing is kept: for a connection that is only tried out."""


@dataclass(frozen=True)
class Access:
    """Settings and opened secrets of a connection; `keep` stores secrets that the other side has renewed."""

    settings: Mapping[str, Any]
    secrets: dict[str, str] = field(repr=False)
    keep: Callable[[Mapping[str, str]], None] = field(default=_forget, repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that would be read."""

    when: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a test of a connection shows: the newest few things of `total`; nothing of it is stored."""

    seen: tuple[Seen, ...]
    total: int
