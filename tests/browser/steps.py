"""The steps of the journey, as a person takes them. Fields are named, texts are read only where they matter."""

import re
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


def answer_profile(me: Person, home: str, *only: str) -> None:
    """The wizard, one question a page, to its result; all questions, or `only` some of them."""
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
        if only and question not in only:
            continue
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


def add_use_case(me: Person, home: str, template: str) -> str:
    """Add a use case from a template to the imported process and assess it; the address of its page."""
    me.goto(f"{home}/portfolio/add/?template={template}")
    me.page.locator("main [name=process]").select_option(index=1)
    me.submit()
    assert me.page.url.endswith("/assess/")
    me.submit()
    return me.page.url.removeprefix(me.address)


def estimate(me: Person, **inputs: tuple[str, str, str]) -> None:
    """Fill in low, likely and high of the inputs that nobody has measured, and calculate."""
    for name, values in inputs.items():
        for at, value in enumerate(values):
            me.page.locator(f"main [name={name}_{at}]").fill(value)
    me.submit()


def in_days(days: int) -> str:
    return (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def upload_process(me: Person, home: str, file: Path, name: str) -> None:
    """Upload an export for a new process and see what its columns are taken for."""
    me.goto(f"{home}/processes/new/")
    me.page.locator("main [name=name]").fill(name)
    me.page.locator("main [name=file]").set_input_files(file)
    me.submit()
    assert me.page.url.endswith("/columns/")


def confirm_columns(me: Person) -> None:
    """Say that the columns are right and wait until the cases are imported."""
    me.press("main form[method=post]:not(#discard):not(.filter) button[type=submit]:not([form])")
    me.page.wait_for_selector("main a[href$='/facts/']", timeout=60_000)
    me.look()


def import_process(me: Person, home: str, file: Path, name: str) -> None:
    """Upload an export, accept the guessed columns, and read the facts."""
    upload_process(me, home, file, name)
    confirm_columns(me)
    me.press("main a[href$='/facts/']")


def choose(me: Person, use_case: str, reason: str) -> None:
    """Choose the use case for the pilot."""
    me.goto(use_case)
    me.page.locator("form[action$='/choose/'] [name=reason]").fill(reason)
    me.press("form[action$='/choose/'] button[type=submit]")


def set_goal(me: Person, home: str, kpi: str, target: str) -> None:
    """Freeze the baseline of a KPI and set a target."""
    me.goto(f"{home}/kpis/")
    me.press(f"main a[href$='/{kpi}/']")
    me.fill(target=target, due=in_days(80))
    me.page.locator("main [name=owner]").select_option(index=1)
    me.submit()


def register_system(me: Person, home: str, use_case: str) -> None:
    """Enter the system in the AI register and answer the questions of the classification."""
    me.goto(f"{home}/governance/systems/add/")
    me.fill(name="Antwortvorschläge", purpose="Antworten auf Kundenanfragen vorschlagen", recipe="support")
    me.fill(provider="Pilotwerk, selbst betrieben", use_case=use_case.rstrip("/").rsplit("/", 1)[-1])
    me.page.locator("main [name=responsible]").select_option(index=1)
    me.submit()
    answers = {
        "used_in_eu": "yes",
        "origin": "bought",
        "prohibited": "nothing",
        "annex_iii": "nothing",
        "safety_component": "no",
        "profiling": "no",
        "published": "nothing",
        "personal_data": "yes",
        "special_categories": "no",
        "legal_basis": "contract",
        "processor": "no",
    }
    for name, value in answers.items():
        for option in me.page.locator(f"main input[name='{name}']").all():
            if option.get_attribute("type") == "checkbox":
                option.set_checked(option.get_attribute("value") == value)
        radio = me.page.locator(f"main input[type=radio][name='{name}'][value='{value}']")
        if radio.count():
            radio.check()
    me.submit()


def sign_gate(me: Person, home: str, number: int, decision: str, reason: str) -> None:
    """Sign a gate; what is not met gets a reason of its own."""
    me.goto(f"{home}/plan/gates/{number}/")
    me.page.locator(f"main [name=decision][value={decision}]").check()
    me.page.locator("main [name=reason]").fill(reason)
    for override in me.page.locator("main [name^='override-']").all():
        override.fill("Bewusst offen: wird in der nächsten Woche nachgeholt.")
    me.submit("main form[action$='/sign/']")


def set_up_pilot(me: Person, home: str, *, enough: int) -> None:
    """Learn from the import, keep the proposed settings, start; so many decisions are enough to go on."""
    me.goto(f"{home}/pilots/setup/")
    me.press("form[action$='/train/'] button[type=submit]")
    for _attempt in range(60):
        if me.page.locator("form[action$='/train/']").count():
            break
        me.page.wait_for_timeout(1000)
        me.page.reload()
    me.look()
    me.fill(send_delay_seconds="0", share="60", enough_decisions=str(enough))
    me.submit("main form.panel")
    me.goto(f"{home}/pilots/setup/")
    me.press("form[action$='/start/'] button[type=submit]")


def bring_requests(me: Person, home: str, file: Path) -> None:
    """Upload new requests and wait until the worker has drawn and proposed."""
    me.goto(f"{home}/pilots/")
    me.page.locator("form[action$='/upload/'] [name=file]").set_input_files(file)
    me.press("form[action$='/upload/'] button[type=submit]")
    for _attempt in range(90):
        me.page.goto(f"{me.address}{home}/pilots/queue/")
        if me.page.locator("#do-f").count():
            break
        me.page.wait_for_timeout(1000)


def decide_by_keyboard(me: Person, home: str, approvals: int) -> int:
    """Work through the queue with the keyboard only, until so many proposals are approved."""
    me.goto(f"{home}/pilots/queue/")
    approved = 0
    for _case in range(approvals * 3):
        if approved == approvals:
            break
        me.page.wait_for_selector("#do-f", timeout=30_000)
        by_hand = me.page.locator("form#decision[action$='/answer/']").count() == 1
        me.page.keyboard.press("b")
        draft = me.page.locator("#entwurf")
        text = draft.input_value()
        finished = "Guten Tag,\n\nwir melden uns noch heute bei Ihnen.\n\nFreundliche Grüße"
        if by_hand or not text.strip():
            me.page.keyboard.press("ControlOrMeta+a")
            me.page.keyboard.insert_text(finished)
        else:
            for _place in range(text.count("[")):
                # "b" selects the first unfilled place; typing fills it.
                me.page.keyboard.insert_text("20. Januar")
                me.page.keyboard.press("Escape")
                me.page.keyboard.press("b")
        me.page.keyboard.press("Escape")
        label = me.page.locator(".casehead .small").inner_text()
        with me.page.expect_navigation():
            me.page.keyboard.press("f")
        assert me.page.locator(".errors").count() == 0, me.page.locator(".errors").inner_text()
        me.look()
        assert label not in me.page.locator("main").inner_text(), "the next case opens"
        approved += not by_hand
    return approved


def stop_pilot(me: Person) -> None:
    """The kill switch in the bar; it asks for no reason."""
    me.page.locator("details.kill > summary").click()
    me.look()
    me.press("details.kill button.stop")


def decide(me: Person, home: str) -> None:
    """What is done with the pilot, with a reason; nothing is chosen beforehand."""
    me.goto(f"{home}/evaluation/learnings/add/")
    me.page.locator("main [name=topic]").first.evaluate(
        "e => { if (e.tagName === 'SELECT') e.selectedIndex = 1; else e.value = 'Rechnungen'; }"
    )
    me.page.locator("main [name=observation]").fill("Bei Rechnungen fehlen oft die Beträge.")
    me.page.locator("main [name=consequence]").fill("Rechnungen bleiben vorerst ohne Vorschlag.")
    me.submit()
    me.goto(f"{home}/evaluation/")
    assert me.page.locator("main [name=choice]:checked").count() == 0
    me.page.locator("main [name=choice][value=change]").check()
    me.page.locator("main [name=reason]").fill("Die Zeit sinkt, die Rechnungen nehmen wir heraus.")
    me.submit("main form[action$='/decision/']")


def create_strategy(me: Person, home: str, language: str) -> bytes:
    """Create the strategy as PDF and fetch it as the browser would."""
    me.goto(f"{home}/documents/")
    me.fill(language=language, file_format="pdf")
    me.submit("main form[action$='/create/']")
    links = [str(link.get_attribute("href")) for link in me.page.locator("main a[href*='/documents/']").all()]
    answer = me.context.request.get(
        me.address + next(link for link in links if re.search(r"/[0-9a-f-]{36}/", link))
    )
    assert answer.ok
    return answer.body()


def navigation(me: Person, home: str) -> list[str]:
    """All addresses of the side navigation."""
    links = me.page.locator("nav.side a[href^='/']").all()
    return [str(link.get_attribute("href")) for link in links]
