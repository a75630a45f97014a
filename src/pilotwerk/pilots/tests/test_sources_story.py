"""Work comes in over an interface, a database or a folder, and goes out to programs of the company, by a pilot."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pilotwerk.audit import selectors as audit
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import execution, folders, services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Connection, Delivery, Pilot, PilotTable
from pilotwerk.pilots.recipes.leads import learning as leads_learning
from pilotwerk.pilots.recipes.stock import learning as stock_learning
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.own_recipes import (
    LEAD_HEAD,
    Own,
    begun,
    demand,
    items,
    lead_row,
    past_leads,
    remember_learning,
    table,
)
from pilotwerk.pilots.tests.stage import delivery_claim
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, web
from pilotwerk.processes.databases.services import connection_save
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "ein-langes-geheimnis-4711-0815"
WORK = ["pilots.source", "pilots.propose"]


@pytest.fixture
def server(settings: Any) -> Iterator[Web]:
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with web() as made:
        yield made


@pytest.fixture
def travel() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        stack.enter_context(clock.travel(stages.MORNING))
        yield stack


def later(travel: ExitStack, **passed: float) -> None:
    travel.enter_context(clock.travel(clock.now() + timedelta(**passed)))


def look(travel: ExitStack, minutes: float = 5) -> None:
    """Some minutes later the worker has looked and prepared proposals."""
    later(travel, minutes=minutes)
    execution.sources_job(None)  # type: ignore[arg-type]
    jobs.run_due(kinds=WORK)


def connected(cast: Cast, kind: str, name: str, settings: dict[str, Any], **secrets: str) -> Connection:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    row = services.connection_create(**by, kind=kind, name=name, settings=settings, secrets=secrets)
    execution.connection_test(**by, connection=row)
    row.refresh_from_db()
    assert row.state == "ok", row.problem
    return row


class Tickets:
    """The company's ticket program: hands out tickets by cursor, and takes what was decided."""

    def __init__(self, count: int) -> None:
        self.tickets = [
            {"id": f"T-{n}", "text": stages.request_text("Termin", n), "mail": "petra@wulff.example"}
            for n in range(count)
        ]
        self.taken: list[Any] = []
        self.answers: list[Says] = []

    def __call__(self, asked: Asked) -> Says:
        if asked.method == "POST":
            if asked.json["type"] == "test":
                return Says({})
            says = self.answers.pop(0) if self.answers else Says({"ok": True})
            if says.status < 400 or says.status == 500:
                self.taken.append(asked.json)
            return says
        at = int(asked.query.get("cursor", 0))
        after = min(at + 4, len(self.tickets))
        return Says({"items": self.tickets[at:after], "next": after if after < len(self.tickets) else None})


REST: dict[str, Any] = {
    "auth": "bearer",
    "use": "requests",
    "id_field": "id",
    "text_field": "text",
    "sender_address_field": "mail",
    "paging": "cursor",
    "cursor_param": "cursor",
    "cursor_field": "next",
    "minutes": 5,
}


@pytest.fixture
def desk(cast: Cast, registered: None, server: Web, travel: ExitStack) -> tuple[stages.Stage, Tickets]:
    """A support pilot between two ends of the company's ticket program."""
    server.behave = tickets = Tickets(10)
    source = connected(cast, "rest", "Tickets", {**REST, "url": server.url + "/tickets"}, token="zugang")
    target = connected(cast, "webhook", "Antworten", {"url": server.url + "/answers"}, secret=SECRET)
    ways: dict[str, Any] = {
        "source_kind": "rest",
        "source_connection": source,
        "target_kind": "webhook",
        "target_connection": target,
        "share": 1.0,
    }
    pilot, _version = stages.trained(cast, **ways)
    services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)
    pilot.refresh_from_db()
    return stages.Stage(cast, pilot), tickets


def source_of(stage: stages.Stage) -> Connection:
    found = Pilot.objects.get(pk=stage.pilot.pk).source_connection
    assert found is not None
    return found


