"""A managing director brings a messy workbook, learns what it says, chooses a use case and freezes a baseline."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import steps
from tests.browser import workbook as book
from tests.browser.conftest import LANGUAGES
from tests.browser.person import Person

pytestmark = pytest.mark.browser

PROCESS = "Kundendienst"


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_messy_workbook_to_a_frozen_baseline(
    language: str, chromium: Browser, server: str, tmp_path: Path
) -> None:
    me = Person(chromium, server, language)
    with me.closing():
        company = me.word("Thomsen Haustechnik", "Thomsen Building Services")
        home = steps.found_company(me, company, "Tine Brandt", f"tine@{language}.example")
        steps.answer_profile(me, home, "hourly_cost")
        steps.upload_process(me, home, book.write_workbook(tmp_path / "auftraege.xlsx"), PROCESS)
        correct_the_columns(me)
        see_the_rejected_rows(me)
        read_the_facts(me)
        open_the_cases_behind_a_figure(me)
        compare_the_halves(me)
        see_an_idea_refused(me)
        choose_another_one(me)
        freeze_the_baseline(me)
        assert me.findings == []


def correct_the_columns(me: Person) -> None:
    """Two dates at which an order may begin, and two columns “Art”: the first ones are proposed, and are wrong."""
    seen = me.panel("Die ersten Zeilen der Datei", "The first rows of the file")
    place = me.word("Blatt „Aufträge“, Spaltennamen in Zeile 3", "Sheet “Aufträge”, column names in row 3")
    assert place in me.text(seen)
    start, category = (
        me.field("Beginn des Vorgangs", "Start of the case"),
        me.field("Kategorie", "Category"),
    )
    assert (start.input_value(), category.input_value()) == ("Angelegt am", "Art")
    for other in ("Meldedatum", "Art (2)"):
        assert me.word(f"Auch möglich: {other}.", f"Also possible: {other}.") in me.text()
    start.select_option("Meldedatum")
    category.select_option("Art (2)")
    steps.confirm_columns(me)


def see_the_rejected_rows(me: Person) -> None:
    """Each row of the workbook that was left out, with its column and the reason, on the page and as a file."""
    assert me.heading() == me.word(
        f"{len(book.REJECTED)} von {book.ROWS} Zeilen wurden nicht übernommen",
        f"{len(book.REJECTED)} of {book.ROWS} rows were not imported",
    )
    missing = me.word("Der Wert fehlt.", "The value is missing.")
    reasons = [
        missing,
        me.word(
            "„31.02.2026 09:15“ ist kein lesbarer Zeitpunkt.", "“31.02.2026 09:15” is not a date or time"
        ),
        me.word("Das Ende liegt vor dem Beginn.", "The end lies before the start."),
        me.word("Der Vorgang „A-1001“ kam schon vor.", "The case “A-1001” occurred before."),
        me.word("„halber Tag“ ist keine lesbare Zahl.", "“halber Tag” is not a number"),
        missing,
    ]
    columns = [*(column for column, _content in book.WRONG.values()), "Meldedatum"]
    me.follow("Alle nicht übernommenen Zeilen", "All rejected rows")
    told = me.rows()
    written = list(
        csv.reader(io.StringIO(me.download("Als CSV herunterladen", "Download as CSV")), delimiter=";")
    )
    assert written[0] == [me.word("Zeile", "Row"), me.word("Spalte", "Column"), me.word("Grund", "Reason")]
    for rows in (told, written[1:]):
        assert [int(row) for row, _column, _reason in rows] == list(book.REJECTED)
        assert [column for _row, column, _reason in rows] == columns
        assert all(said.startswith(why) for (_r, _c, said), why in zip(rows, reasons, strict=True)), rows
    nobody_is_named(me)
    me.page.go_back()
    me.look()


def read_the_facts(me: Person) -> None:
    """The figures are those of the corrected columns; orders begin when they are reported."""
    me.follow("Zu den Kennzahlen", "To the facts")
    assert me.heading() == me.word(
        f"{PROCESS}: Die Hälfte der Vorgänge braucht höchstens {days(me, book.MEDIAN)}",
        f"{PROCESS}: half of the cases take at most {days(me, book.MEDIAN)}",
    )
    words = me.text(me.panel("Das Wichtigste in Worten", "The main points in words"))
    for figure in (days(me, book.MEDIAN), days(me, book.P90)):
        assert figure in words
    assert (
        me.word(
            f"{book.MINUTES_MEDIAN:.0f},0 Min. Median. 90 % bis 75,0 Min., {book.MINUTES_KNOWN} Vorgänge",
            f"{book.MINUTES_MEDIAN:.0f}.0 min median. 90% within 75.0 min, {book.MINUTES_KNOWN} cases",
        )
        in words
    )
    kinds = {name: cases for name, cases, *_rest in me.rows(me.panel("Worum geht es?", "What is it about?"))}
    assert kinds == {kind: str(book.KINDS.count(kind) * book.WEEKS) for kind in book.KINDS}
    nobody_is_named(me)
    me.follow("Wie gut sind die Daten? Alle Befunde", "How good are the data? All findings")
    columns = {
        name: personal
        for name, _type, _missing, _distinct, personal, _n in me.rows(
            me.panel("Was steht in den Spalten?", "What do the columns hold?")
        )
    }
    names = me.word("Namen", "names")
    assert {column for column, personal in columns.items() if personal == names} == {
        "Kundenname",
        "Techniker",
    }
    nobody_is_named(me)
    me.follow(PROCESS, PROCESS)


def open_the_cases_behind_a_figure(me: Person) -> None:
    """From the orders of a week and more to their list, to the longest of them, and back to the same list."""
    me.panel("Wie lange dauert ein Vorgang?", "How long does a case take?").get_by_role("link").last.click()
    me.look()
    listed = me.word(
        f"{book.WEEK_AND_MORE} von {book.CASES} Vorgängen", f"{book.WEEK_AND_MORE} of {book.CASES} cases"
    )
    assert me.heading() == listed
    me.follow("längste zuerst", "longest first")
    assert {row[3] for row in me.rows()[:13]} == {days(me, 10)}
    me.follow("A-", "A-")
    assert me.heading().endswith(days(me, 10))
    nobody_is_named(me)
    me.follow(f"Vorgänge: mindestens {days(me, 7)}", f"Cases: at least {days(me, 7)}")
    assert me.heading() == listed
    me.follow(PROCESS, PROCESS)
    me.follow("Alle Vorgänge zeigen", "Show all cases")


def compare_the_halves(me: Person) -> None:
    """The second half of the year beside the first; behind a figure of it are its orders."""
    me.follow("Vergleichen", "Compare")
    day = timedelta(days=1)
    choose_days(me, "Erster Teil", "First part", book.FIRST, book.MIDDLE - day)
    choose_days(me, "Zweiter Teil", "Second part", book.MIDDLE, book.LAST)
    me.follow("Vergleichen", "Compare")
    medians = [days(me, value) for value in book.MEDIANS]
    assert me.heading() == me.word(
        f"Die Hälfte der Vorgänge braucht im zweiten Teil höchstens {medians[1]}, im ersten {medians[0]}",
        f"Half of the cases take at most {medians[1]} in the second part, {medians[0]} in the first",
    )
    rows = {name: figures for name, *figures in me.rows()}
    half = str(book.CASES_IN_HALF)
    less = me.word("45 % weniger", "45% less")
    assert rows[me.word("Vorgänge", "Cases")] == [half, half, me.word("kein Unterschied", "no difference")]
    assert rows[me.word("Durchlaufzeit, Median", "Cycle time, median")] == [*medians, less]
    p90 = me.word("Durchlaufzeit, neun von zehn höchstens", "Cycle time, nine of ten cases at most")
    assert rows[p90] == [*(days(me, value) for value in book.P90S), less]
    me.page.get_by_role("row", name=p90).get_by_role("link").last.click()
    me.look()
    assert me.heading() == me.word(f"{half} von {book.CASES} Vorgängen", f"{half} of {book.CASES} cases")
    me.follow(PROCESS, PROCESS)


def choose_days(me: Person, german: str, english: str, first: date, last: date) -> None:
    part = me.page.get_by_role("group", name=me.word(german, english))
    me.field("Beginn von", "Begun from", part).fill(first.isoformat())
    me.field("bis", "until", part).fill(last.isoformat())


def see_an_idea_refused(me: Person) -> None:
    """The best fit costs more than the measured volume can bring; the page says from which volume on it would do."""
    me.follow("Passende Anwendungsfälle suchen", "Find fitting use cases")
    me.follow("Termine und Touren vorschlagen", "Propose appointments and tours")
    me.follow("Hinzufügen und bewerten", "Add and assess")
    me.follow("Berechnen", "Calculate")
    text = me.text()
    assert me.word("durch die Regel abgelehnt", "Refused by the rule") in text
    # Ten orders a week over 365.25 / 7 weeks; 45 minutes each less 1.5 for checking, 45 % of them: 170 hours.
    assert me.word("522 Vorgänge im Jahr sparen etwa 170", "522 cases a year save about 170 hours") in text
    assert me.word("Neu prüfen: Ab ", "Look again: From ") in text
    assert me.word("Vorgängen im Jahr (heute 522) oder mit", "cases a year on (today 522), or with") in text
    assert (
        me.page.get_by_role("button", name=me.word("Diesen Anwendungsfall wählen", "Choose this")).count()
        == 0
    )


def choose_another_one(me: Person) -> None:
    """The answers to customers are worth it; the refused idea stays in the list with its reason."""
    me.follow("Anwendungsfälle", "Use cases")
    me.follow("Idee hinzufügen", "Add an idea")
    me.follow("Kundenanfragen beantworten", "Answer customer requests")
    chosen = me.field("In welchem Prozess?", "In which process?").locator("option:checked")
    assert chosen.inner_text() == PROCESS, "the process in which it was recognised"
    me.follow("Hinzufügen und bewerten", "Add and assess")
    steps.estimate(me, automatable_share=("60", "70", "80"))
    measured = me.word("gemessen", "measured")
    inputs = me.rows(me.panel("Wie der Nutzen berechnet ist", "How the benefit is calculated"))
    assert inputs[0][1:] == ["522", f"{measured} {book.CASES} {me.word('Vorgänge', 'cases')}"]
    me.field("Grund", "Reason").fill("Hier liegt die meiste Zeit.")
    me.follow("Diesen Anwendungsfall wählen", "Choose this use case")
    name = me.word("Kundenanfragen beantworten", "Answer customer requests")
    assert me.heading() == me.word(f"Gewählt: {name}", f"Chosen: {name}")
    refused = me.word("Abgelehnt: Termine und Touren vorschlagen", "Refused: Propose appointments and tours")
    why = me.text(me.page.get_by_role("region", name=refused))
    assert me.word("(heute 522)", "(today 522)") in why


def freeze_the_baseline(me: Person) -> None:
    """The median cycle time of the import becomes the baseline, and computed again it is the same."""
    me.follow("Ziele dafür setzen", "Set goals for it")
    name = me.word("Durchlaufzeit, Median", "Cycle time, median")
    me.follow("Ziel setzen", "Set goal", area=me.page.get_by_role("row", name=name))
    assert me.heading() == f"{name}: {days(me, book.MEDIAN)}"
    me.field("Zielwert", "Target").fill(me.word("3,5", "3.5"))
    me.field("Bis wann?", "Until when?").fill(steps.in_days(80))
    me.field("Wer kümmert sich", "Who looks after").select_option(index=1)
    me.follow("Ausgangswert einfrieren und Ziel setzen", "Freeze baseline and set goal")
    me.follow(name, name)
    frozen = me.panel("Eingefrorener Ausgangswert", "Frozen baseline")
    text = me.text(frozen)
    assert days(me, book.MEDIAN) in text
    assert me.word("Jetzt neu berechnet gleicher Wert", "Computed again now same value") in text
    me.follow(f"{book.CASES} Vorgänge", f"{book.CASES} cases", area=frozen)
    assert me.heading().startswith(f"{book.CASES} ")
    nobody_is_named(me)


def days(me: Person, value: float) -> str:
    """A cycle time as the pages write it."""
    text = f"{value:.1f}"
    return me.word(text.replace(".", ",") + " Tage", text + " days")


def nobody_is_named(me: Person) -> None:
    """No name of a customer or technician is anywhere in the page."""
    content = me.page.content()
    assert [name for name in book.NAMES if name in content] == []
