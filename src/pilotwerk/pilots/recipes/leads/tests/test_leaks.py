"""Columns that know the outcome are found, by the right test; what only sounds so is left in peace."""

from collections.abc import Sequence

import numpy as np
import pytest

from pilotwerk.pilots.recipes.leads.alone import Past, strengths
from pilotwerk.pilots.recipes.leads.columns import Kind, read_column
from pilotwerk.pilots.recipes.leads.leaks import Findings, find_leaks
from pilotwerk.pilots.recipes.leads.names import Late, late
from pilotwerk.pilots.recipes.leads.tests.past import (
    Columns,
    filled_after,
    leads,
    membership_years,
    talk_minutes,
    won,
)


def checked(columns: Columns) -> Findings:
    truth = won(columns)
    read = [read_column(name, cells) for name, cells in columns.items() if name != "Ergebnis"]
    return find_leaks(read, Past(truth, np.zeros(len(truth), dtype=np.int64), seed=1))


def by_test(findings: Findings) -> dict[str, str]:
    return {leak.column: leak.test for leak in findings.leaks}


def gaps(cells: Sequence[str], rows: np.ndarray) -> list[str]:
    return ["" if gap else cell for cell, gap in zip(cells, rows, strict=True)]


def test_a_table_without_leaks_raises_no_alarm() -> None:
    for seed in range(6):
        columns = leads(400, seed=seed)
        columns["Dauer der Mitgliedschaft"] = membership_years(columns, seed=seed)
        findings = checked(columns)
        assert findings.leaks == ()
        assert [(one.column, one.late) for one in findings.cleared] == [
            ("Dauer der Mitgliedschaft", Late.DURATION)
        ]


def test_a_duration_that_grows_with_success_is_found_and_its_namesake_is_not() -> None:
    columns = leads(1000)
    columns["Gesprächsdauer"] = talk_minutes(columns)
    columns["Dauer der Mitgliedschaft"] = membership_years(columns)
    findings = checked(columns)
    assert by_test(findings) == {"Gesprächsdauer": "named"}
    (leak,) = findings.leaks
    assert 0.7 < leak.alone < 0.9
    assert "how long something took" in leak.reason("en")
    assert "einer Dauer" in leak.reason("de")


def test_the_same_leak_under_a_name_that_says_nothing_is_found_by_its_strength() -> None:
    columns = leads(1000)
    columns["X7"] = talk_minutes(columns, longer=4)
    assert by_test(checked(columns)) == {"X7": "far_better"}


def test_the_outcome_in_other_words_is_found() -> None:
    columns = leads(400)
    columns["Kennung 2"] = ["A" if one else "B" for one in won(columns)]
    assert by_test(checked(columns)) == {"Kennung 2": "mirror"}


def test_what_is_filled_in_with_the_decision_is_found() -> None:
    columns = leads(600)
    columns["Termin"] = filled_after(
        columns, ("2025-02-01", "2025-03-04"), won_share=0.95, lost_share=0.04, seed=5
    )
    columns["Bemerkung"] = filled_after(
        columns, ("zu teuer", "kein Bedarf"), won_share=0, lost_share=0.4, seed=6
    )
    findings = checked(columns)
    assert by_test(findings) == {"Termin": "presence", "Bemerkung": "presence"}
    assert {leak.reason("de").split(":")[1] for leak in findings.leaks} == {
        " Sie wird nach der Entscheidung ausgefüllt."
    }


def test_a_mark_that_only_won_leads_get_is_found() -> None:
    columns = leads(800)
    random = np.random.default_rng(4)
    columns["Ablage"] = [
        "Montage" if one and random.random() < 0.5 else str(random.choice(["Büro", "Lager"]))
        for one in won(columns)
    ]
    findings = checked(columns)
    assert by_test(findings) == {"Ablage": "pure"}
    assert "„Montage“" in findings.leaks[0].reason("de")
    assert "100 % gewonnen" in findings.leaks[0].reason("de")


def test_columns_missing_together_share_the_fate_of_the_leak_among_them() -> None:
    columns = leads(1500)
    random = np.random.default_rng(8)
    rows = random.random(1500) < np.where(won(columns), 0.3, 0.5)
    columns["Gesprächsdauer"] = gaps(talk_minutes(columns), rows)
    columns["Kürzel"] = gaps(list(map(str, random.choice(["AB", "CD"], 1500))), rows)
    harmless = random.random(1500) < 0.4
    columns["Straße"] = gaps(list(map(str, random.choice(["Am Markt", "Am Tor"], 1500))), harmless)
    columns["Ort"] = gaps(list(map(str, random.choice(["Ulm", "Graz"], 1500))), harmless)
    findings = checked(columns)
    found = by_test(findings)
    assert found.keys() == {"Gesprächsdauer", "Kürzel"}
    assert found["Kürzel"] == "fate"
    assert next(leak for leak in findings.leaks if leak.test == "fate").params["other"] == "“Gesprächsdauer”"


