"""The facts are right: against plain arithmetic, against pandas, and on any table at all."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports import Facts, Kind, Spec, Table, compute, prepare
from pilotwerk.pilots.recipes.reports.facts import Role
from pilotwerk.pilots.recipes.reports.tests.past import COLUMNS, facts_of, sales, week
from pilotwerk.pilots.recipes.stock.periods import Frequency


def test_what_nobody_chose_is_guessed_and_named() -> None:
    spec = prepare(sales(30), {"rows_name": "Aufträge"})
    assert (spec.time, spec.dimensions, spec.frequency) == (
        "Datum",
        ("Warengruppe", "Region"),
        Frequency.WEEK,
    )
    assert [(one.kind, one.label("de"), one.unit, one.decimals) for one in spec.measures] == [
        (Kind.SUM, "Umsatz", "€", 2), (Kind.COUNT, "Aufträge", "", 0),
    ]  # fmt: skip
    assert dict(spec.guessed) == {
        "Datum": "name", "Warengruppe": "few_values", "Region": "few_values", "Umsatz EUR": "numbers",
        "frequency": "span",
    }  # fmt: skip
    assert Spec.from_json(json.loads(json.dumps(spec.as_json()))) == spec


def test_what_a_person_chose_stands() -> None:
    chosen = {
        "title": "Monatsbericht", "frequency": "M", "dimensions": ["Region"], "zone": "Europe/Vienna",
        "measures": [{"kind": "median", "column": "Umsatz EUR", "name": "Auftragswert", "unit": "CHF", "decimals": 0}],
    }  # fmt: skip
    spec = prepare(sales(30), chosen)
    assert spec.measures[0].label("de") == "Auftragswert im Median"
    assert (spec.frequency, spec.zone, spec.dimensions, spec.title) == (
        Frequency.MONTH, "Europe/Vienna", ("Region",), "Monatsbericht",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"time": "Tag"}, "no such column"),
        ({"measures": [{"kind": "share", "column": "Reklamation", "value": "vielleicht"}]}, "does not occur"),
        ({"measures": [{"kind": "mode", "column": "Umsatz EUR"}]}, "no way to sum up"),
        ({"measures": [{"kind": "sum", "column": "Menge"}]}, "no such column"),
        ({"dimensions": ["Region", "Warengruppe", "Reklamation"]}, "at most 2 dimensions"),
        ({"measures": []}, "1 to 5 measures"),
        ({"frequency": "D"}, "weeks or months"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(settings_: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        prepare(sales(10), settings_)


def test_a_table_without_dates_is_refused() -> None:
    with pytest.raises(BadInput, match="No column holds dates"):
        prepare(Table.of("a.csv", ("Name", "Wert"), [(2, ("A", "1")), (3, ("B", "2"))]), {})


def test_the_figures_are_those_of_pandas() -> None:
    import pandas as pd

    table = sales(70, 5)
    facts = facts_of(table)
    frame = pd.DataFrame(
        {name: [one.values[code] for code in one.codes] for name, one in table.columns.items()}
    )
    frame["amount"] = frame["Umsatz EUR"].str.replace(",", ".").astype(float)
    frame["day"] = pd.to_datetime(frame["Datum"], format="%d.%m.%Y")
    iso = frame["day"].dt.isocalendar()
    frame["week"] = [week(int(a), int(b)) for a, b in zip(iso["year"], iso["week"], strict=True)]
    frame["yes"] = (frame["Reklamation"] == "ja") * 100.0
    expected = {"sum:Umsatz EUR:": "sum", "count::": "size", "median:Umsatz EUR:": "median"}
    for base in (facts.period, facts.period - 1, week(2024, 18)):
        rows = frame[frame["week"] == base]
        if base == week(2024, 18):
            assert facts.period == week(2025, 18)
        for key, way in expected.items():
            found = facts.find(Role.VALUE, measure=key, part=None, period=base)
            assert found is not None
            assert float(found.value) == pytest.approx(
                getattr(rows["amount"], way)() if way != "size" else len(rows)
            )
        share = facts.find(Role.VALUE, measure="share:Reklamation:ja", part=None, period=base)
        assert share is not None
        assert float(share.value) == pytest.approx(rows["yes"].mean())
        for region, part in rows.groupby("Region"):
            value = facts.find(Role.VALUE, measure="sum:Umsatz EUR:", part=("Region", region), period=base)
            assert value is not None
            assert float(value.value) == pytest.approx(part["amount"].sum())


cells = st.tuples(
    st.integers(0, 40),
    st.sampled_from(["Nord", "Süd", "West", ""]),
    st.one_of(st.decimals(-9999, 9999, places=2).map(str), st.sampled_from(["", "0", "0.1", "k. A."])),
    st.sampled_from(["ja", "nein", ""]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(cells, min_size=1, max_size=60))
def test_contributions_add_up_to_the_change_exactly(rows: list[tuple[int, str, str, str]]) -> None:
    first = date(2026, 1, 5)
    every = [*rows, (0, "Nord", "1.55", "ja"), (40, "Nord", "2.25", "nein"), (33, "Süd", "3.25", "ja")]
    table = Table.of(
        "a.csv", ("Tag", "Region", "Wert", "Gut"),
        [(2 + place, ((first + timedelta(days=day)).isoformat(), *rest)) for place, (day, *rest) in enumerate(every)],
    )  # fmt: skip
    measures = [
        {"kind": "sum", "column": "Wert"}, {"kind": "count"}, {"kind": "mean", "column": "Wert"},
        {"kind": "share", "column": "Gut", "value": "ja"}, {"kind": "median", "column": "Wert"},
    ]  # fmt: skip
    spec = prepare(table, {"time": "Tag", "measures": measures, "dimensions": ["Region"], "frequency": "W"})
    for period in range(week(2026, 3), week(2026, 7)):
        facts = compute(table, spec, period)
        _adds_up(facts)
        _agrees_with_plain_sums(facts, every, first)
        assert Facts.from_json(json.loads(json.dumps(facts.as_json()))) == facts


def _adds_up(facts: Facts) -> None:
    for change in facts.all(Role.CHANGE, part=None):
        made = facts.all(Role.CONTRIBUTION, measure=change.measure, base=change.base)
        if change.measure.startswith("median"):
            assert not made
        else:
            assert sum((one.value for one in made), Fraction(0)) == change.value


def _agrees_with_plain_sums(facts: Facts, rows: list[tuple[int, str, str, str]], first: date) -> None:
    total: dict[int, Fraction] = defaultdict(Fraction)
    for day, _, value, _ in rows:
        if value not in ("", "k. A."):
            total[week(*(first + timedelta(days=day)).isocalendar()[:2])] += Fraction(value)
    for one in facts.all(Role.VALUE, measure="sum:Wert:", part=None):
        assert one.period is not None
        assert one.value == total[one.period]


def few(*rows: tuple[str, str]) -> Table:
    return Table.of("a.csv", ("Datum", "Betrag"), [(2 + place, row) for place, row in enumerate(rows)])


def test_no_percentage_of_nothing_little_or_less_than_nothing() -> None:
    table = sales(30)
    facts = facts_of(table)
    assert facts.find(Role.PERCENT, measure="sum:Umsatz EUR:", part=None) is not None
    spec = prepare(
        few(*[("05.01.2026", "100")] * 3, *[("12.01.2026", "300")] * 3, ("19.01.2026", "1")),
        {"frequency": "W", "measures": [{"kind": "sum", "column": "Betrag"}]},
    )  # fmt: skip
    small = compute(
        few(*[("05.01.2026", "100")] * 3, *[("12.01.2026", "300")] * 3, ("19.01.2026", "1")),
        spec,
        week(2026, 3),
    )
    assert small.find(Role.CHANGE) is not None
    assert small.find(Role.PERCENT) is None  # three rows are too few
    back = [("05.01.2026", "-10")] * 20 + [("12.01.2026", "300")] * 20 + [("19.01.2026", "300")] * 20
    negative = compute(few(*back), spec, week(2026, 3))
    assert negative.find(Role.CHANGE) is not None
    assert negative.find(Role.PERCENT) is None


def test_a_day_belongs_to_the_week_of_the_companys_time_zone() -> None:
    table = few(("2026-01-04T23:30:00+00:00", "1"), ("2026-01-11T12:00:00+00:00", "2"))
    chosen = {"time": "Datum", "frequency": "W", "measures": [{"kind": "sum", "column": "Betrag"}]}
    berlin = compute(table, prepare(table, chosen), week(2026, 2))
    assert berlin.all(Role.VALUE, period=week(2026, 2))[0].value == 3
    london = compute(table, prepare(table, {**chosen, "zone": "Europe/London"}), week(2026, 2))
    assert london.all(Role.VALUE, period=week(2026, 2))[0].value == 2


def test_the_newest_whole_period_is_reported_and_an_open_one_is_compared_with_nothing() -> None:
    table = sales(20)
    assert facts_of(table).period == week(2024, 20)
    wednesday = date(2024, 5, 15)
    assert facts_of(table, today=wednesday).period == week(2024, 19)
    running = facts_of(table, period=week(2024, 20), today=wednesday)
    assert not running.complete
    assert not running.all(Role.CHANGE)
    assert not running.outliers


def test_a_period_without_rows_is_refused() -> None:
    with pytest.raises(BadInput, match=r"no rows for 2030-W01; the data hold 2024-W01 to 2024-W20"):
        facts_of(sales(20), period=week(2030, 1))


def test_days_without_rows_are_named_and_sundays_are_not() -> None:
    gap = date(2024, 5, 15)
    facts = facts_of(sales(20, skip=(gap,)))
    assert facts.missing_days == (gap.isoformat(),)
    assert facts_of(sales(20)).missing_days == ()


def test_rows_that_came_late_are_named() -> None:
    before = facts_of(sales(19))
    table = sales(20)
    rows = [
        (int(number), tuple(one.values[one.codes[place]] for one in table.columns.values()))
        for place, number in enumerate(table.numbers)
    ]
    late = Table.of(
        "verkauf.csv", COLUMNS, [*rows, (9999, ("08.05.2024", "Nord", "Kessel", "1000,00", "nein"))]
    )
    now = facts_of(late, earlier=before)
    reported = now.find(Role.VALUE, what="reported", measure="sum:Umsatz EUR:")
    value = now.find(Role.VALUE, what="", measure="sum:Umsatz EUR:", part=None, period=week(2024, 19))
    assert reported is not None
    assert value is not None
    assert value.value - reported.value == 1000
    assert not facts_of(table, earlier=before).all(Role.VALUE, what="reported")


def test_a_triple_week_stands_out_and_usual_weeks_hardly_ever_do() -> None:
    peak = facts_of(sales(40, 3, peak=date(2024, 10, 2)), period=week(2024, 40))
    assert ("sum:Umsatz EUR:", None) in {(one.measure, one.part) for one in peak.outliers}
    reports = [facts_of(sales(40, seed), period=week(2024, 40)) for seed in range(20)]
    assert sum(bool(one.outliers) for one in reports) <= 4


def test_a_trend_is_told_where_there_is_one() -> None:
    growing = facts_of(sales(15, 2, growth=0.2))
    slope = growing.find(Role.SLOPE, measure="sum:Umsatz EUR:")
    assert slope is not None
    assert slope.value > 0
    assert dict(growing.trends)["sum:Umsatz EUR:"] == 1


def test_cells_that_cannot_be_read_are_counted() -> None:
    rows = [("05.01.2026", "1"), ("06.01.2026", "viel"), ("kein Datum", "3"), ("11.01.2026", "")]
    table = few(*rows)
    spec = prepare(
        table, {"time": "Datum", "frequency": "W", "measures": [{"kind": "sum", "column": "Betrag"}]}
    )
    facts = compute(table, spec, week(2026, 2))
    assert {one.what: int(one.value) for one in facts.all(Role.NUMBER) if "_" in one.what} == {
        "days_covered": 7, "rows_undated": 1, "cells_empty": 2, "series_tested": 0,
    }  # fmt: skip
