"""What a connector gets of a connection, and what looking at it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilotwerk.processes.models import DatabaseConnection


def _forget(secrets: Mapping[str, str]) -> None:
    """Nothing is kept: for a connection that is only tried out."""


@dataclass(frozen=True)
class Access:
    """Settings and opened secrets of a connection; `keep` stores secrets that the other side has renewed."""

    settings: Mapping[str, Any]
    secrets: dict[str, str] = field(repr=False)
    keep: Callable[[Mapping[str, str]], None] = field(default=_forget, repr=False)
    # The connection's own number: part of the keys of what comes from it, and of the names of what it owns.
    id: str = ""
    # Of kinds that need them: the database of the processes room, the folder on this machine.
    database: DatabaseConnection | None = None
    folder: Path | None = None


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
    # The first entries as a table, and what is wrong with some of them.
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    problems: tuple[str, ...] = ()
