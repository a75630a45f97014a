"""Which function does which kind of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pilotwerk.core.jobs.port import Work

Handler = Callable[[Work], None]


@dataclass(frozen=True)
class Schedule:
    kind: str
    seconds: int


_handlers: dict[str, Handler] = {}
_schedules: list[Schedule] = []


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind of work ("room.verb"). A kind has one handler."""
    if kind in _handlers:
        raise ValueError(f"the kind of work {kind} is registered twice")
    _handlers[kind] = handler


def every(kind: str, seconds: int) -> None:
    """Let the worker run `kind` once in each period of `seconds` (at least 1)."""
    if seconds < 1:
        raise ValueError("a period lasts at least one second")
    _schedules.append(Schedule(kind, seconds))


def handler(kind: str) -> Handler:
    """The handler of a kind; KeyError for an unknown one."""
    return _handlers[kind]


def schedules() -> list[Schedule]:
    return list(_schedules)
