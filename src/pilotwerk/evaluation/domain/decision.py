"""Scale, change or stop: which decision may be signed when."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from pilotwerk.evaluation.domain.effect import Verdict
from pilotwerk.evaluation.domain.grade import Evidence, Grade
from pilotwerk.evaluation.domain.metrics import Outcome


class Choice(StrEnum):
    SCALE = "scale"
    CHANGE = "change"
    STOP = "stop"


class Obstacle(StrEnum):
    """Why a decision cannot be signed yet."""

    TOO_EARLY = "too_early"
    WEAK_EVIDENCE = "weak_evidence"
    NOT_BETTER = "not_better"
    GUARDRAIL_WORSE = "guardrail_worse"


def obstacle(
    choice: Choice,
    *,
    today: date,
    gate_day: date | None,
    evidence: Evidence,
    primary: Outcome | None,
    guardrails: Sequence[Outcome],
) -> Obstacle | None:
    """Stopping is always possible.

    Anything else waits for gate 3; scaling also needs a proven benefit at no price.
    """
    if choice is Choice.STOP:
        return None
    if gate_day is not None and today < gate_day:
        return Obstacle.TOO_EARLY
    if choice is Choice.CHANGE:
        return None
    if evidence.grade not in {Grade.A, Grade.B}:
        return Obstacle.WEAK_EVIDENCE
    if primary is None or primary.verdict is not Verdict.BETTER:
        return Obstacle.NOT_BETTER
    if any(each.verdict is Verdict.WORSE for each in guardrails):
        return Obstacle.GUARDRAIL_WORSE
    return None
