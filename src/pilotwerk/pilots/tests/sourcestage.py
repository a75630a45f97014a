"""The stage for work out of other programs: a ticket program on loopback, a worker that looks, and its clock."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.pilots import execution, intake, services
from pilotwerk.pilots.models import Connection, Pilot
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.own_recipes import (
    Own,
)
from pilotwerk.pilots.tests.webserver import Asked, Says, Web, web
from tests.cast import Cast

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
    intake.sources_job(None)  # type: ignore[arg-type]
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


def write(path: Path, content: bytes) -> None:
    """A file that has not changed for a minute, as far as its time says."""
    path.write_bytes(content)
    past = time.time() - 60
    os.utime(path, (past, past))
