"""Which function does which kind of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pilotwerk.core.jobs.port import Work

Handler = Callable[[Work], None]
GroupHandler = Callable[[Sequence[Work]], Sequence[Work]]


@dataclass(frozen=True)
class Schedule:
    kind: str
    seconds: int


@dataclass(frozen=True)
class Group:
    """Short work of one organisation that a worker takes several of at once, to share commits."""

    most: int
    handler: GroupHandler | None


_handlers: dict[str, Handler] = {}
_groups: dict[str, Group] = {}
_schedules: list[Schedule] = []


def register(kind: str, handler: Handler) -> None:
    """Name the handler of a kind of work ("room.verb"). A kind has one handler."""
    if kind in _handlers:
        raise ValueError(f"the kind of work {kind} is registered twice")
    _handlers[kind] = handler


def grouped(kind: str, *, most: int, handler: GroupHandler | None = None) -> None:
    """Let a worker take up to `most` pieces of this short work at once, all of one organisation.

    With a `handler` for groups they are done in one go; it answers which are done, the others go back. If it
    raises, each is tried alone. Without, they are done one after the other and only share the queue's commits.
    """
    _groups[kind] = Group(most, handler)


def every(kind: str, seconds: int) -> None:
    """Let the worker run `kind` once in each period of `seconds` (at least 1)."""
    if seconds < 1:
        raise ValueError("a period lasts at least one second")
    _schedules.append(Schedule(kind, seconds))


def handler(kind: str) -> Handler:
    """The handler of a kind; KeyError for an unknown one."""
    return _handlers[kind]


def groups() -> dict[str, Group]:
    """The kinds that may be taken several at once."""
    return _groups


def schedules() -> list[Schedule]:
    return list(_schedules)