def test_tickets_come_in_once_and_answers_go_back(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack
) -> None:
    stage, tickets = desk
    look(travel)
    assert Case.objects.count() == 10
    assert {case.source_name for case in Case.objects.all()} == {"Tickets"}
    tickets.tickets.append({"id": "T-10", "text": stages.request_text("Rechnung"), "mail": "x@y.example"})
    received = "pilots.cases_received"
    before = [e.action for e in audit.entries(stage.cast.organisation.pk)].count(received)
    for _number in range(3):
        look(travel)
    assert Case.objects.count() == 11
    # The last page is read again and again; nothing is written down where nothing came in.
    assert [e.action for e in audit.entries(stage.cast.organisation.pk)].count(received) == before + 1
    case = Case.objects.get(payload__source_id="T-3")
    stage.approve(case)
    stage.send()
    [taken] = tickets.taken
    assert (taken["data"]["source_id"], taken["data"]["case"]) == ("T-3", case.label)
    assert taken["data"]["text"] == stages.PLAIN
    case.refresh_from_db()
    assert case.state == "done"


def test_a_look_is_made_only_when_it_is_due(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack, server: Web
) -> None:
    look(travel)
    asked = len(server.asked)
    for _number in range(3):
        look(travel, minutes=1)
    assert len(server.asked) == asked
    look(travel, minutes=2)
    assert len(server.asked) > asked


def test_an_interface_that_fails_is_asked_less_and_less_and_then_goes_on(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack, server: Web
) -> None:
    stage, tickets = desk
    look(travel)
    server.behave = lambda _asked: Says(status=500)
    server.asked.clear()
    for _minute in range(60):
        look(travel, minutes=1)
    assert 4 <= len(server.asked) <= 8
    connection = source_of(stage)
    assert (connection.state, connection.problem["code"]) == ("broken", "http_failed")
    server.behave = tickets
    tickets.tickets.append({"id": "T-10", "text": "Wo bleibt die Antwort?", "mail": "x@y.example"})
    look(travel, minutes=31)
    assert Case.objects.count() == 11
    assert source_of(stage).state == "ok"


def test_a_server_that_asks_for_a_pause_gets_it(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack, server: Web
) -> None:
    server.behave = lambda _asked: Says(status=429, headers={"Retry-After": "1800"})
    look(travel)
    server.asked.clear()
    look(travel, minutes=20)
    assert server.asked == []
    look(travel, minutes=11)
    assert len(server.asked) == 1


def test_a_server_that_dies_in_the_middle_loses_nothing(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack, server: Web
) -> None:
    _stage, tickets = desk

    def dying(asked: Asked) -> Says:
        says = tickets(asked)
        return Says(says.content, cut=60) if asked.query.get("cursor") == "4" else says

    server.behave = dying
    look(travel)
    assert Case.objects.count() == 4
    server.behave = tickets
    look(travel)
    assert sorted(case.payload["source_id"] for case in Case.objects.all()) == sorted(
        f"T-{n}" for n in range(10)
    )


def test_a_stopped_pilot_takes_nothing_in(desk: tuple[stages.Stage, Tickets], travel: ExitStack) -> None:
    stage, _tickets = desk
    services.pilot_stop(**stage.by("lead"), pilot=stage.pilot, reason="Pause")
    execution.source_ingest(pilot=stage.pilot)
    look(travel)
    assert Case.objects.count() == 0


def test_where_nobody_knows_the_case_says_so_and_is_not_sent_twice(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack
) -> None:
    stage, tickets = desk
    look(travel)
    stored, busy, *_others = Case.objects.all()
    tickets.answers = [Says(status=500)]  # it had stored the answer before it fell over
    stage.approve(stored)
    stage.send()
    stored.refresh_from_db()
    assert stored.state == CaseState.OUTCOME_UNKNOWN
    assert "500" in Delivery.objects.get(case=stored).problem
    tickets.answers = [Says(status=429), Says(status=503)]
    stage.approve(busy)
    stage.send()
    for _minute in range(20):
        later(travel, minutes=1)
        jobs.run_due(kinds=["pilots.execute"])
    busy.refresh_from_db()
    assert busy.state == "done"
    assert [one["data"]["case"] for one in tickets.taken] == [stored.label, busy.label]


