"""Clock, errors, money, catalogues and rights: what every room stands on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.core import clock
from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.core.errors import BadInput
from pilotwerk.core.money import to_cents
from pilotwerk.core.permissions import Role, permission
from pilotwerk.core.results import CannotTell


def test_the_day_is_that_of_the_place() -> None:
    with clock.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today("Europe/Berlin") == date(2027, 1, 1)
        assert clock.today("UTC") == date(2026, 12, 31)


def test_travel_needs_to_know_the_time_zone_and_comes_back() -> None:
    with pytest.raises(ValueError, match="aware"), clock.travel(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
    assert clock.now().year >= 2026


def test_bad_input_names_file_row_and_column() -> None:
    error = BadInput("the time is missing", file="anfragen.csv", row=318, column="Zeitpunkt")
    assert str(error) == "anfragen.csv, row 318, column Zeitpunkt: the time is missing"
    assert str(BadInput("the file is empty")) == "the file is empty"


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_cents_are_kept_exactly(cents: int) -> None:
    assert to_cents(Decimal(cents) / 100) * 100 == cents


def test_half_a_cent_is_rounded_up_as_merchants_do() -> None:
    assert (to_cents("0.125"), to_cents(2.675)) == (Decimal("0.13"), Decimal("2.68"))


def test_not_knowing_is_false_but_not_zero() -> None:
    unknown = CannotTell("fewer than 20 cases")
    assert not unknown
    assert not isinstance(unknown, int)


class _Catalogue(Strict):
    version: int
    title: Text


def test_a_catalogue_speaks_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "good.yaml"
    path.write_text("version: 1\ntitle: {de: Guten Tag, en: Good day}\n", encoding="utf-8")
    title = load(path, _Catalogue).title
    assert (title.text("de"), title.text("en-gb"), str(title)) == ("Guten Tag", "Good day", "Guten Tag")


def test_a_fault_in_a_catalogue_names_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\ntitle: {de: Guten Tag}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.yaml: title\.en"):
        load(path, _Catalogue)


def test_a_right_has_one_meaning() -> None:
    permission("test.once", "Once", {Role.OWNER})
    with pytest.raises(ValueError, match="registered twice"):
        permission("test.once", "Twice", {Role.CLERK})
