"""Quarters and what they carry."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest

from pilotwerk.roadmap.domain import Quarter, load, quarters_from


@dataclass(frozen=True)
class Item:
    budget: Decimal
    days: Decimal


ITEMS = [Item(Decimal("8000"), Decimal(12)), Item(Decimal("4500.50"), Decimal(8))]


def test_a_roadmap_after_a_pilot_that_ends_in_january_starts_there_and_crosses_the_year() -> None:
    found = quarters_from(datetime.date(2026, 11, 22), 3)

    assert [str(quarter) for quarter in found] == ["2026-Q4", "2027-Q1", "2027-Q2"]
    assert found[0].first_day == datetime.date(2026, 10, 1)
    assert found[0].last_day == datetime.date(2026, 12, 31)


def test_quarters_go_back_over_a_year_too() -> None:
    assert Quarter(2027, 1).plus(-1) == Quarter(2026, 4)
    assert Quarter(2026, 4) < Quarter(2027, 1)


def test_a_quarter_survives_being_stored() -> None:
    assert Quarter.parse(str(Quarter(2027, 3))) == Quarter(2027, 3)


@pytest.mark.parametrize("text", ["2027-Q5", "2027Q1", "27-Q1", "", "2027-Q", "2027-Qx"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quarter"):
        Quarter.parse(text)


def test_a_quarter_within_its_limits_fits() -> None:
    found = load(ITEMS, budget_limit=Decimal("12500.50"), capacity_days=Decimal(20))

    assert (found.budget, found.days, found.fits) == (Decimal("12500.50"), Decimal(20), True)


def test_a_quarter_that_asks_for_more_says_how_much_more() -> None:
    found = load(ITEMS, budget_limit=Decimal(10000), capacity_days=Decimal(15))

    assert (found.over_budget, found.over_capacity, found.fits) == (Decimal("2500.50"), Decimal(5), False)


def test_without_limits_nothing_is_checked_and_nothing_claimed() -> None:
    found = load(ITEMS, budget_limit=None, capacity_days=None)

    assert (found.over_budget, found.over_capacity, found.fits) == (None, None, True)
