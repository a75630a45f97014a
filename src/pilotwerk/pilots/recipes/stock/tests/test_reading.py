"""Tables as shops and ERP systems write them become demand, or say row and column."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.stock import Demand, Frequency, Sheet, read_long, read_wide, with_head
from pilotwerk.pilots.recipes.stock.periods import first_days
from pilotwerk.pilots.recipes.stock.reading import NumberReader, period_columns, usual_frequency
from pilotwerk.pilots.recipes.stock.tests.past import long_sheet, wide_sheet

NAN = float("nan")


def same(found: NDArray[np.float64], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(found, np.array(expected, dtype=float))


def read(*rows: tuple[str, str, str], frequency: Frequency = Frequency.MONTH) -> Demand:
    return read_long(long_sheet(list(rows)), item=0, day=1, quantity=2, frequency=frequency)


def test_movements_are_summed_by_month_and_returns_taken_off() -> None:
    demand = read(
        ("Schraube", "03.01.2026", "1.200,5"),
        ("Schraube", "28.01.2026", "-200"),
        ("Schraube", "05.03.2026", "7"),
        ("Mutter", "10.02.2026", "3"),
        ("Mutter", "12.02.2026", "-5"),
        ("Mutter", "31.03.2026", "2"),
        ("Mutter", "keine Angabe", "2"),
        ("Mutter", "01.02.2026", "n/a"),
    )
    assert demand.items == ("Schraube", "Mutter")
    same(demand.values, [[1000.5, 0, 7], [NAN, 0, 2]])
    assert (demand.label(0), demand.label(2)) == ("2026-01", "2026-03")
    assert (demand.below_zero, demand.rows_skipped) == (1, 2)


def test_a_history_begins_with_the_first_movement_even_of_zero() -> None:
    demand = read(("a", "2026-01-05", "1"), ("b", "2026-02-05", "0"), ("b", "2026-03-05", "2"))
    same(demand.values, [[1, 0, 0], [NAN, 0, 2]])


def test_what_cannot_be_read_names_file_row_and_column() -> None:
    with pytest.raises(BadInput, match=r"verkauf.csv, row 3, column Menge: “viele” is not a number"):
        read(("a", "01.01.2026", "1"), ("a", "02.01.2026", "viele"))
    with pytest.raises(BadInput, match=r"verkauf.csv, row 3, column Datum: “bald” is not a date"):
        read(("a", "01.01.2026", "1"), ("a", "bald", "1"))
    with pytest.raises(BadInput, match="No row has item, date and quantity"):
        read(("", "01.01.2026", "1"))


def test_more_than_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pilotwerk.pilots.recipes.stock.demand.CELLS", 20)
    rows = [(name, day, "1") for name in "ab" for day in ("2026-01-01", "2026-11-30")]
    with pytest.raises(BadInput, match="2 items in 11 periods are too many"):
        read(*rows)


def test_a_week_that_is_not_over_is_left_out() -> None:
    days = [f"2026-01-{day:02d}" for day in range(5, 26)] + ["2026-01-26"]
    demand = read(*(("a", day, "1") for day in days), frequency=Frequency.WEEK)
    assert demand.values.tolist() == [[7, 7, 7]]
    assert demand.dropped == ("2026-W05",)


def test_a_night_belongs_to_its_own_day() -> None:
    demand = read(("a", "2026-01-31 23:30:00", "1"), ("a", "2026-02-01 00:10:00", "4"))
    assert demand.values.tolist() == [[1, 4]]


def test_wide_tables_by_month_names_in_any_order() -> None:
    sheet = wide_sheet(
        ("Bezeichnung", "Feb 2026", "Jan 2026", "Mär 2026", "Apr 2026", "Summe"),
        ("a", "Rad", "2", "0", "1,5", "4", "7,5"),
        ("b", "Achse", "", "", "3", "", "3"),
    )
    demand = read_wide(sheet, item=0)
    assert (demand.frequency, demand.label(0)) == (Frequency.MONTH, "2026-01")
    # The table writes zeros: an empty cell at the end says that the item was no longer on sale.
    same(demand.values, [[0, 2, 1.5, 4], [NAN, NAN, 3, NAN]])
    assert demand.notes == {"empty_cells": "not on sale"}


def test_empty_cells_of_a_pivot_table_are_zero_from_the_first_sale_on() -> None:
    sheet = wide_sheet(
        ("x1", "x2", "x3", "x4", "x5"), ("a", "", "2", "", "1", ""), ("b", "1", "", "", "", "NA")
    )
    demand = read_wide(sheet, item=0)
    same(demand.values, [[NAN, 2, 0, 1, 0], [1, 0, 0, 0, 0]])
    assert (demand.label(0), demand.first) == ("1", None)


def test_days_in_columns_are_added_up_to_weeks() -> None:
    days = tuple(f"{day:02d}.01.2026" for day in range(5, 19))
    demand = read_wide(wide_sheet(days, ("a", *["1"] * 14)), item=0, frequency=Frequency.WEEK)
    assert demand.values.tolist() == [[7, 7]]


def test_column_names_that_look_like_data_are_taken_for_names() -> None:
    columns = tuple(f"Column {number}" for number in range(1, 6))
    head = (1, ("Teil", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"))
    sheet = with_head(Sheet("t.csv", columns, [head, (2, ("a", "1", "0", "2", "3"))]))
    assert sheet.columns[0] == "Teil"
    assert read_wide(sheet, item=0).values.tolist() == [[1, 0, 2, 3]]
    data = Sheet("t.csv", columns, [(1, ("a", "1", "5", "2", "9")), (2, ("b", "1", "0", "2", "3"))])
    assert with_head(data) is data


def test_wide_tables_that_do_not_hang_together_are_refused() -> None:
    months = ("2026-01", "2026-02", "2026-04", "2026-05")
    with pytest.raises(BadInput, match="2026-03 is missing"):
        read_wide(wide_sheet(months, ("a", "1", "1", "1", "1")), item=0)
    with pytest.raises(BadInput, match=r"row 3, column Artikel: The item “a” is already in row 2"):
        read_wide(wide_sheet(("x1", "x2", "x3", "x4"), ("a", *"1234"), ("a", *"1234")), item=0)
    with pytest.raises(BadInput, match=r"row 2, column x3: “viel” is not a number"):
        read_wide(wide_sheet(("x1", "x2", "x3", "x4"), ("a", "1", "2", "viel", "4")), item=0)
    with pytest.raises(BadInput, match="No columns that are named by periods"):
        read_wide(wide_sheet(("Preis", "Ort"), ("a", "1", "2")), item=0)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("2026-03", date(2026, 3, 1)), ("2026M03", date(2026, 3, 1)), ("202603", date(2026, 3, 1)),
        ("03/2026", date(2026, 3, 1)), ("3.2026", date(2026, 3, 1)), ("März 2026", date(2026, 3, 1)),
        ("Mar-26", date(2026, 3, 1)), ("2026-W10", date(2026, 3, 2)), ("KW 10/2026", date(2026, 3, 2)),
        ("2026-03-05", date(2026, 3, 5)), ("05.03.2026", date(2026, 3, 5)), ("Preis", None), ("2026-13", None),
        ("KW 60/2026", None),
    ],
)  # fmt: skip
def test_names_of_periods(name: str, first: date | None) -> None:
    assert first_days([name]) == [first]


def test_numbers_that_do_not_count_on_are_no_periods() -> None:
    assert period_columns(("Artikel", "x1", "x2", "x3", "x4")) == {1: 1, 2: 2, 3: 3, 4: 4}
    assert period_columns(("a", "3", "7", "1", "1")) == {}
    assert period_columns(("Artikel", "Preis", "Ort")) == {}


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.sampled_from(list(Frequency)))
def test_a_period_holds_its_days(day: date, frequency: Frequency) -> None:
    number = frequency.number(day)
    assert frequency.first_day(number) <= day <= frequency.last_day(number)
    assert (
        frequency.number(frequency.first_day(number))
        == number
        == frequency.number(frequency.last_day(number))
    )


@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 2)), min_size=1))
def test_german_and_english_numbers_come_back(values: list[float]) -> None:
    english = [f"{value:,.2f}" for value in values]
    german = [text.translate(str.maketrans(",.", ".,")) for text in english]
    for texts in (english, german):
        reader = NumberReader.over(texts)
        assert [reader.read(text) for text in texts] == values


def test_points_between_thousands_are_known_by_the_whole_column() -> None:
    assert NumberReader.over(["1.200", "12"]).read("1.200") == 1200
    assert NumberReader.over(["1.200", "0.5"]).read("1.200") == pytest.approx(1.2)
    assert NumberReader.over(["nan", "1"]).read("nan") is None
    assert NumberReader.over(["1e999"]).read("1e999") is None


def test_the_usual_frequency_follows_from_the_length() -> None:
    first = date(2024, 1, 1)
    assert usual_frequency([first, date(2026, 1, 31)]) is Frequency.MONTH
    assert usual_frequency([first, date(2024, 9, 1)]) is Frequency.WEEK
    assert usual_frequency([first, date(2024, 2, 1)]) is Frequency.DAY
