"""The effect of a pilot in one piece: every figure, the design, the grade."""

from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.evaluation.domain.grade import Design, Evidence, grade
from pilotwerk.evaluation.domain.metrics import (
    PRIMARY,
    Measured,
    Outcome,
    before_after,
    checked_quality,
    outcomes,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """`primary` is None when there is nothing to compare with; `outcomes` holds it too, first."""

    design: Design
    outcomes: tuple[Outcome, ...]
    evidence: Evidence
    days: int
    cases: int
    checked: int

    @property
    def primary(self) -> Outcome | None:
        return None if self.design == "none" else self.outcomes[0]

    @property
    def guardrails(self) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.metric.role == "guardrail")


def effect(cases: Sequence[Measured], *, before_minutes: Sequence[float | None], days: int) -> Effect:
    """Evaluate closed cases.

    `before_minutes` are handling times from before the pilot, used without a control arm.
    """
    found = outcomes(cases)
    arms = {case.arm for case in cases}
    design: Design = "none"
    if arms >= {"ai", "control"}:
        design = "randomised"
    elif "ai" in arms and any(value is not None for value in before_minutes):
        design = "before_after"
        found = (before_after(before_minutes, cases), *found[1:])
    assert found[0].metric is PRIMARY
    checked = checked_quality(cases)
    evidence = grade(
        design=design,
        primary=None if design == "none" else found[0],
        guardrails=[each for each in found if each.metric.role == "guardrail"],
        days=days,
        checked=checked,
    )
    return Effect(design, found, evidence, days, len(cases), checked)