@pytest.mark.parametrize("promised", [False, True])
def test_after_a_crash_only_a_receiver_that_knows_numbers_again_is_asked_again(
    desk: tuple[stages.Stage, Tickets], travel: ExitStack, promised: bool
) -> None:
    stage, tickets = desk
    target = Pilot.objects.get().target_connection
    assert target is not None
    Connection.objects.filter(pk=target.pk).update(settings={**target.settings, "idempotent": promised})
    look(travel)
    case = Case.objects.select_related("pilot", "organisation")[0]
    stage.approve(case)
    decision = case.decisions.get()
    assert delivery_claim(case_id=case.pk, decision_id=decision.pk) is not None
    execution.case_execute(case_id=case.pk, decision_id=decision.pk)
    case.refresh_from_db()
    assert case.state == ("done" if promised else CaseState.OUTCOME_UNKNOWN)
    assert len(tickets.taken) == int(promised)


def test_the_secrets_stand_nowhere(desk: tuple[stages.Stage, Tickets], travel: ExitStack) -> None:
    stage, _tickets = desk
    look(travel)
    client, url = stage.cast.client("lead"), stage.cast.organisation.url
    shown = ""
    for row in Connection.objects.all():
        for view in ("pilots:connection", "pilots:connection_change"):
            shown += client.get(url(view, pk=row.pk)).content.decode()
        shown += client.post(url("pilots:connection_test", pk=row.pk)).content.decode()
    stored = str(Connection.objects.values()) + str(
        [e.__dict__ for e in audit.entries(stage.cast.organisation.pk)]
    )
    assert "zugang" not in stored
    assert SECRET not in shown + stored
    assert "T-0" in shown  # what would be read


def test_a_helpdesk_table_is_read_and_answers_become_rows(
    cast: Cast, registered: None, travel: ExitStack, settings: Any, tmp_path: Path
) -> None:
    settings.PILOTWERK_SQL_FOLDER = tmp_path
    path = tmp_path / "helpdesk.db"
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE tickets (id INTEGER, text TEXT, mail TEXT)")
        con.executemany(
            "INSERT INTO tickets VALUES (?, ?, ?)",
            [(n, stages.request_text("Termin", n), "p@wulff.example") for n in range(1, 6)],
        )
    lead = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    base = connection_save(**lead, name="Helpdesk", dialect="sqlite", database="helpdesk.db")  # type: ignore[arg-type]
    reading = {
        "database": str(base.pk), "query": "SELECT * FROM tickets", "use": "requests", "id_field": "id",
        "text_field": "text", "sender_address_field": "mail", "growing": "id", "growing_kind": "number", "minutes": 1,
    }  # fmt: skip
    source = connected(cast, "sql", "Tickets", reading)
    target = connected(cast, "sql_table", "Antworten", {"database": str(base.pk), "table": "answers"})
    pilot, _version = stages.trained(
        cast,
        source_kind="sql",
        source_connection=source,
        target_kind="sql_table",
        target_connection=target,
        share=1.0,
    )
    services.pilot_start(**lead, pilot=pilot)  # type: ignore[arg-type]
    stage = stages.Stage(cast, pilot)
    look(travel)
    with sqlite3.connect(path) as con:
        con.execute("INSERT INTO tickets VALUES (6, 'Neue Frage zur Rechnung', 'p@wulff.example')")
        con.execute("INSERT INTO tickets VALUES (7, NULL, 'p@wulff.example')")
    look(travel)
    look(travel)
    assert sorted(case.payload["source_id"] for case in Case.objects.all()) == ["1", "2", "3", "4", "5", "6"]
    [rejected] = Connection.objects.get(kind="sql").rejected
    assert (rejected["file"], rejected["column"], rejected["message"]) == ("7", "text", "Der Wert fehlt.")
    case = Case.objects.select_related("pilot", "organisation").get(payload__source_id="3")
    stage.approve(case)
    decision = case.decisions.get()
    # The worker dies between the row and our knowing of it; the second try finds its row.
    assert delivery_claim(case_id=case.pk, decision_id=decision.pk) is not None
    execution.case_execute(case_id=case.pk, decision_id=decision.pk)
    Case.objects.filter(pk=case.pk).update(state=CaseState.EXECUTING.value, closed="", sent_at=None)
    Delivery.objects.filter(case=case).update(state="trying")
    execution.case_execute(case_id=case.pk, decision_id=decision.pk)
    case.refresh_from_db()
    assert case.state == "done"
    with sqlite3.connect(path) as con:
        assert con.execute("SELECT case_number, source_id, body FROM pilotwerk_answers").fetchall() == [
            (case.label, "3", stages.PLAIN)
        ]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)


