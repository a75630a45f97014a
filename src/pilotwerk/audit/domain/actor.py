"""Who did something. The log lies below the accounts, so an actor is plain values, not a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["member", "visitor", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is stable and stays in the log for ever; `name` of a person can be erased later.

    `member`: a signed-in person, `id` is the user's key. `visitor`: a person without a session (a survey
    link, a failed sign-in), `id` may be empty. `system`: a part of the program, named by `id`.
    """

    kind: Kind
    id: str
    name: str

    @property
    def is_person(self) -> bool:
        return self.kind != "system"


def System(name: str) -> Actor:
    """A part of the program acts by itself, for example `System("worker")`."""
    return Actor("system", name, name)


def member(user_id: object, name: str) -> Actor:
    """A signed-in person acts. `user_id` is the user's primary key."""
    return Actor("member", str(user_id), name)


def visitor(name: str = "", visitor_id: object = "") -> Actor:
    """A person without a session acts, for example with an invitation link or a wrong password."""
    return Actor("visitor", str(visitor_id), name)
