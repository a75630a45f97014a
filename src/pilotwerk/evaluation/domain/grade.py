"""How far a result can be trusted, as a grade with its reasons and what the next grade needs.

Rules, in this order:
- D, not provable: there is nothing to compare with, neither a control arm nor measured cases from before.
- inconclusive: there is a comparison, but it has too few cases or its interval contains zero.
- C, weak: the only comparison is before against after; anything else that changed meanwhile is in it.
- A, very well supported: randomised, the primary figure's interval excludes zero, the pilot ran at least 28
  days, at least 100 cases have a checked quality, and no guardrail is worse.
- B, well supported: randomised and the interval excludes zero, but a condition of A is missing.

The grade says how sure the result is, not whether it is good: a harm can be proven as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain.effect import MINIMUM_PER_ARM, Verdict
from pilotwerk.evaluation.domain.metrics import Outcome

MINIMUM_DAYS = 28
MINIMUM_CHECKED = 100

Design = Literal["randomised", "before_after", "none"]


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Point:
    """One reason or one thing missing: a code, and how much there is of how much is asked, where that is a
    number.
    """

    code: str
    have: int | None = None
    need: int | None = None
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    grade: Grade
    reasons: tuple[Point, ...]
    missing: tuple[Point, ...]
    next_grade: Grade | None


def grade(
    *, design: Design, primary: Outcome | None, guardrails: Sequence[Outcome], days: int, checked: int
) -> Evidence:
    """Apply the rules above.

    `days` counts from the pilot's start, `checked` the cases with checked quality.
    """
    if design == "none" or primary is None:
        return Evidence(Grade.D, (Point("nothing_to_compare"),), (Point("comparison"),), Grade.C)
    assigned = Point("randomised" if design == "randomised" else "before_after")
    better = Grade.B if design == "randomised" else Grade.C
    difference = primary.comparison.difference
    if isinstance(difference, CannotTell):
        fewest = min(primary.comparison.ai.n, primary.comparison.control.n)
        needed = Point("cases", fewest, MINIMUM_PER_ARM) if fewest < MINIMUM_PER_ARM else Point("spread")
        return Evidence(Grade.INCONCLUSIVE, (assigned, Point("no_interval")), (needed,), better)
    if not difference.excludes_zero:
        return Evidence(
            Grade.INCONCLUSIVE, (assigned, Point("zero_inside")), (Point("zero_outside"),), better
        )
    reasons = (assigned, Point("zero_excluded"))
    if design == "before_after":
        return Evidence(Grade.C, reasons, (Point("random_assignment"),), Grade.B)
    missing = _missing_for_a(guardrails, days, checked)
    if missing:
        return Evidence(Grade.B, reasons, missing, Grade.A)
    kept = (
        Point("days", days, MINIMUM_DAYS),
        Point("checked", checked, MINIMUM_CHECKED),
        Point("guardrails"),
    )
    return Evidence(Grade.A, reasons + kept, (), None)


def _missing_for_a(guardrails: Sequence[Outcome], days: int, checked: int) -> tuple[Point, ...]:
    missing: list[Point] = []
    if days < MINIMUM_DAYS:
        missing.append(Point("days", days, MINIMUM_DAYS))
    if checked < MINIMUM_CHECKED:
        missing.append(Point("checked", checked, MINIMUM_CHECKED))
    missing += [
        Point("guardrail_worse", metric=each.metric.key)
        for each in guardrails
        if each.verdict is Verdict.WORSE
    ]
    return tuple(missing)