def choose(own: Own, **ways: Any) -> None:
    """The ways in and out, as the set-up page sets them."""
    pilot = own.pilot
    services.pilot_setup(**own.by(), use_case=pilot.use_case, share=1.0, options=pilot.options, **ways)
    pilot.refresh_from_db()


def test_stock_comes_over_the_interface_and_orders_lie_in_a_folder(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, stock_learning, kept)
    stock = {"F-100": 500.0, "D-20": 200.0, "P-7": 300.0}

    def behave(_asked: Asked) -> Says:
        return Says(
            [
                {
                    "sku": sku, "have": have, "days": 14, "price": 12.5, "min": 20, "pack": 10,
                    "vendor": {"name": "Filter Müller GmbH", "mail": "order@filter.example"},
                }
                for sku, have in stock.items()
            ]
        )  # fmt: skip

    server.behave = behave
    columns = [
        ["Artikelnummer", "sku"], ["Bestand", "have"], ["Lieferzeit Tage", "days"], ["Preis", "price"],
        ["Mindestmenge", "min"], ["VPE", "pack"], ["Lieferant", "vendor.name"], ["Lieferant E-Mail", "vendor.mail"],
    ]  # fmt: skip
    source = connected(
        cast,
        "rest",
        "Lager",
        {"url": server.url, "auth": "none", "use": "rows", "columns": columns, "minutes": 5},
    )
    target = connected(cast, "files", "Bestellungen", {"folder": "orders", "format": "xlsx"})
    own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="")
    choose(own, source_kind="rest", source_connection=source, target_kind="files", target_connection=target)
    own.hand_in("items", items())
    own.hand_in("demand", demand())
    own.start()
    assert own.open_cases() == []
    stock["F-100"] = 20.0
    look(travel)
    own.work()
    taken = PilotTable.objects.get(pilot=own.pilot, role="items")
    assert taken.filename == "Lager.csv"
    [case] = own.open_cases()
    look(travel)
    assert (
        PilotTable.objects.get(pilot=own.pilot, role="items").pk == taken.pk
    )  # nothing changed, nothing taken
    services.case_approve(**own.by("clerk"), **own.seen(case))
    own.send()
    [written] = [one for one in (folders.exchange(target) / "out").iterdir() if one.is_file()]
    head, row = load_workbook(written).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert head == ("Lieferant", "Artikel", "Bezeichnung", "Menge", "Preis je Stück", "Wert")
    assert row[:2] == ("Filter Müller GmbH", "F-100")
    assert row[3] % 10 == 0  # type: ignore[operator]


