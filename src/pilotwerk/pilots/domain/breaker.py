"""The circuit breaker of a language model: after failures in a row it is left alone for a while, then tried once.

Closed: every call goes out. Open: none does until a moment. Half-open: one call is the trial; its success closes
the circuit, its failure opens it again for twice as long. (M. Nygard, Release It!, "Circuit Breaker".)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# So many failures in a row open the circuit.
FAILURES: Final = 5
# The first pause, and the longest one.
PAUSE: Final = timedelta(seconds=60)
LONGEST: Final = timedelta(minutes=30)
# A trial that has not come back after so long counts as lost, and another one may be made.
TRIAL: Final = timedelta(minutes=3)


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """State, failures in a row, and from when on the next trial is allowed."""

    circuit: Circuit = Circuit.CLOSED
    failures: int = 0
    retry_at: datetime | None = None


def asked(breaker: Breaker, moment: datetime) -> Breaker | None:
    """What the breaker becomes when a call wants to go out now; None when it must not."""
    if breaker.circuit is Circuit.CLOSED:
        return breaker
    if breaker.retry_at is not None and moment < breaker.retry_at:
        return None
    return Breaker(Circuit.HALF_OPEN, breaker.failures, moment + TRIAL)


def succeeded(breaker: Breaker) -> Breaker:
    """One good answer closes the circuit and forgets the failures."""
    return Breaker()


def failed(breaker: Breaker, moment: datetime) -> Breaker:
    """One more failure. The pause doubles with every failed trial."""
    failures = breaker.failures + 1
    if failures < FAILURES and breaker.circuit is Circuit.CLOSED:
        return Breaker(Circuit.CLOSED, failures)
    doubled = min(max(failures - FAILURES, 0), 10)
    return Breaker(Circuit.OPEN, failures, moment + min(PAUSE * 2**doubled, LONGEST))
