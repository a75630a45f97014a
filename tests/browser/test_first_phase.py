"""A managing director brings a messy workbook, learns what it says, chooses a use case and freezes a baseline."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import steps
from tests.browser import workbook as book
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", ["de", "en"])
def test_from_a_messy_workbook_to_a_frozen_baseline(
    language: str, chromium: Browser, server: str, tmp_path: Path
) -> None:
    me = Person(chromium, server, language)
    with me.closing():
        company = me.word("Thomsen Haustechnik", "Thomsen Building Services")
        home = steps.found_company(me, company, "Tine Thomsen", f"tine@{language}.example")
        steps.answer_profile(me, home, "hourly_cost")
        steps.upload_process(me, home, book.write_workbook(tmp_path / "auftraege.xlsx"), "Kundendienst")
        correct_columns(me)
        steps.confirm_columns(me)
        see_rejected_rows(me)
        read_facts(me)
        open_cases(me)
        compare_halves(me)
        see_a_refusal(me)
        choose_what_fits(me)
        freeze_baseline(me)
        assert me.findings == []


def correct_columns(me: Person) -> None:
    """The list has two dates at which an order begins, and two columns “Art”: the wrong ones are proposed."""
    start = me.page.get_by_label(re.compile(me.word("^Beginn des Vorgangs", "^Start of the case")))
    category = me.page.get_by_label(re.compile(me.word("^Kategorie", "^Category")))
    assert start.input_value() == "Angelegt am"
    assert category.input_value() == "Art"
    start.select_option("Meldedatum")
    category.select_option("Art (2)")


def show(me):
    print("=====", me.page.url, "\n", me.text())


def see_rejected_rows(me: Person) -> None:
    """Each row of the workbook that was left out, with its column and the reason, and as a file."""
    assert me.heading() == me.word(
        f"{len(book.REJECTED)} von {book.ROWS} Zeilen wurden nicht übernommen",
        f"{len(book.REJECTED)} of {book.ROWS} rows were not imported",
    )
    me.follow("Alle nicht übernommenen Zeilen", "All rejected rows")
    show(me)
    me.page.go_back()
    me.look()


def read_facts(me: Person) -> None:
    me.follow("Zu den Kennzahlen", "To the facts")
    show(me)


def open_cases(me: Person) -> None:
    me.panel("Wie lange", "How long").get_by_role("link").last.click()
    me.look()
    show(me)
    me.follow("längste zuerst", "longest first")
    me.page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    me.look()
    show(me)
    me.follow("Vorgänge", "Cases")
    me.follow("Kundendienst", "Kundendienst")


def compare_halves(me: Person) -> None:
    """The halves of the year beside each other, chosen by their days."""
    me.follow("Vergleichen", "Compare")
    show(me)
    periods = ((book.FIRST, book.MIDDLE - timedelta(days=1)), (book.MIDDLE, book.LAST))
    for part, (first, last) in zip(("Erster Teil", "Zweiter Teil"), periods, strict=True):
        part = me.word(part, {"Erster Teil": "First part", "Zweiter Teil": "Second part"}[part])
        fields = me.page.get_by_role("group", name=part)
        fields.get_by_label(me.word("Beginn von", "Begun from")).fill(first.isoformat())
        fields.get_by_label(me.word("bis", "until")).fill(last.isoformat())
    me.follow("Vergleichen", "Compare")
    show(me)


def see_a_refusal(me: Person) -> None:
    me.follow("Kundendienst", "Kundendienst")
    me.follow("Passende Anwendungsfälle suchen", "Find fitting use cases")
    show(me)
    me.follow("Termine und Touren", "Propose appointments")
    me.follow("Hinzufügen und bewerten", "Add and assess")
    show(me)
    me.follow("Berechnen", "Calculate")
    show(me)


def choose_what_fits(me: Person) -> None:
    me.follow("Anwendungsfälle", "Use cases")
    show(me)
    me.follow("Idee hinzufügen", "Add an idea")
    me.follow("Kundenanfragen beantworten", "Answer customer")
    show(me)
    me.follow("Hinzufügen und bewerten", "Add and assess")
    steps.estimate(me, automatable_share=("60", "70", "80"))
    show(me)
    me.page.get_by_label(me.word("Grund", "Reason")).first.fill("Hier liegt die meiste Zeit.")
    me.follow("Diesen Anwendungsfall wählen", "Choose this use case")
    show(me)


def freeze_baseline(me: Person) -> None:
    me.follow("Ziele dafür setzen", "Set goals for it")
    show(me)
    row = me.page.get_by_role("row").filter(has_text=me.word("Durchlaufzeit", "Cycle time")).first
    me.follow("Ziel setzen", "Set goal", area=row)
    show(me)
    me.fill(target=me.word("3,5", "3.5"), due=steps.in_days(80))
    me.page.get_by_label(re.compile(me.word("^Wer", "^Who"))).select_option(index=1)
    me.follow("Ausgangswert einfrieren", "Freeze baseline")
    show(me)
    me.page.get_by_role("main").get_by_role("table").first.get_by_role("link").first.click()
    me.look()
    show(me)
