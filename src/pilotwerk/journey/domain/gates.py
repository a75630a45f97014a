"""A gate: what its criteria say, and which decision is possible when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a criterion says. Open means that it cannot be told yet, not that it failed."""

    MET = "met"
    OPEN = "open"
    NOT_MET = "not_met"


class Decision(StrEnum):
    """What a person decides at a gate."""

    PASS = "pass"  # noqa: S105 - a decision, not a password
    HOLD = "hold"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One criterion, computed from the data: what is asked, what was measured, where the evidence is."""

    state: State
    required: str
    measured: str
    evidence_url: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many criteria are met, open, not met."""

    met: int
    open: int
    not_met: int

    @property
    def total(self) -> int:
        """All criteria of the gate."""
        return self.met + self.open + self.not_met

    @property
    def complete(self) -> bool:
        """All criteria are met. A gate without criteria is never complete: nothing is proven."""
        return self.total > 0 and self.met == self.total


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a decision is not possible: "reason_missing", "no_criteria" or, with its check, "not_justified"."""

    kind: str
    check: str = ""


def summary(results: Mapping[str, CheckResult]) -> Summary:
    """Counts by state."""
    states = [result.state for result in results.values()]
    return Summary(states.count(State.MET), states.count(State.OPEN), states.count(State.NOT_MET))


def unmet(results: Mapping[str, CheckResult]) -> list[str]:
    """The criteria that are open or not met, in their order."""
    return [name for name, result in results.items() if result.state is not State.MET]


def objections(
    decision: Decision, *, reason: str, results: Mapping[str, CheckResult], overridden: Mapping[str, str]
) -> list[Objection]:
    """What stands against a decision; an empty list means that it may be signed.

    Every decision needs a reason. Passing also needs at least one criterion, and a reason of its own for
    every criterion that is open or not met. Holding and stopping are always possible.
    """
    found = [] if reason.strip() else [Objection("reason_missing")]
    if decision is not Decision.PASS:
        return found
    if not results:
        found.append(Objection("no_criteria"))
    return found + [
        Objection("not_justified", name) for name in unmet(results) if not overridden.get(name, "").strip()
    ]