def test_a_table_that_cannot_serve_is_told_and_the_present_one_stays(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, stock_learning, kept)
    server.behave = lambda _asked: Says([{"Artikelnummer": "F-100", "Bestand": "viel"}] * 1)
    source = connected(
        cast, "rest", "Lager", {"url": server.url, "auth": "none", "use": "rows", "minutes": 5}
    )
    own = begun(cast, "stock", tmp_path, target_fill_rate=0.95, language="de", order_file="")
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("items", items())
    own.hand_in("demand", demand())
    own.start()
    before = PilotTable.objects.get(pilot=own.pilot, role="items").pk
    look(travel)
    source.refresh_from_db()
    assert (source.state, source.problem["code"]) == ("broken", "file")
    page = cast.client("lead").get(cast.organisation.url("pilots:connection", pk=source.pk)).content.decode()
    assert "„viel“ ist keine Stückzahl" in page
    assert PilotTable.objects.get(pilot=own.pilot, role="items").pk == before


def test_leads_come_as_files_each_read_once_and_follow_ups_go_out(
    cast: Cast, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    both = connected(cast, "files", "Leads", {"folder": "leads", "format": "csv_de"})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="files", source_connection=both, target_kind="files", target_connection=both)
    own.hand_in("past", past_leads())
    own.start()
    inbox = folders.exchange(both) / "in"
    day = stages.MORNING.date()
    row = lead_row(901, "", source="Empfehlung", size=180, day=day)
    broken = lead_row(902, "", source="Messe", size=20, day=day, mail="keine")
    write(inbox / "neu.csv", table(LEAD_HEAD, [row, broken]))
    look(travel)
    assert Case.objects.count() == 0  # seen for the first time: it may still be written
    write(
        inbox / "neu.csv", table(LEAD_HEAD, [row, broken, lead_row(903, "", source="Messe", size=5, day=day)])
    )
    look(travel)
    assert Case.objects.count() == 0  # it was: its size changed
    look(travel)
    assert [case.key for case in Case.objects.order_by("key")] == ["L901", "L903"]
    assert (inbox / "done" / "neu.csv").exists()
    [rejected] = Connection.objects.get().rejected
    assert (rejected["file"], rejected["row"], rejected["column"]) == ("neu.csv", 3, "E-Mail")
    page = cast.client("lead").get(cast.organisation.url("pilots:connection", pk=both.pk)).content.decode()
    assert "neu.csv, Zeile 3" in page
    look(travel)
    assert Case.objects.count() == 2
    case = Case.objects.select_related("pilot", "organisation").get(key="L901")
    services.case_approve(**own.by("clerk"), **own.seen(case))
    own.send()
    [written] = [one for one in (folders.exchange(both) / "out").iterdir() if one.is_file()]
    lines = written.read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0] == "E-Mail;Priorität;Nächster Kontakt;Betreff;Text"
    assert lines[1].startswith("kontakt901@firma901.example;high;20")


def write(path: Path, content: bytes) -> None:
    """A file that has not changed for a minute, as far as its time says."""
    path.write_bytes(content)
    past = time.time() - 60
    os.utime(path, (past, past))


