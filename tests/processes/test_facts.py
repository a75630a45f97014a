"""Facts are measured after the stated definitions: here against figures computed by hand."""

import datetime as dt
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.processes.analysis import analyse
from pilotwerk.processes.domain.figures import LADDER, duration_classes, quantile, weeks_without_gaps
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.roles import Meaning
from tests.processes.files import event_csv, table, workbook, write, xes


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, Any]:
    return analyse(event_csv(tmp_path / "tickets.csv")).facts


def test_counts_by_hand(facts: dict[str, Any]) -> None:
    assert facts["kind"] == "event_log"
    assert facts["mapping"] == {
        "case": "Vorgangsnummer", "activity": "Schritt", "time": "Zeitpunkt", "resource": "Bearbeiter",
    }  # fmt: skip
    assert (facts["events"], facts["cases"], facts["activities"], facts["rows_rejected"]) == (15, 5, 4, 0)
    # E-Z-A (T-1, T-4), E-Z-T-A, E-Z-A-A, E
    assert facts["variants"] == 4
    assert facts["top_variant_share"] == pytest.approx(2 / 5)
    # T-3 answers twice
    assert facts["rework_share"] == pytest.approx(1 / 5)
    # E-Z, Z-A, Z-T, T-A, A-A
    assert facts["directly_follows_edges"] == 5
    assert (facts["first"], facts["last"]) == ("2026-04-06T08:00:00", "2026-04-21T08:00:00")
    assert facts["equal_times"] == 1


def test_durations_by_hand(facts: dict[str, Any]) -> None:
    # hours: 4, 52, 48, 12, 0 -> sorted 0 4 12 48 52; place of 90 %: 3.6 -> 48 + 0.6 * 4 = 50.4
    assert facts["duration_days"] == {
        "median": pytest.approx(12 / 24),
        "p90": pytest.approx(50.4 / 24),
        "mean": pytest.approx(116 / 5 / 24, abs=1e-6),
        "n": 5,
    }
    assert sum(part["cases"] for part in facts["duration_classes"]) == 5
    assert facts["weeks"] == [
        {"week": "2026-04-06", "cases": 3},
        {"week": "2026-04-13", "cases": 0},
        {"week": "2026-04-20", "cases": 2},
    ]
    assert facts["cases_per_week"] == {"median": 2.0, "p90": pytest.approx(2.8)}


def test_bottlenecks_and_map_by_hand(facts: dict[str, Any]) -> None:
    # waits in hours: E-Z 1 + 2 + 0.5 + 0, Z-A 3 + 1.5 + 12, Z-T 2, T-A 48, A-A 46: 116 in all
    first = facts["bottlenecks"][0]
    assert (first["from"], first["to"], first["count"]) == ("Technik fragen", "Antwort", 1)
    assert first["median_days"] == pytest.approx(2.0)
    assert first["share_of_waiting"] == pytest.approx(48 / 116)
    assert sum(edge["share_of_waiting"] for edge in facts["map"]["edges"]) == pytest.approx(1)
    nodes = {node["activity"]: node for node in facts["map"]["nodes"]}
    assert nodes["Antwort"] == {"activity": "Antwort", "count": 5, "cases": 4, "starts": 0, "ends": 4}
    assert nodes["Eingang"]["starts"] == 5
    assert nodes["Eingang"]["ends"] == 1
    top = facts["top_variants"][0]
    assert top["activities"] == ["Eingang", "Zuordnung", "Antwort"]
    assert (top["cases"], top["median_days"]) == (2, pytest.approx(8 / 24, abs=1e-6))


def test_the_same_log_in_every_format_gives_the_same_facts(tmp_path: Path, facts: dict[str, Any]) -> None:
    from tests.processes.files import EVENTS, HEADER

    paths = [
        event_csv(tmp_path / "a.csv.gz"),
        xes(tmp_path / "a.xes.gz"),
        workbook(tmp_path / "a.xlsx", [("Ausfuhr",), (), HEADER, *EVENTS]),
    ]
    same = (
        "events",
        "cases",
        "variants",
        "duration_days",
        "rework_share",
        "bottlenecks",
        "top_variants",
        "weeks",
    )
    for path in paths:
        found = analyse(path).facts
        assert {key: found[key] for key in same} == {key: facts[key] for key in same}, path.name
    # XES says the offset, so its times are known in UTC
    assert analyse(paths[1]).facts["first"] == "2026-04-06T06:00:00+00:00"


