"""A lead wants to know where the process stands before anything changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.kpis.domain import measures
from pilotwerk.kpis.domain.measures import Cases, Measure, TooLittle, quantile
from pilotwerk.kpis.domain.smart import Direction, Draft, Point, change, check

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def cases(
    days: list[float | None],
    minutes: list[float | None] | None = None,
    facts: dict[str, object] | None = None,
) -> Cases:
    opened = [MONDAY + timedelta(hours=6 * n) for n in range(len(days))]
    closed = [None if d is None else o + timedelta(days=d) for o, d in zip(opened, days, strict=True)]
    return Cases(opened, closed, days, minutes or [None] * len(days), facts or {})


def measured(result: Measure | TooLittle) -> Measure:
    assert isinstance(result, Measure)
    return result


def test_cycle_times_as_a_person_would_calculate_them() -> None:
    log = cases([float(n) for n in range(1, 42)])
    assert measured(measures.cycle_time_median(log)).value == 21
    assert measured(measures.cycle_time_p90(log)).value == 37
    within = measured(measures.closed_within_two_days(log))
    assert within.value == pytest.approx(2 / 41)
    assert (within.n, within.first) == (41, date(2026, 6, 1))


def test_open_cases_are_left_out_and_the_number_of_cases_says_so() -> None:
    log = cases([1.0, None] * 25)
    assert measured(measures.cycle_time_median(log)).n == 25
    few = measures.cycle_time_median(cases([1.0, None] * 5))
    assert isinstance(few, TooLittle)
    assert (few.what, few.found, few.needed) == ("closed", 5, measures.CASES_NEEDED)


def test_handling_time_needs_minutes_in_the_file() -> None:
    log = cases([1.0] * 30, minutes=[10.0, 14.0, None] * 10)
    assert measured(measures.handling_minutes_mean(log)).value == 12
    assert isinstance(measures.handling_minutes_mean(cases([1.0] * 30)), TooLittle)


def test_cases_a_week_counts_whole_weeks_only() -> None:
    opened = [MONDAY + timedelta(days=2 + n) for n in range(40)]
    log = Cases(opened, opened, [0.0] * 40, [None] * 40, {})
    week = measured(measures.cases_per_week(log))
    assert week.value == 7
    assert week.n == 5
    assert week.first.weekday() == 0
    assert isinstance(measures.cases_per_week(cases([None] * 30)), TooLittle)


def test_shares_of_ways_come_from_the_facts_of_an_event_log() -> None:
    facts = {"kind": "event_log", "cases": 30, "rework_share": 0.4, "top_variant_share": 0.23}
    log = cases([1.0] * 30, facts=facts)
    assert measured(measures.rework_share(log)).value == 0.4
    assert measured(measures.top_variant_share(log)).value == 0.23
    assert isinstance(measures.rework_share(cases([1.0] * 30, facts={"kind": "case_table"})), TooLittle)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_stay_in_the_data_and_rise(values: list[float], a: float, b: float) -> None:
    low, high = sorted((a, b))
    slack = 1e-6 * max(values)
    assert min(values) - slack <= quantile(values, low) <= quantile(values, high) + slack
    assert quantile(values, high) <= max(values) + slack


def draft(**changed: object) -> Draft:
    values: dict[str, object] = {
        "direction": Direction.LOWER,
        "baseline": 11.2,
        "cases": 1500,
        "target": 8.0,
        "ceiling": None,
        "due": date(2026, 12, 20),
        "window": (date(2026, 10, 15), date(2027, 1, 13)),
        "has_owner": True,
    }
    return Draft(**{**values, **changed})  # type: ignore[arg-type]


def test_a_good_goal_meets_every_point() -> None:
    assert all(check(draft()).values())
    assert change(10.0, 7.0) == pytest.approx(-0.3)
    assert change(0, 7) is None


@pytest.mark.parametrize(
    ("changed", "fails"),
    [
        ({"target": 12.0}, Point.AMBITIOUS),
        ({"direction": Direction.HIGHER, "target": 10.0}, Point.AMBITIOUS),
        ({"direction": Direction.HIGHER, "baseline": 0.4, "target": 1.2, "ceiling": 1.0}, Point.REACHABLE),
        ({"target": -1.0}, Point.REACHABLE),
        ({"due": date(2027, 3, 1)}, Point.TIMED),
        ({"due": date(2026, 10, 15)}, Point.TIMED),
        ({"has_owner": False}, Point.OWNED),
    ],
)
def test_a_weak_goal_is_told_which_point_it_misses(changed: dict[str, object], fails: Point) -> None:
    result = check(draft(**changed))
    assert [point for point, met in result.items() if not met] == [fails]


def test_without_a_baseline_nothing_can_be_measured_against() -> None:
    result = check(draft(baseline=None, cases=0))
    assert not result[Point.MEASURABLE]
    assert not result[Point.AMBITIOUS]
