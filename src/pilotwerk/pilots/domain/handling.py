"""Handling time of a case: the same rule for both arms, measured by the server.

A sitting starts when a person opens the case and ends when the person decides it, or opens another one.
Signals are the opening, the page's signs of activity and the end. The time between two signals counts, but no
gap counts for more than a cap: whoever goes to lunch does not handle a case for an hour. Without JavaScript
there are no signs of activity and the cap is ``idle_cap``; with them (at most one every 20 seconds, only when
somebody typed, scrolled or moved the pointer) silence says more, and it is ``live_cap``. Time of several
persons on one case adds up, because it is work. Time after the last signal does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HandlingRules:
    """All caps in seconds. A capped case is kept: leaving it out would favour the slower arm."""

    idle_cap: float = 600.0
    live_cap: float = 60.0
    case_cap: float = 7200.0


RULES = HandlingRules()


def gap_seconds(
    earlier: datetime, later: datetime, rules: HandlingRules = RULES, *, live: bool = False
) -> float:
    """What the time between two signals counts, in seconds; 0 when the clock went backwards.

    ``live``: the page has given signs of activity in this sitting.
    """
    cap = rules.live_cap if live else rules.idle_cap
    return min(max((later - earlier).total_seconds(), 0.0), cap)


def case_seconds(sittings: Iterable[float], rules: HandlingRules = RULES) -> float | None:
    """Handling time of a case in seconds, at most ``case_cap``; None when nobody ever opened it."""
    total = list(sittings)
    return min(sum(total), rules.case_cap) if total else None
