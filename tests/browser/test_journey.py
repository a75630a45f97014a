"""A new company walks from day 1 to the strategy, in German and in English, in a real browser."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from pilotwerk.demo.corpus.export import case_table
from pilotwerk.demo.corpus.requests import history, stream
from tests.browser import steps
from tests.browser.conftest import LANGUAGES
from tests.browser.person import Person

pytestmark = pytest.mark.browser


def exports(folder: Path) -> tuple[Path, Path]:
    """A helpdesk's export of past requests, and new requests of the following days, as files."""
    today = datetime.now(UTC).date()
    known = history(seed=5, until=today, count=1500)
    past = steps.write(folder / "anfragen.csv", case_table(known, seed=5))
    fresh = stream(seed=5, first=today, last=today + timedelta(days=10), count=80, past=known)
    lines = ["Vorgang;Betreff;Text;Name;E-Mail"]
    for request in fresh:
        fields = (request.case, request.subject, request.text, request.customer, request.email)
        lines.append(";".join('"' + field.replace('"', '""') + '"' for field in fields))
    return past, steps.write(folder / "neu.csv", "\n".join(lines).encode())


# In English as many as it takes to come to a decision about the pilot.
APPROVALS = {"de": 30, "en": 10}


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_day_one_to_the_strategy(language: str, chromium: Browser, server: str, tmp_path: Path) -> None:
    past, new = exports(tmp_path)
    me = Person(chromium, server, language)
    company = {"de": "Heizung Hansen GmbH", "en": "Heating Hansen Ltd"}[language]
    with me.closing():
        home = steps.found_company(me, company, "Maren Hansen", f"maren@{language}.example")
        steps.answer_profile(me, home)
        colleague = steps.invite(me, chromium, home, "Jan Leitner", f"jan@{language}.example")
        with colleague.closing():
            steps.answer_readiness(me, home, "2")
            steps.answer_readiness(colleague, home, "1")
        steps.name_tool(me, home)
        steps.start_plan(me, home)
        steps.import_process(me, home, past, "Kundenanfragen")
        use_case = steps.add_use_case(me, home, "support")
        steps.choose(me, use_case, "Hier liegt die meiste Zeit.")
        steps.set_goal(me, home, "handling_minutes_mean", "8")
        steps.sign_gate(me, home, 1, "pass", "Die Daten reichen aus, der Nutzen ist klar.")
        steps.register_system(me, home, use_case)
        steps.set_up_pilot(me, home, enough=APPROVALS[language])
        steps.bring_requests(me, home, new)
        assert steps.decide_by_keyboard(me, home, APPROVALS[language]) == APPROVALS[language]
        me.goto(f"{home}/pilots/monitoring/")
        steps.stop_pilot(me)
        me.goto(f"{home}/evaluation/")
        steps.decide(me, home)
        steps.sign_gate(me, home, 3, "pass", "Wir machen mit Änderungen weiter.")
        strategy = steps.create_strategy(me, home, language)
        check_strategy(strategy, company)
        for address in steps.navigation(me, home):
            me.goto(address)
        assert me.findings == []
        assert colleague.findings == []


def check_strategy(content: bytes, company: str) -> None:
    """The PDF is tagged, names the company, and carries the reason that was typed."""
    reader = PdfReader(io.BytesIO(content))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    assert company in text
    assert "Hier liegt die meiste Zeit." in text
    assert "/StructTreeRoot" in reader.root_object
