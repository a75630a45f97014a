"""A company starts its 90 days on any day, in any state or canton."""

from datetime import date, timedelta

import pytest
from holidays import country_holidays, list_supported_countries
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.journey.catalogue import plan_catalogue
from pilotwerk.journey.domain import schedule as plan
from pilotwerk.journey.domain.workdays import Region, is_workday

COUNTRIES = ("DE", "AT", "CH")
REGIONS = [
    Region(country, subdivision)
    for country in COUNTRIES
    for subdivision in ("", *list_supported_countries()[country])
]
TASKS = [task.planned for task in plan_catalogue().tasks]
NORTH = Region("DE", "SH")

starts = st.dates(min_value=date(2024, 1, 1), max_value=date(2035, 12, 31))
regions = st.sampled_from(REGIONS)


def test_the_sample_company_starts_on_15_october_2026() -> None:
    start = date(2026, 10, 15)
    _, gates = plan.schedule(TASKS, start=start, region=NORTH)
    assert [gate.due for gate in gates] == [date(2026, 11, 4), date(2026, 12, 9), date(2027, 1, 12)]
    assert plan.day_number(start, date(2026, 11, 17)) == 34
    assert plan.phase_of(34) == plan.phase(2)


def test_a_task_on_new_years_day_moves_to_the_next_working_day() -> None:
    start = date(2026, 10, 15)
    assert plan.day_date(start, 79) == date(2027, 1, 1)
    assert plan.due_on(79, phase_number=3, start=start, region=NORTH) == date(2027, 1, 4)


def test_reformation_day_is_a_holiday_in_kiel_but_not_in_munich() -> None:
    assert not is_workday(date(2025, 10, 31), NORTH)
    assert is_workday(date(2025, 10, 31), Region("DE", "BY"))


def test_a_gate_on_a_sunday_moves_back_because_the_phase_ends() -> None:
    start = date(2026, 11, 2)  # a Monday: day 21 is a Sunday
    assert plan.gate_on(1, start=start, region=NORTH) == date(2026, 11, 20)
    assert plan.due_on(21, phase_number=1, start=start, region=NORTH) == date(2026, 11, 20)


@given(start=starts, region=regions)
def test_every_date_is_a_working_day_within_its_phase(start: date, region: Region) -> None:
    tasks, gates = plan.schedule(TASKS, start=start, region=region)
    years = range(start.year, start.year + 2)
    law = country_holidays(region.country, subdiv=region.subdivision or None, years=years)
    for dated in [*tasks, *gates]:
        assert dated.due.weekday() < 5
        assert dated.due not in law
        day = plan.day_number(start, dated.due)
        assert 1 <= day <= 90
        assert plan.phase_of(day) == plan.phase(dated.phase)


@given(start=starts, region=regions)
def test_tasks_keep_their_order_and_never_pass_their_gate(start: date, region: Region) -> None:
    tasks, gates = plan.schedule(TASKS, start=start, region=region)
    dues = [task.due for task in tasks]
    assert dues == sorted(dues)
    for task in tasks:
        assert task.due <= gates[task.phase - 1].due


@given(start=starts, day=st.integers(min_value=-30, max_value=150))
def test_day_and_phase_agree(start: date, day: int) -> None:
    assert plan.day_number(start, plan.day_date(start, day)) == day
    phase = plan.phase_of(day)
    assert (phase is None) == (day < 1 or day > plan.LENGTH)
    if phase is not None:
        assert phase.begins(start) <= start + timedelta(days=day - 1) <= phase.ends(start)


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(ValueError, match="no public holidays known"):
        is_workday(date(2026, 1, 1), Region("DE", "XX"))


def test_the_catalogue_holds_25_to_30_tasks_in_three_phases() -> None:
    assert 25 <= len(TASKS) <= 30
    assert {task.phase for task in TASKS} == {1, 2, 3}
