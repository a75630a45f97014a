"""Handling time of a case: the same rule for both arms, measured by the server.

A sitting starts when a person opens the case and ends when the person decides it, or opens another one.
Signals are the opening, the page's sign of activity (at most one every 20 seconds, only when somebody typed,
scrolled or moved the pointer; without JavaScript there are none) and the end. The time between two signals
counts, but no gap counts for more than ``idle_cap``: whoever goes to lunch does not handle a case for an
hour. Time of several persons on one case adds up, because it is work. Time after the last signal does not
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class HandlingRules:
    """Both caps in seconds. A capped case is kept: leaving it out would favour the slower arm."""

    idle_cap: float = 600.0
    case_cap: float = 7200.0


RULES = HandlingRules()


def gap_seconds(earlier: datetime, later: datetime, rules: HandlingRules = RULES) -> float:
    """What the time between two signals counts, in seconds; 0 when the clock went backwards."""
    return min(max((later - earlier).total_seconds(), 0.0), rules.idle_cap)


def sitting_seconds(signals: Sequence[datetime], rules: HandlingRules = RULES) -> float:
    """Counted time of one sitting in seconds, from its signals in any order."""
    return sum(gap_seconds(a, b, rules) for a, b in pairwise(sorted(signals)))


def case_seconds(sittings: Iterable[float], rules: HandlingRules = RULES) -> float | None:
    """Handling time of a case in seconds, at most ``case_cap``; None when nobody ever opened it."""
    total = list(sittings)
    return min(sum(total), rules.case_cap) if total else None
