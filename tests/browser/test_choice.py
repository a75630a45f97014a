"""What fits the data stands first, is tried on past cases, and is chosen; another idea is refused, and says why."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pilotwerk.portfolio.tests.requests import requests_table
from tests.browser import steps
from tests.browser.conftest import GERMAN
from tests.browser.person import Person

pytestmark = [pytest.mark.browser, GERMAN]


def test_an_idea_is_tried_and_chosen_and_another_one_refused(
    chromium: Browser, server: str, tmp_path: Path
) -> None:
    me = Person(chromium, server, "de")
    with me.closing():
        home = steps.found_company(me, "Wahl Haustechnik", "Wanda Wahl", "wanda@wahl.example")
        steps.answer_profile(me, home)
        past = steps.write(tmp_path / "anfragen.csv", requests_table(900))
        steps.import_process(me, home, past, "Kundenanfragen")

        me.goto(f"{home}/portfolio/add/")
        first = me.page.locator("main .rows > li").first
        assert "passt zu Ihren Daten" in first.inner_text()
        first.locator("a").first.click()
        me.look()
        me.submit()
        steps.estimate(me, minutes_per_case=("9", "12", "15"), automatable_share=("40", "50", "60"))
        chosen = me.page.url.removeprefix(me.address)
        assert "Ein Nutzen in 12 Monaten ist" in me.page.locator("main").inner_text()

        me.press("form[action$='/trial/'] button")
        me.page.wait_for_selector("#trial .st.ok", timeout=240_000)
        me.look()
        assert "An eigenen Daten erprobt" in me.page.locator("#trial").inner_text()
        me.press("form[action$='/recalculate/'] button")
        assert "Die Bewertung rechnet mit dieser Zahl" in me.page.locator("#trial").inner_text()

        me.goto(f"{home}/portfolio/add/?template=applications")
        me.submit()
        steps.estimate(me, cases_per_year=("20", "26", "34"), minutes_per_case=("7", "9", "12"))
        text = me.page.locator("main .note.bad").inner_text()
        assert "durch die Regel abgelehnt" in text
        assert "26 Vorgänge im Jahr sparen" in text
        assert "Vorgängen im Jahr (heute 26)" in text
        assert me.page.locator("form[action$='/choose/']").count() == 0

        steps.choose(me, chosen, "Hier liegt die meiste Zeit.")
        assert me.heading().startswith("Gewählt:")
        assert "Abgelehnt: Bewerbungen vorsortieren" in me.page.locator("main").inner_text()

        me.goto(f"{home}/company/survey/")
        me.press("form[action$='/survey/open/'] button")
        me.press("a[href$='/survey/answer/']")
        for radio in me.page.locator("main input[type=radio][value='2']").all():
            radio.check()
        me.submit()
        me.press("form[action$='/survey/close/'] button")
        assert "Unter 5 Antworten zeigen wir nichts" in me.page.locator("main").inner_text()
        assert me.findings == []
