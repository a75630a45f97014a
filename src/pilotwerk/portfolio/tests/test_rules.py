"""A company weighs an idea: what would it bring in a year, how risky is it, and is it worth doing at all?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.measured import minutes_per_case, volume_per_year
from pilotwerk.portfolio.domain.plane import plane
from pilotwerk.portfolio.domain.potential import Inputs, potential
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.ranking import adjusted_benefit, ranked
from pilotwerk.portfolio.domain.risk import RiskQuestion, risk


def inputs(**changed: Range) -> Inputs:
    values = {
        "cases_per_year": Range(4500, 4900, 5300),
        "minutes_per_case": Range(10, 11, 12),
        "hourly_cost": Range.exactly(46.0),
        "automatable_share": Range(0.3, 0.5, 0.7),
        "review_minutes": Range(2, 3, 5),
        "realisation_factor": Range(0.4, 0.6, 0.8),
        "avoided_error_cost": Range(0, 500, 1000),
        "setup_cost": Range(3000, 4000, 6000),
        "running_cost": Range(1500, 2000, 3000),
    }
    return Inputs(**{**values, **changed})


def test_requests_to_support_calculated_by_hand() -> None:
    result = potential(inputs())
    assert result.hours.likely == pytest.approx(4900 * 0.5 * 8 / 60)
    assert result.benefit.likely == pytest.approx(4900 * 0.5 * 8 / 60 * 46 * 0.6 + 500)
    assert result.hours.low == pytest.approx(4500 * 0.3 * 5 / 60)
    assert result.net.low == pytest.approx(4500 * 0.3 * 5 / 60 * 46 * 0.4 - 9000)
    assert result.net.high == pytest.approx(5300 * 0.7 * 10 / 60 * 46 * 0.8 + 1000 - 4500)


def test_checking_wrong_proposals_costs_time() -> None:
    given = inputs(automatable_share=Range(0.6, 0.7, 0.8), wasted_share=Range(0.2, 0.3, 0.4))
    saved = 0.7 * (given.minutes_per_case.likely - given.review_minutes.likely)
    checked = 0.3 * given.review_minutes.likely
    assert potential(given).hours.likely == pytest.approx(4900 * (saved - checked) / 60)
    worst = 0.6 * (given.minutes_per_case.low - given.review_minutes.high) - 0.4 * given.review_minutes.high
    assert potential(given).hours.low == pytest.approx((4500 if worst > 0 else 5300) * worst / 60)


def test_inputs_outside_their_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        inputs(automatable_share=Range(0.5, 0.9, 1.2))
    with pytest.raises(ValueError, match="negative"):
        inputs(setup_cost=Range(-1, 0, 1))
    with pytest.raises(ValueError, match="low <= likely <= high"):
        Range(3, 2, 1)


def spans(low: float, high: float) -> st.SearchStrategy[Range]:
    return st.lists(st.floats(low, high), min_size=3, max_size=3).map(lambda v: Range(*sorted(v)))


@st.composite
def any_inputs(draw: st.DrawFn) -> Inputs:
    return Inputs(
        cases_per_year=draw(spans(0, 50_000)),
        minutes_per_case=draw(spans(10, 60)),
        hourly_cost=draw(spans(10, 150)),
        automatable_share=draw(spans(0, 1)),
        review_minutes=draw(spans(0, 10)),
        realisation_factor=draw(spans(0, 1)),
        avoided_error_cost=draw(spans(0, 10_000)),
        setup_cost=draw(spans(0, 30_000)),
        running_cost=draw(spans(0, 30_000)),
    )


HELPS = (
    "cases_per_year",
    "minutes_per_case",
    "hourly_cost",
    "realisation_factor",
    "automatable_share",
    "avoided_error_cost",
)
HURTS = ("review_minutes", "setup_cost", "running_cost")


@given(any_inputs(), st.sampled_from(HELPS + HURTS), st.floats(0, 1))
def test_more_of_what_helps_never_lowers_the_benefit_and_more_of_what_costs_never_raises_it(
    before: Inputs, name: str, step: float
) -> None:
    old: Range = getattr(before, name)
    ceiling = 1.0 if name in ("automatable_share", "realisation_factor") else 10.0
    if name != "review_minutes" and ceiling == 10.0:
        ceiling = 1e6
    moved = Range(*sorted(value + (ceiling - value) * step for value in (old.low, old.likely, old.high)))
    values = {field: getattr(before, field) for field in before.__dataclass_fields__}
    earlier, later = potential(before).net, potential(Inputs(**{**values, name: moved})).net
    sign = 1 if name in HELPS else -1
    for end in ("low", "likely", "high"):
        a, b = getattr(earlier, end), getattr(later, end)
        assert sign * (b - a) >= -1e-6 * max(1.0, abs(a), abs(b))


@given(any_inputs(), st.data())
def test_whatever_the_truth_inside_the_ranges_the_result_lies_between_low_and_high(
    before: Inputs, data: st.DataObject
) -> None:
    truth = {}
    for name in before.__dataclass_fields__:
        span: Range = getattr(before, name)
        truth[name] = Range.exactly(data.draw(st.floats(span.low, span.high)))
    result, bounds = potential(Inputs(**truth)).net.likely, potential(before).net
    slack = 1e-6 * max(1.0, abs(result))
    assert bounds.low - slack <= result <= bounds.high + slack


QUESTIONS = [
    RiskQuestion("text", "data", {"good": 0, "gaps": 60}),
    RiskQuestion("history", "data", {"good": 0, "gaps": 60}),
    RiskQuestion("personal", "privacy", {"no": 0, "yes": 50, "sensitive": 100}),
]


def test_an_open_question_widens_the_risk_instead_of_hiding() -> None:
    known = risk(QUESTIONS, {"text": "good", "history": "gaps", "personal": "yes"})
    assert known.groups == {"data": Range(60, 60, 60), "privacy": Range(50, 50, 50)}
    assert known.score == Range(57.5, 57.5, 57.5)
    assert known.largest == "data"
    unsure = risk(QUESTIONS, {"text": "good", "history": "gaps"})
    assert unsure.score == Range(45, 57.5, 90)
    assert unsure.unanswered == ("personal",)
    with pytest.raises(ValueError, match="no option"):
        risk(QUESTIONS, {"personal": "perhaps"})


def test_one_grave_risk_is_not_hidden_by_harmless_answers() -> None:
    harmless = [RiskQuestion(f"q{n}", f"group{n}", {"fine": 0}) for n in range(3)]
    grave = RiskQuestion("people", "ai_act", {"applicants": 100})
    found = risk([*harmless, grave], {"people": "applicants", **{f"q{n}": "fine" for n in range(3)}})
    assert found.score.likely == 62.5


def test_ranking_prefers_benefit_at_low_risk_and_puts_the_unassessed_last() -> None:
    scores = {
        "risky": (Range(0, 10_000, 20_000), Range(60, 70, 80)),
        "steady": (Range(0, 6_000, 9_000), Range(10, 20, 30)),
        "loss": (Range(-9, -5, -1), Range(0, 0, 0)),
        "unknown": None,
    }
    assert ranked(["unknown", "loss", "risky", "steady"], scores.get) == [
        "steady",
        "risky",
        "loss",
        "unknown",
    ]
    assert adjusted_benefit(Range.exactly(-5), Range.exactly(90)) == -5


def test_volume_and_minutes_are_measured_with_their_uncertainty() -> None:
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    opened = [start + timedelta(days=day, hours=n) for day in range(7 * 20 + 1) for n in range(day % 7)]
    year = volume_per_year(opened)
    assert isinstance(year, Range)
    assert year.likely == pytest.approx(21 * 365.25 / 7, rel=0.02)
    assert isinstance(volume_per_year(opened[:30]), CannotTell)
    assert isinstance(volume_per_year([]), CannotTell)
    minutes = minutes_per_case([10.0, 12.0, None] * 20)
    assert isinstance(minutes, Range)
    assert minutes.likely == 11
    assert 10.5 < minutes.low < 11 < minutes.high < 11.5
    assert isinstance(minutes_per_case([None, 3.0]), CannotTell)


def test_the_picture_covers_zero_and_all_ranges_on_round_figures() -> None:
    drawn = plane([(Range(-3000, 2000, 9000), Range(0, 20, 40)), (Range(500, 600, 700), Range(90, 100, 100))])
    assert (drawn.low, drawn.high) == (-5000, 10_000)
    assert drawn.zero == pytest.approx(100 / 3)
    for point in drawn.points:
        assert 0 <= point.left <= point.x <= point.left + point.width <= 100
        assert 0 < point.top <= point.y <= point.top + point.height < 100
    assert drawn.points[0].y < drawn.points[1].y
    nothing = plane([])
    assert nothing.low < nothing.high


@given(st.lists(st.tuples(spans(-1e6, 1e6), spans(0, 100)), max_size=8))
def test_every_use_case_lies_inside_the_picture(items: list[tuple[Range, Range]]) -> None:
    drawn = plane(items)
    assert drawn.low <= 0 <= drawn.high
    for point in drawn.points:
        assert -1e-6 <= point.left <= point.x + 1e-6
        assert point.left + point.width <= 100 + 1e-6
