"""A managing director brings a messy workbook, learns what it says, chooses a use case and freezes a baseline."""

import re
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
    me.follow("Vergleichen", "Compare")
    show(me)
    for part, first, last in (("Erster", book.FIRST, book.MIDDLE), ("Zweiter", book.MIDDLE, book.LAST)):
        pass


def see_a_refusal(me: Person) -> None:
    me.page.get_by_role("navigation").get_by_role("link", name=me.word("Anwendungsfälle", "Use cases")).click()
    me.look()
    show(me)
    me.follow("Die erste Idee", "Add the first")
    show(me)
    me.follow("Bewerbungen", "Presort")
    show(me)
    me.follow("Hinzufügen und bewerten", "Add and assess")
    show(me)
    steps.estimate(me, cases_per_year=("20", "26", "34"), minutes_per_case=("7", "9", "12"))
    show(me)


def choose_what_fits(me: Person) -> None:
    me.follow("Anwendungsfälle", "Use cases")
    show(me)
    me.follow("Eine Idee hinzufügen", "Add an idea")
    show(me)
    me.page.get_by_role("main").locator(".rows > li").first.get_by_role("link").first.click()
    me.look()
    show(me)
    me.follow("Hinzufügen und bewerten", "Add and assess")
    show(me)
    me.follow("Berechnen", "Calculate")
    show(me)
    me.page.get_by_label("Grund").first.fill("Hier")
    me.follow("Diesen Anwendungsfall wählen", "Choose this use case")
    show(me)


def freeze_baseline(me: Person) -> None:
    me.follow("Ziele dafür setzen", "Set goals for it")
    show(me)
    me.follow("Ziel setzen", "Set goal")
    show(me)
