"""The steps of the journey, as a person takes them. Fields are named, texts are read only where they matter."""

from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.person import Person

PASSWORD = "Brot-und-Semmeln-7"


def found_company(me: Person, name: str, person: str, email: str) -> str:
    """Set up an own company from the start page; the beginning of all its addresses."""
    me.goto("/")
    me.press("main a[href='/accounts/signup/']")
    me.fill(company=name, place="DE-SH", name=person, email=email, password1=PASSWORD)
    me.submit()
    return me.page.url.removeprefix(me.address).rstrip("/")


def answer_profile(me: Person, home: str) -> None:
    """The wizard, one question a page, to its result."""
    answers = {
        "sector": "Sanitär, Heizung, Klima",
        "staff": "48",
        "turnover": "8,2 Mio." if me.language == "de" else "8.2 million",
        "balance": "4 Mio." if me.language == "de" else "4 million",
        "related": "no",
        "works_council": "no",
        "hourly_cost": "46",
    }
    for question, answer in answers.items():
        me.goto(f"{home}/company/questions/{question}/")
        me.fill(answer=answer)
        me.submit()
    me.goto(f"{home}/company/")


def answer_readiness(me: Person, home: str, level: str) -> None:
    """Every question of every dimension with the same level."""
    me.goto(f"{home}/company/readiness/")
    parts = me.page.locator(f"main a[href^='{home}/company/readiness/']")
    addresses = sorted({str(link.get_attribute("href")) for link in parts.all()})
    assert len(addresses) == 6
    for address in addresses:
        me.goto(address)
        for radio in me.page.locator(f"main input[type=radio][value='{level}']").all():
            radio.check()
        me.submit()


def invite(me: Person, browser: Browser, home: str, name: str, email: str) -> Person:
    """Invite a colleague by link, who joins in a window of their own."""
    me.goto(f"{home}/people/")
    me.page.locator("[name=email]").fill(email)
    me.page.locator("[name=role]").select_option("lead")
    me.press("form[action$='/people/invite/'] button")
    link = me.page.locator("#link").input_value()
    colleague = Person(browser, me.address, me.language)
    colleague.goto(link)
    colleague.press("main a[href='/accounts/signup/']")
    colleague.fill(name=name, email=email, password1=PASSWORD)
    colleague.submit()
    return colleague


def start_plan(me: Person, home: str) -> None:
    """Let the 90 days begin today."""
    me.goto(f"{home}/plan/start/")
    me.submit()


def name_tool(me: Person, home: str) -> None:
    """An AI tool that is in use without approval."""
    me.goto(f"{home}/company/tools/add/")
    me.fill(
        name="Übersetzer",
        purpose="E-Mails übersetzen",
        team="Kundendienst",
        personal_data="yes",
        account="private",
        approved="no",
    )
    me.submit()


def add_use_case(me: Person, home: str, template: str, *, cases: int | None = None) -> str:
    """Add a use case from a template and assess it; the address of its page."""
    me.goto(f"{home}/portfolio/add/?template={template}")
    me.submit()
    assert me.page.url.endswith("/assess/")
    if cases is not None:
        for part in range(3):
            me.page.locator(f"[name=cases_per_year_{part}]").fill(str(cases))
    me.submit()
    return me.page.url.removeprefix(me.address)


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
