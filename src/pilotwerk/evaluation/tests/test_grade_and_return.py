"""From a comparison to a grade, and from a grade to money."""

from dataclasses import dataclass

import pytest

from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain import metrics
from pilotwerk.evaluation.domain.acceptance import Acceptance, standing_out, total
from pilotwerk.evaluation.domain.effect import Arm, Comparison, Difference, Verdict
from pilotwerk.evaluation.domain.grade import Grade, Point, grade
from pilotwerk.evaluation.domain.metrics import METRICS, PRIMARY, Outcome
from pilotwerk.evaluation.domain.report import effect
from pilotwerk.evaluation.domain.roi import Assumptions, Band, annual_return, minutes_saved

QUALITY = next(metric for metric in METRICS if metric.key == "quality")


@dataclass(frozen=True)
class Case:
    arm: str
    handling_seconds: float | None = None
    response_hours: float | None = None
    quality_ok: bool | None = None
    satisfaction: int | None = None
    recontacted: bool | None = None


def between(low: float, high: float) -> Comparison:
    difference = Difference((low + high) / 2, low, high, 0.95, "welch")
    return Comparison(Arm(58, 0, 6.1), Arm(61, 0, 10.9), difference, ())


FASTER = Outcome(PRIMARY, between(-6.8, -2.8))
UNCLEAR = Outcome(PRIMARY, between(-2.0, 1.0))
QUALITY_SAME = Outcome(QUALITY, between(-0.05, 0.04))
QUALITY_FELL = Outcome(QUALITY, between(-0.20, -0.02))


def test_a_long_randomised_pilot_with_checked_quality_is_graded_a() -> None:
    found = grade(design="randomised", primary=FASTER, guardrails=[QUALITY_SAME], days=28, checked=100)

    assert (found.grade, found.missing, found.next_grade) == (Grade.A, (), None)


def test_after_nine_days_it_is_b_and_says_what_a_needs() -> None:
    found = grade(design="randomised", primary=FASTER, guardrails=[QUALITY_SAME], days=9, checked=39)

    assert found.grade is Grade.B
    assert found.missing == (Point("days", 9, 28), Point("checked", 39, 100))


def test_a_worse_guardrail_keeps_it_at_b() -> None:
    found = grade(design="randomised", primary=FASTER, guardrails=[QUALITY_FELL], days=40, checked=200)

    assert QUALITY_FELL.verdict is Verdict.WORSE
    assert (found.grade, found.missing) == (Grade.B, (Point("guardrail_worse", metric="quality"),))


def test_before_and_after_alone_is_c_at_most() -> None:
    found = grade(design="before_after", primary=FASTER, guardrails=[], days=60, checked=500)

    assert (found.grade, found.next_grade) == (Grade.C, Grade.B)


def test_an_interval_with_zero_in_it_is_inconclusive() -> None:
    found = grade(design="randomised", primary=UNCLEAR, guardrails=[], days=60, checked=500)

    assert (found.grade, found.missing) == (Grade.INCONCLUSIVE, (Point("zero_outside"),))


def test_too_few_cases_are_inconclusive_and_nothing_to_compare_with_is_d() -> None:
    few = Outcome(
        PRIMARY, metrics.outcome(PRIMARY, [Case("ai", 60.0)] * 30 + [Case("control", 90.0)] * 4).comparison
    )

    assert grade(design="randomised", primary=few, guardrails=[], days=30, checked=0).missing == (
        Point("cases", 4, 10),
    )
    assert grade(design="none", primary=None, guardrails=[], days=30, checked=0).grade is Grade.D


def test_without_a_control_arm_the_time_before_the_pilot_gives_c_and_says_so() -> None:
    cases = [Case("ai", 300.0 + 10 * i) for i in range(40)]
    before = [10.0 + i / 10 for i in range(50)]

    found = effect(cases, before_minutes=before, days=60)

    assert (found.design, found.evidence.grade) == ("before_after", Grade.C)
    assert found.primary is not None
    assert found.primary.comparison.control.n == 50
    assert found.evidence.missing == (Point("random_assignment"),)


def test_figures_come_from_the_cases_of_both_arms() -> None:
    cases = [Case("ai", 300.0 + 10 * i, 2.0, i % 4 != 0, 4, False) for i in range(20)]
    cases += [Case("control", 600.0 + 10 * i, None, i % 4 != 0, 3, i < 5) for i in range(20)]

    found = {each.metric.key: each for each in metrics.outcomes(cases)}

    assert found["handling_time"].comparison.ai.value == pytest.approx((300 + 95) / 60)
    assert found["handling_time"].verdict is Verdict.BETTER
    assert found["response_time"].comparison.control.missing == 20
    assert found["quality"].comparison.ai.value == 0.75
    assert found["recontacted"].comparison.control.successes == 5
    assert metrics.checked_quality(cases) == 40


def test_a_category_stands_out_only_against_the_others_and_with_enough_proposals() -> None:
    rows = [
        Acceptance("Termin", 40, 8, 2),
        Acceptance("Rechnung", 3, 15, 4),
        Acceptance("Angebot", 6, 4, 0),
        Acceptance("Vertrag", 0, 3, 0),
    ]

    assert standing_out(rows) == {"Rechnung"}
    assert total(rows).decided == 85
    assert standing_out([Acceptance("Termin", 0, 30, 0)]) == frozenset()


def test_the_return_is_the_sum_that_a_bookkeeper_would_get() -> None:
    """3,803 cases at 46 euro: 2.8, 4.8 and 6.8 minutes are 8,164, 13,995 and 19,826 euro a year."""
    given = Assumptions(
        cases_per_year=4876,
        ai_share=0.78,
        euro_per_hour=46,
        realisation=1,
        running=Band(5900, 4700, 4100),
        one_off=Band(9000, 8400, 7600),
    )
    saved = minutes_saved(FASTER.comparison)
    assert saved == pytest.approx((2.8, 4.8, 6.8))
    assert not isinstance(saved, CannotTell)

    found = annual_return(saved, given)

    assert found.net == pytest.approx((-6736, 895, 8126), abs=2)
    assert found.payback_months == (48, 11, 6)
    assert found.largest_influence == "saving"


def test_a_pilot_that_saves_less_than_it_costs_never_pays_back() -> None:
    given = Assumptions(1000, 1.0, 40, 0.5, Band.same(3000), Band.same(1000))

    found = annual_return(Band(-1.0, 1.0, 12.0), given)

    assert found.payback_months == (None, None, 12)
    benefit = next(line for line in found.lines if line.key == "benefit").values
    assert benefit == pytest.approx((-1000 / 60 * 40, 1000 / 60 * 40 / 2, 4000))


def test_a_factor_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.\.1"):
        Assumptions(1000, 1.0, 40, 1.5, Band.same(0), Band.same(0))