def test_one_row_a_case_with_german_decimals_and_messy_values(tmp_path: Path) -> None:
    rows = [
        ("Nr", "Eröffnet", "Geschlossen", "Kategorie", "Anfrage", "Bearbeitungszeit (Min.)"),
        ("1", "06.04.2026 08:00", "06.04.2026 20:00", "Heizung", "Heizung bleibt kalt", "12,5"),
        ("2", "06.04.2026", "08.04.2026", "Select", "Hahn tropft im Bad", "7,5"),
        ("3", "7.4.2026 8:15 Uhr", "", "keine Angabe", "Rohr undicht im Keller", ""),
        ("4", "31.02.2026", "08.04.2026", "Bad", "Dusche kalt am Morgen", "3"),
        ("5", "08.04.2026", "07.04.2026", "Bad", "Wanne läuft nicht ab", "3"),
        ("6", "", "07.04.2026", "Bad", "Fliese locker im Flur", "3"),
        ("7", "08.04.2026", "09.04.2026", "Bad", "Fuge schimmelt sehr", "-3"),
        ("1", "08.04.2026", "09.04.2026", "Bad", "Noch einmal dieselbe", "3"),
        ("8", "08.04.2026", "09.04.2026", "Bad", "Abfluss ist verstopft", "viel"),
    ]
    found = analyse(write(tmp_path / "a.csv", table(rows), "latin-1"))
    assert found.facts["kind"] == "case_table"
    assert found.facts["cases"] == 3
    assert found.facts["duration_days"]["median"] == pytest.approx(1.25)
    assert found.facts["handling_minutes"] == {
        "median": 10.0,
        "p90": pytest.approx(12.0),
        "mean": 10.0,
        "n": 2,
    }
    assert found.facts["variants"] is None
    assert [(one.row, one.column, one.code) for one in found.rejected] == [
        (5, "Eröffnet", "row.time"),
        (6, "Geschlossen", "row.end_before_start"),
        (7, "Eröffnet", "row.missing"),
        (8, "Bearbeitungszeit (Min.)", "row.negative"),
        (9, "Nr", "row.case_again"),
        (10, "Bearbeitungszeit (Min.)", "row.number"),
    ]
    assert found.rejected[0].english() == "“31.02.2026” is not a date or time that can be read."


def test_a_table_of_texts_without_times_is_a_table_of_cases(tmp_path: Path) -> None:
    text = 'text,category\n"Meine Karte, wo bleibt sie?",card\nGeld weg,money\nKarte defekt,card\n'
    found = analyse(write(tmp_path / "a.csv", text)).facts
    assert (found["kind"], found["cases"], found["duration_days"]) == ("case_table", 3, None)
    assert "duration_days" in found["cannot_tell"]
    assert found["texts"] == {"cases": 3, "with_category": 3, "with_answer": 0, "categories": 2}


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (("06.04.26 08:00", "06.04.26 09:00"), "2026-04-06T08:00:00"),
        (("06/04/2026 08:00", "13/04/2026 09:00"), "2026-04-06T08:00:00"),
        (("04/06/2026 8:00 AM", "04/13/2026 9:00 PM"), "2026-04-06T08:00:00"),
        (("6. April 2026 08:00", "1. Mai 2026 09:00"), "2026-04-06T08:00:00"),
        (("2026/04/06 08:00:00.250", "2026/04/07 08:00"), "2026-04-06T08:00:00.250000"),
        (("06.04.2026, 08:00 Uhr", "07.04.2026, 09:00 Uhr"), "2026-04-06T08:00:00"),
        (("1775462400", "1775466000"), "2026-04-06T08:00:00"),
        (("2026-04-06T10:00:00+02:00", "2026-04-06T09:00:00Z"), "2026-04-06T08:00:00+00:00"),
    ],
)
def test_points_in_time_as_people_and_programs_write_them(
    tmp_path: Path, values: tuple[str, str], first: str
) -> None:
    rows = [("case", "activity", "timestamp"), ("1", "a", values[0]), ("1", "b", values[1])]
    found = analyse(write(tmp_path / "a.csv", table(rows)))
    assert found.rejected == ()
    assert found.facts["first"] == first


def test_logs_with_many_activities_are_counted_too(tmp_path: Path) -> None:
    rows = [("case", "activity", "time")]
    rows += [("1", f"a{i}", f"2026-01-01 {i // 60:02d}:{i % 60:02d}") for i in range(80)]
    rows += [("2", "a1", "2026-01-01"), ("2", "a1", "2026-01-02")]
    found = analyse(write(tmp_path / "a.csv", table(rows))).facts
    assert (found["activities"], found["rework_cases"]) == (80, 1)


def test_blanks_around_names_and_times_make_no_difference(tmp_path: Path) -> None:
    rows = [("case", "activity", "time"), ("1", "a", "2026-01-01 10:00"), (" 1", "b ", " 2026-01-02 10:00 ")]
    rows += [("1 ", " a", "2026-01-03 10:00"), ("\u00a02", "b", "\u00a02026-01-01 11:00")]
    found = analyse(write(tmp_path / "a.csv", table(rows)))
    assert found.rejected == ()
    assert [found.facts[name] for name in ("cases", "activities", "rework_cases")] == [2, 2, 1]
    assert found.facts["duration_days"]["mean"] == 1.0


