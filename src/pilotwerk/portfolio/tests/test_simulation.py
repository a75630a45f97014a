"""How sure is the order of the ideas, and what would have to change for a refused one? Laws that always hold."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.portfolio.domain.potential import Inputs
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.refusal import BENEFIT_BOUND, Condition, Lever, Verdict, outlook
from pilotwerk.portfolio.domain.simulation import (
    DRAWS,
    Candidate,
    benefit_chance,
    group_weights,
    input_draws,
    net_draws,
    stability,
    triangular,
    two_sided_normal,
    uniforms,
)
from pilotwerk.portfolio.tests.test_rules import inputs, spans

GROUPS = {"data": Range(0, 40, 80), "people": Range.exactly(20)}


def idea(name: str = "idea", **changed: Range) -> Candidate:
    return Candidate(name, inputs(**changed), GROUPS)


@st.composite
def helpful(draw: st.DrawFn) -> Inputs:
    """Inputs in which checking never takes longer than the work."""
    return Inputs(
        cases_per_year=draw(spans(1, 50_000)),
        minutes_per_case=draw(spans(10, 60)),
        hourly_cost=draw(spans(10, 150)),
        automatable_share=draw(spans(0.01, 1)),
        review_minutes=draw(spans(0, 10)),
        realisation_factor=draw(spans(0.01, 1)),
        avoided_error_cost=draw(spans(0, 10_000)),
        setup_cost=draw(spans(0, 30_000)),
        running_cost=draw(spans(0, 30_000)),
        added_margin=draw(spans(0, 5_000)),
    )


def test_without_any_range_every_draw_is_the_net_benefit_calculated_by_hand() -> None:
    exact = Inputs(
        cases_per_year=Range.exactly(1200),
        minutes_per_case=Range.exactly(12),
        hourly_cost=Range.exactly(50),
        automatable_share=Range.exactly(0.5),
        review_minutes=Range.exactly(2),
        realisation_factor=Range.exactly(0.6),
        avoided_error_cost=Range.exactly(300),
        setup_cost=Range.exactly(1500),
        running_cost=Range.exactly(700),
        added_margin=Range.exactly(100),
    )
    # 1,200 cases x 0.5 x 10 minutes = 100 hours; x 50 EUR x 0.6 = 3,000 EUR; + 300 + 100 - 1,500 - 700.
    net = net_draws(input_draws(Candidate("exact", exact, {})))
    assert net.min() == net.max() == pytest.approx(1200)


def test_the_distributions_are_those_of_another_program() -> None:
    from scipy import stats

    at = uniforms("peer")
    ours, wanted = triangular(Range(2, 3, 7), at), stats.triang(c=0.2, loc=2, scale=5).ppf(at)
    assert ours == pytest.approx(wanted)
    measured = two_sided_normal(Range(8, 10, 12), at)
    assert measured == pytest.approx(stats.norm(10, 2 / stats.norm.ppf(0.975)).ppf(at))
    assert np.mean((measured > 8) & (measured < 12)) == pytest.approx(0.95, abs=0.01)
    weights = group_weights(["a", "b", "c"])
    assert sum(weights.values()) == pytest.approx(np.ones(DRAWS))
    # A flat Dirichlet of three: each weight is Beta(1, 2).
    assert stats.kstest(weights["a"], stats.beta(1, 2).cdf).pvalue > 0.001


def test_the_same_figures_give_the_same_result_whoever_else_is_there() -> None:
    alone, other = idea("one"), idea("two", cases_per_year=Range(10, 20, 30))
    assert stability([alone])["one"].net == stability([other, alone])["one"].net
    assert stability([alone, other]) == stability([alone, other])


def test_what_is_shared_is_drawn_once() -> None:
    wage = {"hourly_cost": Range(20, 46, 90)}
    common = {"hourly_cost": "wage"}
    a, b = (replace(idea(name, **wage), shared=common) for name in ("a", "b"))
    own = idea("b", **wage)
    assert np.array_equal(input_draws(a)["hourly_cost"], input_draws(b)["hourly_cost"])
    assert abs(np.corrcoef(input_draws(a)["hourly_cost"], input_draws(own)["hourly_cost"])[0, 1]) < 0.05
    # Where only the wage is uncertain, the larger one comes first in every draw, and not only in most.
    sure = {field: Range.exactly(getattr(inputs(), field).likely) for field in ("cases_per_year",)}
    fixed = {
        field: Range.exactly(getattr(inputs(), field).likely)
        for field in Inputs.__dataclass_fields__
        if field not in ("hourly_cost", "cases_per_year")
    }
    large = Candidate("l", inputs(**{**fixed, **sure, **wage}), {}, {"hourly_cost": "wage"})
    small = Candidate(
        "s",
        replace(large.inputs, cases_per_year=Range.exactly(4800)),
        {},
        {"hourly_cost": "wage"},
    )
    together = stability([small, large])
    drawn = net_draws(input_draws(large)) > 0
    assert together["l"].first >= drawn.mean()


@settings(max_examples=15, deadline=None)
@given(st.lists(helpful(), min_size=1, max_size=6))
def test_first_places_sum_to_one_and_ranks_stay_inside(found: list[Inputs]) -> None:
    candidates = [Candidate(str(n), one, GROUPS) for n, one in enumerate(found)]
    results = stability(candidates)
    assert sum(one.first for one in results.values()) == pytest.approx(1)
    for one in results.values():
        assert 0 <= one.first <= one.top <= 1 + 1e-9
        assert one.benefit + one.loss <= 1 + 1e-9
        assert 1 <= one.rank[0] <= one.rank[1] <= one.rank[2] <= len(found)


@settings(max_examples=15, deadline=None)
@given(helpful(), st.floats(1, 5_000), st.lists(helpful(), max_size=3))
def test_what_is_better_in_every_draw_is_never_ranked_lower(
    worse: Inputs, extra: float, others: list[Inputs]
) -> None:
    """Everything shared, the one costs less: it lies above the other in each draw."""
    names = {name: f"common:{name}" for name in Inputs.__dataclass_fields__}
    dearer = replace(worse, setup_cost=worse.setup_cost + extra)
    groups = {"data": Range.exactly(30)}
    field = [Candidate(f"other {n}", one, groups) for n, one in enumerate(others)]
    found = stability(
        [Candidate("dear", dearer, groups, names), *field, Candidate("cheap", worse, groups, names)]
    )
    cheap, dear = found["cheap"], found["dear"]
    assert all(a <= b for a, b in zip(cheap.rank, dear.rank, strict=True))
    assert cheap.first >= dear.first
    assert cheap.benefit >= dear.benefit


@settings(max_examples=25, deadline=None)
@given(helpful(), st.floats(1, 10))
def test_more_volume_never_lowers_the_probability_of_a_benefit(before: Inputs, factor: float) -> None:
    more = replace(before, cases_per_year=before.cases_per_year * factor)
    assert benefit_chance(Candidate("x", more, {})) >= benefit_chance(Candidate("x", before, {}))


@settings(max_examples=25, deadline=None)
@given(helpful())
def test_each_condition_lifts_the_probability_over_the_bound(found: Inputs) -> None:
    result = outlook(Candidate("x", found, {}))
    if result.verdict is not Verdict.NONE:
        assert result.conditions == ()
    for one in result.conditions:
        changed = lifted(found, one)
        if changed is not None:
            assert benefit_chance(Candidate("x", changed, {})) >= BENEFIT_BOUND, one


def lifted(found: Inputs, condition: Condition) -> Inputs | None:
    """The inputs with the one change that the condition names; None where the range would leave 0..1."""
    factor = condition.needed / condition.now
    if condition.lever is Lever.VOLUME:
        return replace(found, cases_per_year=found.cases_per_year * factor)
    if condition.lever is Lever.COST:
        return replace(found, setup_cost=found.setup_cost * factor, running_cost=found.running_cost * factor)
    share = found.automatable_share * factor
    return replace(found, automatable_share=share) if share.high <= 1 else None


def test_26_applications_a_year_are_refused_and_the_volume_that_would_do_is_the_first_that_does() -> None:
    few = idea(cases_per_year=Range(20, 26, 34), minutes_per_case=Range(7, 9, 12))
    result = outlook(few)
    assert result.chance < 0.001
    volume = next(one for one in result.conditions if one.lever is Lever.VOLUME)
    assert volume.now == 26
    below = replace(few.inputs, cases_per_year=few.inputs.cases_per_year * ((volume.needed - 20) / 26))
    at = replace(few.inputs, cases_per_year=few.inputs.cases_per_year * (volume.needed / 26))
    assert benefit_chance(replace(few, inputs=below)) < BENEFIT_BOUND
    assert benefit_chance(replace(few, inputs=at)) >= BENEFIT_BOUND


def test_when_checking_takes_as_long_as_the_work_no_volume_helps() -> None:
    slow = outlook(idea(review_minutes=Range(13, 14, 15)))
    assert slow.verdict is Verdict.NONE
    assert Lever.VOLUME not in {one.lever for one in slow.conditions}
    assert Lever.SHARE not in {one.lever for one in slow.conditions}


def test_thirty_use_cases_are_ranked_in_a_blink() -> None:
    """Under 200 ms of one core: its own time, so that a busy machine changes nothing."""
    candidates = [idea(f"idea {n}", cases_per_year=Range(500, 1000 + 100 * n, 6000)) for n in range(30)]
    stability(candidates)
    spent = []
    for _round in range(3):
        began = time.process_time()
        stability(candidates)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.2
