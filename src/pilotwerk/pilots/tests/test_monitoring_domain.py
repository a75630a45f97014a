"""The laws behind the monitoring page, beside numpy, SciPy and scikit-learn and beside figures done by hand."""

from __future__ import annotations

from datetime import date, timedelta
from math import isclose, log
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.pilots.domain.monitoring.alerting import (
    DEFAULTS,
    UNITS,
    Comparison,
    Measure,
    Move,
    Unit,
    crossed,
    move,
    release,
)
from pilotwerk.pilots.domain.monitoring.drift import (
    CLEAR,
    OTHER,
    Verdict,
    chi_square_99,
    drift,
    edges_of,
    psi,
)
from pilotwerk.pilots.domain.monitoring.quantiles import spread
from pilotwerk.pilots.domain.monitoring.reliability import (
    ENOUGH,
    ENOUGH_EACH,
    Point,
    equal_mass,
    reliability,
    wilson,
)
from pilotwerk.pilots.domain.monitoring.spans import SPANS, span_of

BERLIN = ZoneInfo("Europe/Berlin")


# ---- the span of time ----


@given(
    days=st.sampled_from(SPANS),
    end=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    age=st.integers(0, 500),
)
def test_a_span_has_no_gap_and_ends_today(days: int, end: date, age: int) -> None:
    begin = end - timedelta(days=age)
    span = span_of(days=days, begin=begin, end=end, zone=BERLIN)
    assert span.last == end
    assert span.first == max(begin, end - timedelta(days=days - 1))
    for one, other in zip(span.periods, span.periods[1:], strict=False):
        assert other.first == one.last + timedelta(days=1)
    assert len(span.periods) <= 54
    assert span.bounds() == sorted(span.bounds())
    if span.step == "week":
        assert all(period.first.weekday() == 0 for period in span.periods[1:])


def test_the_day_on_which_clocks_change_has_25_hours() -> None:
    span = span_of(days=7, begin=date(2026, 1, 1), end=date(2026, 10, 25), zone=BERLIN)
    utc = [bound.astimezone(ZoneInfo("UTC")) for bound in span.bounds()]
    assert utc[-1] - utc[-2] == timedelta(hours=25)
    with pytest.raises(ValueError, match="8 days"):
        span_of(days=8, begin=date(2026, 1, 1), end=date(2026, 10, 25), zone=BERLIN)


# ---- quantiles ----


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300))
def test_the_quantiles_are_those_of_numpy(values: list[float]) -> None:
    found = spread(sorted(values))
    assert found is not None
    assert isclose(found.median, float(np.quantile(values, 0.5)), rel_tol=1e-9, abs_tol=1e-6)
    assert isclose(found.high, float(np.quantile(values, 0.9)), rel_tol=1e-9, abs_tol=1e-6)
    assert found.count == len(values)


def test_without_a_value_there_is_no_quantile() -> None:
    assert spread([]) is None


# ---- calibration ----


def test_the_curve_is_that_of_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    rng = np.random.default_rng(7)
    stated = np.round(rng.beta(5, 2, 400), 9)
    right = rng.random(400) < stated**1.4
    ours = reliability(Point(float(p), 1, int(hit)) for p, hit in zip(stated, right, strict=True))
    turned_out, mean = calibration_curve(right, stated, n_bins=10, strategy="quantile")
    assert ours is not None
    np.testing.assert_allclose([one.share for one in ours.bins], turned_out)
    np.testing.assert_allclose([one.stated for one in ours.bins], mean)
    assert isclose(ours.error, float(np.mean(np.abs(turned_out - mean))), rel_tol=1e-9)
    assert ours.tilt > 0


def test_the_interval_is_that_of_scipy() -> None:
    from scipy.stats import binomtest

    for right, n in [(0, 5), (5, 5), (17, 20), (150, 200)]:
        theirs = binomtest(right, n).proportion_ci(method="wilson")
        assert wilson(right, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)


points = st.lists(
    st.integers(1, 30).flatmap(
        lambda n: st.builds(
            Point, st.integers(0, 1000).map(lambda p: p / 1000), st.just(n), st.integers(0, n)
        )
    ),
    max_size=60,
    unique_by=lambda one: one.confidence,
)


@given(points)
def test_no_case_is_lost_and_none_of_equal_confidence_torn_apart(rows: list[Point]) -> None:
    found = reliability(rows)
    total = sum(one.n for one in rows)
    assert (found is None) == (total < ENOUGH)
    if found is None:
        return
    assert sum(one.n for one in found.bins) == total == found.n
    assert sum(one.right for one in found.bins) == sum(one.right for one in rows)
    assert len(found.bins) <= 10
    assert 0 <= found.error <= 1
    assert [one.stated for one in found.bins] == sorted(one.stated for one in found.bins)
    assert all(one.low <= one.share <= one.high for one in found.bins)


@given(st.integers(1, 20), st.integers(2, 10))
def test_single_cases_fall_into_groups_of_equal_size(size: int, count: int) -> None:
    rows = [Point(n / 1000, 1, 1) for n in range(size * count)]
    assert [len(group) for group in equal_mass(rows, count)] == [size] * count


def test_a_true_confidence_shows_about_the_error_of_chance() -> None:
    rng = np.random.default_rng(3)
    errors, chances = [], []
    for _round in range(200):
        stated = np.round(rng.uniform(0.5, 1, 10 * ENOUGH_EACH), 6)
        hits = rng.random(len(stated)) < stated
        found = reliability(Point(float(p), 1, int(hit)) for p, hit in zip(stated, hits, strict=True))
        assert found is not None
        errors.append(found.error)
        chances.append(found.by_chance)
    assert float(np.mean(errors)) == pytest.approx(float(np.mean(chances)), rel=0.1)