def test_bad_mappings_say_what_is_missing(tmp_path: Path) -> None:
    path = event_csv(tmp_path / "a.csv")
    with pytest.raises(Unreadable, match="There is no column “Foo”"):
        analyse(path, given={Meaning.CASE: "Foo"})
    with pytest.raises(Unreadable, match="has two meanings"):
        analyse(path, given={Meaning.CASE: "Schritt", Meaning.ACTIVITY: "Schritt"})
    with pytest.raises(Unreadable, match="No row could be imported"):
        analyse(path, given={Meaning.TIME: "Bearbeiter"})
    with pytest.raises(Unreadable, match="start of the case"):
        analyse(write(tmp_path / "b.csv", "a;b\nx;y\n"))


TIMES = st.integers(min_value=0, max_value=5)
LOGS = st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("abc"), TIMES), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(LOGS)
def test_any_log_agrees_with_a_plain_computation(
    tmp_path_factory: pytest.TempPathFactory, log: list[tuple[str, str, int]]
) -> None:
    """The window functions and hashes against lists in Python; ties in time keep the order of the rows."""
    start = dt.datetime(2026, 4, 6, tzinfo=dt.UTC)
    rows = [(case, activity, (start + dt.timedelta(hours=hour)).isoformat()) for case, activity, hour in log]
    path = write(tmp_path_factory.mktemp("a") / "a.csv", table([("case", "activity", "time"), *rows]))
    given_columns = {Meaning.CASE: "case", Meaning.ACTIVITY: "activity", Meaning.TIME: "time"}
    found = analyse(path, given=given_columns).facts
    traces: dict[str, list[tuple[int, str]]] = {}
    for case, activity, hour in log:
        traces.setdefault(case, []).append((hour, activity))
    for trace in traces.values():
        trace.sort(key=lambda step: step[0])
    paths = Counter(tuple(step[1] for step in trace) for trace in traces.values())
    edges = Counter(
        pair for path_, n in paths.items() for pair in itertools.pairwise(path_) for _ in range(n)
    )
    cases_of_edges = Counter(
        pair for path_, n in paths.items() for pair in set(itertools.pairwise(path_)) for _ in range(n)
    )
    lengths = [(trace[-1][0] - trace[0][0]) / 24 for trace in traces.values()]
    assert found["variants"] == len(paths)
    assert sum(one["cases"] for one in found["top_variants"]) == found["cases"] == len(traces)
    assert {tuple(one["activities"]): one["cases"] for one in found["top_variants"]} == paths
    counts = [one["cases"] for one in found["top_variants"]]
    assert counts == sorted(counts, reverse=True)
    assert {(edge["from"], edge["to"]): edge["count"] for edge in found["map"]["edges"]} == edges
    assert {(edge["from"], edge["to"]): edge["cases"] for edge in found["map"]["edges"]} == cases_of_edges
    assert found["rework_cases"] == sum(n for path_, n in paths.items() if len(set(path_)) < len(path_))
    ways = [[step[1] for step in trace] for trace in traces.values()]
    assert {node["activity"]: node for node in found["map"]["nodes"]} == {
        name: {
            "activity": name,
            "count": sum(way.count(name) for way in ways),
            "cases": sum(name in way for way in ways),
            "starts": sum(way[0] == name for way in ways),
            "ends": sum(way[-1] == name for way in ways),
        }
        for name in {step for way in ways for step in way}
    }
    assert {loop["activity"]: loop for loop in found["loops"]} == {
        name: {
            "activity": name,
            "cases": sum(way.count(name) > 1 for way in ways),
            "extra": sum(max(way.count(name) - 1, 0) for way in ways),
            "direct": sum(pair == (name, name) for way in ways for pair in itertools.pairwise(way)),
        }
        for name in {step for way in ways for step in way if way.count(step) > 1}
    }
    assert found["duration_days"]["median"] == pytest.approx(quantile(lengths, 0.5), abs=1e-5)
    assert found["duration_days"]["p90"] == pytest.approx(quantile(lengths, 0.9), abs=1e-5)


def test_quantiles_interpolate_between_order_statistics() -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert quantile([1.0, 2.0], 0.9) == pytest.approx(1.9)
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_weeks_have_no_gaps() -> None:
    monday = dt.date(2026, 4, 6)
    assert weeks_without_gaps({monday: 2, monday + dt.timedelta(days=14): 1}) == [
        (monday, 2),
        (monday + dt.timedelta(days=7), 0),
        (monday + dt.timedelta(days=14), 1),
    ]
    assert weeks_without_gaps({}) == []


@given(st.lists(st.integers(0, 50), min_size=len(LADDER) + 1, max_size=len(LADDER) + 1))
def test_classes_of_duration_hold_every_case_once(fine: list[int]) -> None:
    classes = duration_classes(fine)
    assert len(classes) == 6
    assert sum(part.cases for part in classes) == sum(fine)
    assert all(before.upper == after.lower for before, after in itertools.pairwise(classes))
