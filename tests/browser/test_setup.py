"""From an empty organisation to a running pilot, by clicking only what is on the pages, for each kind of pilot."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from pilotwerk.pilots.tests.mailservers import PASSWORD, USER, Postbox, imap, letter, smtp
from tests.browser import steps, tables
from tests.browser.conftest import LANGUAGES
from tests.browser.effort import Counted
from tests.browser.test_first_phase import PROCESS
from tests.browser.test_journey import exports

pytestmark = pytest.mark.browser

# Five minutes for hands that know what to do; and so few operations that somebody who reads along keeps up.
MINUTES, OPERATIONS = 5, 80


@dataclass(frozen=True)
class Kind:
    """A kind of pilot: its name in the catalogue, what is learned from, what is said once it has learned.

    `files`: a table each, by role; `prepared`: it works with them and learns nothing. `process`: the file of past
    requests, where it learns from an import. `mailbox`: requests come from a mailbox and answers go out by it.
    """

    german: str
    english: str
    learned: tuple[str, str]
    files: Mapping[str, Callable[[Path], Path]] = field(default_factory=dict)
    prepared: bool = False
    minutes: tuple[str, str, str] = ("8", "12", "15")
    process: Callable[[Path], Path] | None = None
    mailbox: bool = False


KINDS = {
    "support": Kind(
        "Kundenanfragen beantworten",
        "Answer customer requests",
        ("früheren Anfragen gelernt", "of them with an answer"),
        process=lambda folder: exports(folder)[0],
    ),
    "leads": Kind(
        "Angebote nachfassen",
        "Follow up offers",
        ("hat aus 400 entschiedenen", "learned from 400 decided leads"),
        files={"past": tables.past_leads},
    ),
    "stock": Kind(
        "Warnung bei knappen Ersatzteilen",
        "Warn when spare parts run low",
        ("hat aus 3 Artikeln", "learned from 3 items"),
        files={"items": tables.items, "demand": tables.demand},
    ),
    "reports": Kind(
        "Monatsbericht schreiben",
        "Write the monthly report",
        ("ist vorbereitet", "is prepared"),
        files={"figures": tables.orders},
        prepared=True,
        # What takes a person less time than checking the report would is refused as a project.
        minutes=("120", "180", "240"),
    ),
}


KINDS["mailbox"] = replace(KINDS["support"], mailbox=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_pilot_is_set_up_in_five_minutes(
    kind: str, language: str, chromium: Browser, server: str, tmp_path: Path
) -> None:
    me, wanted = Counted(chromium, server, language), KINDS[kind]
    with me.closing(), ExitStack() as servers:
        found_company(me, kind)
        choose(me, wanted)
        learn(me, wanted, tmp_path)
        if wanted.mailbox:
            connect_a_mailbox(me, servers)
        enter_in_the_register(me)
        start(me, wanted)
        assert me.findings == []
    effort = f"{me.clicks} clicks, {me.fields} fields, {me.seconds:.0f} s on {' > '.join(me.path)}"
    assert me.clicks + me.fields <= OPERATIONS, effort
    assert me.seconds < MINUTES * 60, effort


def found_company(me: Counted, kind: str) -> None:
    me.goto("/")
    me.press("main a[href='/accounts/signup/']")
    me.fill(company=f"Hansen {kind} {me.language}", place="DE-SH", name="Maren Hansen")
    me.fill(email=f"maren@{kind}-{me.language}.example", password1=steps.PASSWORD)
    me.submit()


def choose(me: Counted, wanted: Kind) -> None:
    """The page of the pilot says what Pilotwerk can run; the idea is estimated and chosen."""
    me.press("nav.side a[href$='/pilots/']")
    assert me.heading() == me.word("Es gibt noch keinen Piloten", "There is no pilot yet")
    me.follow("Pilot einrichten", "Set up the pilot")
    assert me.heading() == me.word("Was soll der Pilot tun?", "What should the pilot do?")
    assert [one for one in KINDS.values() if me.word(one.german, one.english) not in me.text()] == []
    me.follow(wanted.german, wanted.english)
    me.follow("Hinzufügen und bewerten", "Add and assess")
    estimates = {
        "cases_per_year": ("2000", "3000", "4000"),
        "minutes_per_case": wanted.minutes,
        "hourly_cost": ("40", "46", "52"),
    }
    for name, values in estimates.items():
        me.fill(**{f"{name}_{at}": value for at, value in enumerate(values)})
    me.follow("Berechnen", "Calculate")
    me.follow("Diesen Anwendungsfall wählen", "Choose this use case")
    assert me.heading() == me.word(f"Gewählt: {wanted.german}", f"Chosen: {wanted.english}")
    assert me.word("1 von 4 Schritten", "1 of 4 steps") in me.text(way(me))


def way(me: Counted) -> Locator:
    """The line that says what comes next on the way to the pilot."""
    return me.panel("Weg zum Piloten", "Way to the pilot")


def learn(me: Counted, wanted: Kind, folder: Path) -> None:
    """Tables are handed in at the pilot; where it learns from requests, the way leads through their import."""
    if wanted.process is not None:
        me.follow("Frühere Anfragen importieren", "Import past requests", area=way(me))
        me.fill(name=PROCESS)
        me.hand_in("file", wanted.process(folder))
        me.submit()
        me.press("main form[method=post]:not(#discard):not(.filter) button[type=submit]:not([form])")
        me.wait_for("main a[href$='/facts/']")
    if wanted.prepared:
        me.follow("Geben Sie die Tabelle ab", "Hand in the table", area=way(me))
    else:
        me.follow("Aus Ihren früheren Daten lernen", "Let it learn from your past data", area=way(me))
    for role, made in wanted.files.items():
        me.hand_in(f"file_{role}", made(folder))
    if wanted.prepared:
        me.follow("Vorbereiten und prüfen", "Prepare and check")
    else:
        me.follow("Daraus lernen und prüfen", "Learn from it and check")
    me.wait_for("form[action$='/train/']")
    assert me.word(*wanted.learned) in me.text(me.page.locator("#learn"))


def connect_a_mailbox(me: Counted, servers: ExitStack) -> None:
    """Where it is decided how requests come in, a mailbox can be connected; once tested it is offered there."""
    server, port = servers.enter_context(imap()), servers.enter_context(smtp(Postbox()))
    server.put(letter(1, "Wann kommt der Monteur?"))
    me.follow("Postfächer und andere Verbindungen", "Mailboxes and other connections")
    me.follow("Neue Verbindung", "New connection")
    me.follow("Postfach", "Mailbox")
    me.fill(name="Kundendienst", address=USER, host="127.0.0.1", security="none", port=str(server.port))
    me.fill(user=USER, password=PASSWORD, smtp_security="none", smtp_port=str(port))
    me.follow("Verbindung speichern", "Store the connection")
    me.follow("Testen", "Test")
    assert "Anfrage 1" in me.text()
    me.follow("Pilot einrichten", "Set up the pilot")
    me.fill(source_kind="mailbox", target_kind="mailbox")
    me.follow("Speichern", "Save")
    assert me.word("Gespeichert.", "Saved.") in me.text()


def enter_in_the_register(me: Counted) -> None:
    """What stands against the start is said where it is started, and leads to the page where it is put right."""
    panel = me.page.locator("#start")
    me.follow("Das KI-System steht noch nicht", "The AI system is not in the AI register", area=panel)
    assert me.word("Jetzt:", "Now:") in me.text(way(me))
    me.submit()
    answers = dict.fromkeys(("safety_component", "profiling", "special_categories", "processor"), "no")
    answers |= {"used_in_eu": "yes", "origin": "bought", "personal_data": "yes", "legal_basis": "contract"}
    for name in ("prohibited", "annex_iii", "published"):
        me.tick_only(name, "nothing")
    me.fill(**answers)
    me.submit()


def start(me: Counted, wanted: Kind) -> None:
    """The register leads back; everything is said to be ready, and the pilot runs."""
    me.follow("Pilot starten", "Start the pilot", area=way(me))
    me.follow("Pilot starten", "Start the pilot", area=me.page.locator("#start"))
    name = me.word(wanted.german, wanted.english)
    assert me.heading() == me.word(f"Der Pilot „{name}“ läuft", f"The pilot “{name}” runs")
