"""Requests come in over an interface or out of a database, and answers go back, by a pilot."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import execution, intake, services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Connection, Delivery, Pilot
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.sourcestage import (
    SECRET,
    Tickets,
    connected,
    desk,
    later,
    look,
    server,
    source_of,
    travel,
)
from pilotwerk.pilots.tests.stage import delivery_claim
from pilotwerk.pilots.tests.webserver import Asked, Says, Web
from pilotwerk.processes.databases.services import connection_save
from tests.cast import Cast

__all__ = ["desk", "server", "travel"]
pytestmark = pytest.mark.django_db


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
    intake.source_ingest(pilot=stage.pilot)
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