def test_leads_come_over_the_interface_and_news_about_them_too(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    leads = [
        {"Lead ID": "L901", "E-Mail": "a@firma.example", "Quelle": "Messe", "Ergebnis": None},
        {"Lead ID": "L902", "E-Mail": "b@firma.example", "Quelle": "Empfehlung", "Ergebnis": None},
    ]
    server.behave = lambda _asked: Says(leads)
    rows = {"url": server.url, "auth": "none", "use": "rows", "id_field": "Lead ID", "minutes": 5}
    source = connected(cast, "rest", "CRM", rows)
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("past", past_leads())
    own.start()
    look(travel)
    look(travel)
    assert sorted(case.key for case in own.open_cases()) == ["L901", "L902"]
    leads[0]["Ergebnis"] = "gewonnen"
    look(travel)
    assert [case.key for case in own.open_cases()] == ["L902"]


def test_a_file_waits_while_the_pilot_is_stopped_in_the_middle(
    cast: Cast, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    both = connected(cast, "files", "Leads", {"folder": "leads", "format": "csv_de"})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="files", source_connection=both)
    own.hand_in("past", past_leads())
    own.start()
    inbox = folders.exchange(both) / "in"
    row = lead_row(901, "", source="Messe", size=18, day=stages.MORNING.date())
    write(inbox / "neu.csv", table(LEAD_HEAD, [row]))
    look(travel)
    # The kill switch is pressed while the worker has the pilot in its hands.
    held = Pilot.objects.select_related("source_connection__organisation", "organisation").get()
    services.pilot_stop(**own.by(), pilot=own.pilot, reason="Pause")
    execution.source_ingest(pilot=held)
    assert (inbox / "neu.csv").exists()
    services.pilot_resume(**own.by(), pilot=own.pilot, reason="weiter")
    look(travel)
    look(travel)
    assert [case.key for case in Case.objects.all()] == ["L901"]


def test_somebody_who_opted_out_without_an_address_holds_up_nobody(
    cast: Cast, server: Web, travel: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Path
) -> None:
    ready(monkeypatch)
    remember_learning(monkeypatch, leads_learning, kept)
    leads = [
        {"Lead ID": "L1", "E-Mail": "keine", "Opt-out": "ja"},
        {"Lead ID": "L2", "E-Mail": "b@firma.example", "Opt-out": ""},
    ]
    server.behave = lambda _asked: Says(leads)
    source = connected(cast, "rest", "CRM", {"url": server.url, "auth": "none", "use": "rows", "minutes": 5})
    own = begun(cast, "leads", tmp_path, language="de", days_high=2, days_low=10, quiet_days=10, turns=2)
    choose(own, source_kind="rest", source_connection=source)
    own.hand_in("past", past_leads())
    own.start()
    look(travel)
    assert [case.key for case in own.open_cases()] == ["L2"]


def test_what_the_entries_are_cannot_change_under_a_pilot(
    desk: tuple[stages.Stage, Tickets], server: Web
) -> None:
    stage, _tickets = desk
    row = source_of(stage)
    with pytest.raises(Refused, match="nutzt diese Verbindung"):
        services.connection_change(
            **stage.by("lead"),
            connection=row,
            name=row.name,
            settings={**row.settings, "use": "rows"},
            secrets={},
        )


def test_what_a_recipe_cannot_take_is_not_offered(
    cast: Cast, registered: None, server: Web, travel: ExitStack
) -> None:
    server.behave = lambda _asked: Says([{"id": 1, "text": "x"}])
    rows = connected(
        cast, "rest", "Zeilen", {"url": server.url, "auth": "none", "use": "rows", "id_field": "id"}
    )
    pilot, _version = stages.trained(cast)
    client, url = cast.client("lead"), cast.organisation.url("pilots:setup")
    fields = client.get(url).context["form"].fields
    assert "rest" not in dict(fields["source_kind"].choices)
    assert "files" not in dict(fields["target_kind"].choices)
    asked = connected(
        cast,
        "rest",
        "Fragen",
        {"url": server.url, "auth": "none", "use": "requests", "id_field": "id", "text_field": "text"},
    )
    form = client.get(url).context["form"]
    assert "rest" in dict(form.fields["source_kind"].choices)
    assert list(form.fields["source_connection"].queryset) == [asked]
    shown = {name: form[name].value() for name in form.fields}
    posted = {name: "" if value is None else value for name, value in shown.items()}
    assert posted["source_connection"] == asked.pk  # the only one is chosen already
    wrong = client.post(url, {**posted, "source_kind": "rest", "source_connection": ""})
    assert "Wählen Sie eine Verbindung dieser Art." in wrong.content.decode()
    right = client.post(url, {**posted, "source_kind": "rest", "source_connection": str(asked.pk)})
    assert right.status_code == 302
    pilot.refresh_from_db()
    assert (pilot.source_kind, pilot.source_connection) == ("rest", asked)
    assert rows.pk != asked.pk
    assert json.dumps(pilot.options) == "{}"
