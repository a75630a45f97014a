"""Further checks that every answer passes before it may leave, whatever path it takes.

A part that has something to say against an answer (a budget that is used up, for example) registers a function
here. It is asked when a person or the program lets an answer out, and again when the worker is about to send
it. It raises ``Refused`` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from pilotwerk.core.errors import Refused
from pilotwerk.pilots.models import Case, Proposal

Guard = Callable[[Case, Proposal], None]
_guards: dict[str, Guard] = {}


def register_guard(name: str, guard: Guard) -> None:
    """Have ``guard`` asked about every answer. A name stands once."""
    if name in _guards:
        raise ValueError(f"the guard {name} is registered twice")
    _guards[name] = guard


def unregister_guard(name: str) -> None:
    """Take a guard away again."""
    _guards.pop(name, None)


def guards_ask(case: Case, proposal: Proposal) -> None:
    """Ask all; the first that refuses ends it."""
    for guard in _guards.values():
        guard(case, proposal)


def objection(case: Case, proposal: Proposal) -> str:
    """The first reason against letting it out; empty when there is none."""
    try:
        guards_ask(case, proposal)
    except Refused as refusal:
        return str(refusal)
    return ""
