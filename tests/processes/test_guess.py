"""What the columns mean is guessed from German and English names and from the contents, and the guess
says why.
"""

from collections.abc import Sequence

import pytest

from pilotwerk.processes.domain.guess import Guess, guess, profile
from pilotwerk.processes.domain.header import find_header, unique_names
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.processes.domain.values import decimal_comma, looks_like_time, minutes_factor, time_styles_of
from pilotwerk.processes.domain.words import name_score, normal_name


def guessed(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    return guess([profile(name, [row[i] for row in rows]) for i, name in enumerate(names)])


LOG = [
    ("17", "Eingang", "06.04.2026 08:00", "Meier", "Meine Heizung bleibt kalt", "Heizung"),
    ("17", "Antwort", "06.04.2026 09:00", "Schulz", "Meine Heizung bleibt kalt", "Heizung"),
    ("18", "Eingang", "07.04.2026 08:00", "Meier", "Der Hahn im Bad tropft", "Sanitär"),
    ("18", "Antwort", "07.04.2026 09:00", "Meier", "Der Hahn im Bad tropft", "Sanitär"),
]


@pytest.mark.parametrize(
    "names",
    [
        ("Vorgangs-Nr.", "Prozessschritt", "Zeitpunkt", "Bearbeiter/in", "Anfragetext", "Kategorie"),
        ("Ticket ID", "Activity", "Timestamp", "Assignee", "Description", "Category"),
        ("case:concept:name", "concept:name", "time:timestamp", "org:resource", "text", "label"),
        ("caseId", "EventName", "Datum/Uhrzeit", "Mitarbeiter", "Nachricht", "Thema"),
    ],
)
def test_an_event_log_is_recognised_in_both_languages(names: tuple[str, ...]) -> None:
    found = guessed(names, LOG)
    assert found.mapping.kind is Kind.EVENT_LOG
    wanted = (Meaning.CASE, Meaning.ACTIVITY, Meaning.TIME, Meaning.RESOURCE, Meaning.TEXT, Meaning.CATEGORY)
    assert dict(found.mapping.columns) == dict(zip(wanted, names, strict=True))
    why = [reason.english() for reason in found.reasons[Meaning.CASE]]
    assert "Each value occurs 2.0 times on average." in why


def test_one_row_a_case_is_recognised_with_start_end_and_minutes() -> None:
    names = (
        "Anfrage-Nr",
        "Eingegangen am",
        "Erledigt am",
        "Betreff",
        "Bearbeitungszeit (Min.)",
        "Antwort",
        "Kunde",
    )
    rows = [
        (
            "1",
            "06.04.2026 08:00",
            "06.04.2026 09:30",
            "Heizung kalt",
            "12,5",
            "Wir kommen morgen vorbei.",
            "K1",
        ),
        ("2", "07.04.2026 08:00", "", "Hahn tropft im Bad", "8,0", "Wir kommen am Montag.", "K2"),
    ]
    found = guessed(names, rows)
    assert found.mapping.kind is Kind.CASE_TABLE
    assert found.mapping.as_json() == {
        "case": "Anfrage-Nr",
        "start": "Eingegangen am",
        "end": "Erledigt am",
        "text": "Betreff",
        "handling": "Bearbeitungszeit (Min.)",
        "answer": "Antwort",
        "sender": "Kunde",
    }


def test_what_is_given_stays_and_a_contradicting_name_is_not_believed() -> None:
    profiles = [profile("Ticket", ["1", "2"]), profile("Datum", ["grün", "blau"]), profile("A", ["x", "y"])]
    found = guess(profiles, {Meaning.CASE: "A"}, Kind.CASE_TABLE)
    assert found.mapping.columns[Meaning.CASE] == "A"
    assert Meaning.START not in found.mapping.columns
    assert [reason.code for reason in found.reasons[Meaning.CASE]] == ["given"]


def test_another_column_that_would_do_is_named_where_figures_depend_on_it() -> None:
    names = ("Nr", "Angelegt am", "Meldedatum", "Fällig am", "Erledigt am", "Art", "Art (2)", "Kunde")
    rows = [
        (str(n), "02.04.2026", "01.04.2026", "09.04.2026", "03.04.2026", "Telefon", "Störung", f"K{n}")
        for n in range(6)
    ]
    found = guessed(names, rows)
    said = {meaning: found.reasons[meaning][-1] for meaning in found.mapping.columns}
    assert found.mapping.columns[Meaning.START] == "Angelegt am"
    assert said[Meaning.START].english() == "Also possible: Meldedatum. Please check."
    assert said[Meaning.CATEGORY].params == {"columns": "Art (2)"}
    assert {said[meaning].code for meaning in (Meaning.CASE, Meaning.END, Meaning.SENDER)} & {
        "others"
    } == set()
    given = guess(
        [profile(name, column) for name, column in zip(names, zip(*rows, strict=True), strict=True)],
        {Meaning.START: "Angelegt am"},
    )
    assert [reason.code for reason in given.reasons[Meaning.START]] == ["given"]


def test_names_are_compared_without_case_signs_and_umlauts() -> None:
    assert normal_name("Eröffnet-Am") == "eroeffnet am"
    assert normal_name("createdAt") == "created at"
    assert name_score("Eröffnet am", Meaning.START) > 0.99
    assert name_score("Datum der Meldung", Meaning.RESOURCE) == 0


def test_dates_and_numbers_in_german_and_english_are_told_apart() -> None:
    assert [style.name for style in time_styles_of(["06.04.2026 08:00", "7.4.2026"])] == ["d.m.y"]
    assert [style.name for style in time_styles_of(["04/13/2026"])] == ["d/m/y", "m/d/y"]
    assert looks_like_time("2026-04-06T08:00:00.000+02:00")
    assert looks_like_time("6. April 2026")
    assert not looks_like_time("20260406")
    assert not looks_like_time("4711")
    assert decimal_comma(["12,5", "1.234,50"])
    assert not decimal_comma(["12.5", "1,234.50"])
    assert not decimal_comma(["12.5", "1,234"])
    assert decimal_comma(["1,234"])
    assert minutes_factor("Aufwand in Stunden") == 60
    assert minutes_factor("Dauer (Sek.)") == pytest.approx(1 / 60)
    assert minutes_factor("Bearbeitungszeit") == 1


def test_the_header_is_found_below_headings() -> None:
    rows = [
        ["Bericht", "", ""],
        [],
        ["Nr", "Datum", "Text"],
        ["1", "06.04.2026", "a"],
        ["2", "07.04.2026", "b"],
    ]
    header = find_header(rows)
    assert header is not None
    assert (header.row, header.names) == (2, ("Nr", "Datum", "Text"))
    assert find_header([["", ""], []]) is None
    assert unique_names(["a", "", "A", "a"]) == ("a", "Column 2", "A (2)", "a (3)")