# ---- drift ----


def test_the_index_by_hand() -> None:
    by_hand = (0.5 - 0.4) * log(0.5 / 0.4) + (0.3 - 0.4) * log(0.3 / 0.4)
    assert psi([0.4, 0.4, 0.2], [0.5, 0.3, 0.2]) == pytest.approx(by_hand, abs=1e-12)
    assert by_hand == pytest.approx(0.05108, abs=1e-5)
    # The same with counts: half a case more in each group.
    found = drift({"a": 80, "b": 80, "c": 40}, {"a": 100, "b": 60, "c": 40})
    assert found is not None
    before, now = [80.5, 80.5, 40.5], [100.5, 60.5, 40.5]
    smoothed = sum((y - x) / 201.5 * log(y / x) for x, y in zip(before, now, strict=True))
    assert found.index == pytest.approx(smoothed, abs=1e-12)
    assert found.verdict is Verdict.STABLE


def test_what_is_rare_counts_together_and_what_is_new_is_named() -> None:
    found = drift({"a": 120, "b": 76, "rare": 4}, {"a": 20, "b": 60, "new": 120})
    assert found is not None
    assert [group.name for group in found.groups] == ["a", "b", "new", OTHER]
    assert found.groups[2].now == pytest.approx(0.6)
    assert found.groups[-1].before == pytest.approx(0.02)
    assert found.index > CLEAR
    assert found.verdict is Verdict.CLEAR


def test_few_cases_say_nothing() -> None:
    assert drift({"a": 49}, {"a": 1000}) is None
    assert drift({"a": 1000}, {}) is None


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 200), min_size=1)


@given(counts, counts)
def test_the_index_is_symmetric_in_shares_and_never_negative(
    one: dict[str, int], other: dict[str, int]
) -> None:
    found = drift(one, other)
    if found is None:
        assert min(sum(one.values()), sum(other.values())) < 50
        return
    assert found.index >= 0
    assert sum(group.before for group in found.groups) == pytest.approx(1)
    assert sum(group.now for group in found.groups) == pytest.approx(1)
    same = drift(one, one)
    assert same is not None
    assert same.index == pytest.approx(0, abs=1e-12)


def test_the_bound_of_chance_is_that_of_scipy_and_keeps_its_promise() -> None:
    from scipy.stats import chi2

    for degrees in range(1, 30):
        assert chi_square_99(degrees) == pytest.approx(float(chi2.ppf(0.99, degrees)), rel=0.015)
    rng, shares = np.random.default_rng(11), [0.4, 0.3, 0.2, 0.1]
    above = 0
    for _round in range(2000):
        old, new = rng.multinomial(200, shares), rng.multinomial(150, shares)
        found = drift(
            dict(zip("abcd", old.tolist(), strict=True)), dict(zip("abcd", new.tolist(), strict=True))
        )
        assert found is not None
        above += found.index > found.by_chance
    assert above / 2000 < 0.02


@given(st.lists(st.integers(0, 5000), max_size=200))
def test_edges_part_the_values_and_leave_none_of_the_groups_empty(values: list[int]) -> None:
    edges = edges_of(values)
    assert edges == sorted(set(edges))
    assert len(edges) <= 4
    if values:
        assert any(value > (edges[-1] if edges else -1) for value in values)


# ---- alerts ----


@given(
    values=st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60),
    comparison=st.sampled_from(list(Comparison)),
    bound=st.floats(0.05, 0.95),
)
def test_an_alert_begins_once_a_crossing_and_ends_before_the_next(
    values: list[float | None], comparison: Comparison, bound: float
) -> None:
    raised, moves = False, []
    for value in values:
        found = move(raised=raised, value=value, comparison=comparison, bound=bound, unit=Unit.SHARE)
        if found is Move.RAISE:
            assert value is not None
            assert crossed(value, comparison, bound)
            raised = True
        elif found is Move.RESOLVE:
            assert value is not None
            assert not crossed(value, comparison, bound)
            raised = False
        if found is not Move.STAY:
            moves.append(found)
    assert moves == [Move.RAISE if place % 2 == 0 else Move.RESOLVE for place in range(len(moves))]


def test_around_the_bound_nothing_flickers() -> None:
    def look(value: float | None, raised: bool) -> Move:
        return move(raised=raised, value=value, comparison=Comparison.BELOW, bound=0.7, unit=Unit.SHARE)

    assert look(0.69, raised=False) is Move.RAISE
    assert look(0.71, raised=True) is Move.STAY
    assert look(0.76, raised=True) is Move.STAY
    assert look(0.77, raised=True) is Move.RESOLVE
    assert look(None, raised=True) is Move.STAY
    assert look(0.70, raised=False) is Move.STAY


def test_every_alert_can_end_and_every_measure_has_a_unit() -> None:
    assert set(UNITS) == set(Measure)
    assert release(Comparison.ABOVE, 0, Unit.CASES) == 0
    assert release(Comparison.BELOW, 0.95, Unit.SHARE) == 1
    # A bound so high that its gap would lie above 100 %.
    high = {"comparison": Comparison.BELOW, "bound": 0.95, "unit": Unit.SHARE}
    assert move(raised=True, value=1.0, **high) is Move.RESOLVE  # type: ignore[arg-type]
    for one in DEFAULTS:
        good = 0.0 if one.comparison is Comparison.ABOVE else 1.0
        assert (
            move(raised=True, value=good, comparison=one.comparison, bound=one.bound, unit=UNITS[one.measure])
            is Move.RESOLVE
        )