def test_what_is_missing_with_the_outcome_in_open_leads_is_found() -> None:
    columns = leads(500)
    columns["Verkäufer"] = ["AB" if number % 2 else "CD" for number in range(500)]
    truth = won(columns)
    read = [read_column(name, cells) for name, cells in columns.items() if name != "Ergebnis"]
    past = Past(truth, np.zeros(500, dtype=np.int64), seed=1)
    filled = {column.name: 1.0 for column in read} | {"Verkäufer": 0.02}
    findings = find_leaks(read, past, open_filled=filled, open_rows=80)
    assert by_test(findings) == {"Verkäufer": "open"}
    assert not find_leaks(read, past, open_filled=filled, open_rows=10).leaks, "ten open leads prove nothing"


def test_a_number_given_after_the_decision_is_found_and_a_running_number_is_not() -> None:
    columns = leads(400)
    truth = won(columns)
    order = np.argsort(~truth, kind="stable").argsort()
    columns["Laufende Nr"] = [str(number) for number in range(1, 401)]
    columns["Akten-Nr"] = [str(5000 + place) for place in order]
    assert by_test(checked(columns)) == {"Akten-Nr": "identifier"}


def test_what_only_changed_in_the_course_of_time_is_no_knowledge_about_a_lead() -> None:
    random = np.random.default_rng(3)
    late_half = np.arange(2000) >= 1000
    truth = random.random(2000) < np.where(late_half, 0.7, 0.1)
    rate = read_column("Zinssatz", ["3,5" if one else "1,5" for one in late_half])
    blocks = np.arange(2000) // 500
    assert strengths([rate], Past(truth, np.zeros(2000, dtype=np.int64), 1))["Zinssatz"].area > 0.75
    assert strengths([rate], Past(truth, blocks, 1))["Zinssatz"].area == pytest.approx(0.5, abs=0.02)


def test_leads_sorted_by_their_outcome_give_no_figure_that_is_none() -> None:
    truth = np.arange(400) < 200
    past = Past(truth, np.arange(400) // 200, seed=1)
    filled = read_column("Termin", ["2025-01-01" if one else "" for one in truth])
    (leak,) = find_leaks([filled], past).leaks
    assert (leak.test, leak.alone) == ("presence", 0.5)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("duration", Late.DURATION),
        ("Gesprächsdauer (Min.)", Late.DURATION),
        ("Last Notable Activity", Late.LAST),
        ("letzteAktivität", Late.LAST),
        ("Tags", Late.TAG),
        ("Lead Quality", Late.QUALITY),
        ("Leadqualität", Late.QUALITY),
        ("Abschlussdatum", Late.CLOSED),
        ("closed_at", Late.CLOSED),
        ("Rechnungsnummer", Late.SALE),
        ("Verlustgrund", Late.OUTCOME),
        ("previous outcome", None),
        ("Ergebnis der vorigen Aktion", None),
        ("Quelle", None),
        ("Wohnfläche", None),
        ("age", None),
        ("Vertragsart", Late.SALE),
        ("Vertragsart bisher", None),
    ],
)
def test_names_in_both_languages(name: str, meaning: Late | None) -> None:
    assert late(name) == meaning


def test_how_columns_are_read() -> None:
    count = 60
    numbers = read_column("Betrag", ["1.234,5", "keine Angabe", "7"] * 20)
    assert (numbers.kind, numbers.values[0], bool(numbers.missing[1])) == (Kind.NUMBER, 1234.5, True)
    assert read_column("Betrag", ["1.234.567", "2.000.000"] * 20).values[0] == 1_234_567
    assert read_column("Nr", [str(n * n) for n in range(count)]).kind is Kind.IDENTIFIER
    assert read_column("Umsatz", [f"{n * 1.37:.2f}" for n in range(count)]).kind is Kind.NUMBER
    assert read_column("Mail", [f"a{n}@x.example" for n in range(count)]).kind is Kind.IDENTIFIER
    assert read_column("Datum", ["03.04.2026", "13.04.2026"] * 20).values[1] - 10 == pytest.approx(
        read_column("Datum", ["03.04.2026", "13.04.2026"] * 20).values[0]
    )
    assert (
        read_column("Notiz", [f"Kunde möchte Angebot Nummer {n} für sein Haus" for n in range(count)]).kind
        is Kind.TEXT
    )
    assert read_column("Land", ["DE"] * count).kind is Kind.CONSTANT
    assert read_column("Rabattcode", ["X", ""] * 30).kind is Kind.CATEGORY
