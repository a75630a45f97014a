"""What the plays with real processes share: the servers' places, companies with a pilot each, workers, a clerk's hands.

Importing this sets up Django for a process of its own. Forks are real processes with their own connections and start in
milliseconds. Leases and pauses can be shortened, so that what takes a minute in life takes a second; nothing else is
replaced.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


MAIL_PORT, IMAP_PORT, MODEL_PORT = _free_port(), _free_port(), _free_port()
os.environ["PILOTWERK_EMAIL_URL"] = f"smtp://127.0.0.1:{MAIL_PORT}"
os.environ["PILOTWERK_ALLOW_PRIVATE_HOSTS"] = "127.0.0.1"

import django  # noqa: E402

django.setup()

from django.db import connections  # noqa: E402
from django.utils import translation  # noqa: E402

from pilotwerk.accounts.services import member_add, organisation_create  # noqa: E402
from pilotwerk.core import clock  # noqa: E402
from pilotwerk.core.jobs import leased, port, procrastination, registry, runner  # noqa: E402
from pilotwerk.core.jobs.services import queue  # noqa: E402
from pilotwerk.pilots import execution, recipe, services, worker  # noqa: E402
from pilotwerk.pilots.domain import breaker  # noqa: E402
from pilotwerk.pilots.domain.incoming import NewCase  # noqa: E402
from pilotwerk.pilots.domain.states import CaseState  # noqa: E402
from pilotwerk.pilots.domain.stop_rules import DEFAULTS, RuleKind  # noqa: E402
from pilotwerk.pilots.models import Case, Pilot, Proposal  # noqa: E402
from pilotwerk.pilots.providers import services as models  # noqa: E402
from pilotwerk.pilots.recipes.base import Request  # noqa: E402
from pilotwerk.pilots.selectors import pilots as pilot_selectors  # noqa: E402
from pilotwerk.pilots.selectors import recipes as recipe_selectors  # noqa: E402
from pilotwerk.pilots.services import deliveries, learning  # noqa: E402
from pilotwerk.pilots.tests import stage as stages  # noqa: E402
from pilotwerk.pilots.tests.mailservers import PASSWORD, Imap  # noqa: E402
from pilotwerk.pilots.tests.mailstage import plain_settings  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402
from tests.faults import model_server  # noqa: E402

LEASE = timedelta(seconds=2)
FORK = multiprocessing.get_context("fork")
MAIL, FOLDER, MAILBOX = "smtp", "outbox", "mailbox"

# Shared with all forks.
offset = FORK.Value("d", 0.0)
mail_rate = FORK.Value("d", 0.0)
imap_deaths = FORK.Value("i", 0)
model_faults = FORK.Value("i", 0)
letters = {target: FORK.Value("i", 0) for target in (MAIL, FOLDER, MAILBOX)}


def shorten() -> None:
    """Everything that takes a minute takes a second; the clock can jump."""
    for module in (port, leased, procrastination, runner):
        vars(module)["LEASE"] = LEASE
    queue().__dict__["lease"] = LEASE
    runner.TENDING_SECONDS = 0.5
    worker.PATIENCE = timedelta(seconds=6)  # type: ignore[misc]
    deliveries.PAUSES = (timedelta(seconds=1), timedelta(seconds=2))  # type: ignore[misc]
    breaker.PAUSE, breaker.LONGEST, breaker.TRIAL = (timedelta(seconds=n) for n in (0.2, 1, 3))  # type: ignore[misc]
    registry._schedules[:] = [
        registry.Schedule("pilots.sweep", 2),
        registry.Schedule("pilots.mailboxes", 1),
    ]
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=offset.value)


def set_stage(*targets: str) -> dict[str, tuple[Cast, Pilot]]:
    """A company with a trained pilot for each target; the mailbox's server must run already.

    The database is migrated.
    """
    found = {}
    with (
        mock.patch.object(pilot_selectors, "system_for_use_case", return_value=object()),
        mock.patch.object(pilot_selectors, "system_is_ready", return_value=True),
        mock.patch.object(learning, "text_rows", return_value=stages.past_requests(12)),
    ):
        first = make_cast()
        for target in targets:
            cast = first if target == MAIL else company(first, target)
            by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
            pilot, version = stages.trained(cast, share=0.8, send_delay_seconds=0, **ways(target, by))
            services.pilot_start(**by, pilot=pilot)
            if target == FOLDER:
                model_proposes(by, pilot)
            place = recipe_selectors.place_of(pilot, cast.organisation, version=version)
            # Forks inherit what is loaded.
            recipe.propose(pilot.recipe, Request("warm", stages.request_text("Termin")), place)
            found[target] = (cast, pilot)
    return found


def company(first: Cast, name: str) -> Cast:
    """Another organisation of the same people."""
    made = organisation_create(owner=first.users["owner"], name=f"{name} AG", country="DE", region="SH")
    cast = Cast(made, first.other, first.users)
    for role in ("lead", "clerk"):
        member_add(organisation=made, actor=cast.actor("owner"), user=first.users[role], role=role)
    return cast


def ways(target: str, by: dict[str, Any]) -> dict[str, Any]:
    """How requests come in and answers go out; a dying mail server must not stop the pilot."""
    rules = [rule for rule in DEFAULTS if rule.kind is RuleKind.REJECTED]
    if target != MAILBOX:
        return {"target_kind": target, "stop_rules": rules}
    made = services.connection_create(
        **by,
        kind="mailbox",
        name="Kundendienst",
        settings=plain_settings(Imap(port=IMAP_PORT), MAIL_PORT),
        secrets={"password": PASSWORD},
    )
    execution.connection_test(**by, connection=made)
    assert made.state == "ok", made.problem
    mailbox = {"source_kind": target, "source_connection": made}
    return {**mailbox, "target_kind": target, "target_connection": made, "stop_rules": rules}


def model_proposes(by: dict[str, Any], pilot: Pilot) -> None:
    """The pilot asks the language model on loopback; where it fails, the built-in method proposes."""
    import pydantic_ai.models.openai  # noqa: F401  loaded once, for all forks

    plenty: dict[str, Any] = {"day_micro": 10**9, "month_micro": 10**9}
    models.policy_save(**by, regions=["house"], **plenty)
    row = models.provider_save(
        **by,
        name="Modell",
        kind="openai",
        model="klein",
        base_url=f"http://127.0.0.1:{MODEL_PORT}/v1",
        region="house",
        price_in_micro=10**6,
        price_out_micro=2 * 10**6,
        max_tokens=400,
        timeout_seconds=model_server.TIMEOUT_SECONDS,
    )
    models.provider_switch_on(**by, provider=row, name=row.name)
    row.refresh_from_db()
    models.use_save(**by, pilot=pilot, provider=row, **plenty)


def work() -> None:
    """A worker process, as `pilotwerk worker` runs it. Asked by SIGUSR1 it says where it stands."""
    faulthandler.register(signal.SIGUSR1)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with translation.override("de"):
        runner.run_worker(stop=stop, poll_seconds=0.05)


def take_in(target: str, cast: Cast, pilot: Pilot) -> None:
    """Three letters; the sender repeats them until they were acknowledged."""
    start = letters[target].value
    if target == MAILBOX:
        letters[target].value = start + 3  # the mailbox's server lets them arrive
        return
    new = [
        NewCase(
            key=f"{target}-{n}",
            text=stages.request_text("Termin", n),
            sender_name="Petra Wulff",
            sender_address="petra.wulff@beispiel.example",
        )
        for n in range(start, start + 3)
    ]
    services.case_ingest(
        organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot, cases=new, source="post"
    )
    letters[target].value = start + 3


def mark(case: Case) -> str:
    """What tells the case's answer from all others; a mail carries it in its subject."""
    return case.subject or case.key


def decide(cast: Cast, pilot: Pilot) -> None:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("clerk")}
    cases = Case.objects.select_related("pilot", "organisation").filter(pilot=pilot)
    for case in cases.filter(state__in=[CaseState.WAITING.value, CaseState.WAITING_MANUAL.value])[:20]:
        body = f"{stages.PLAIN}\n\nIhr Zeichen: {mark(case)}."
        if case.by_hand:
            services.case_answer_manually(**by, case=case, body=body)
            continue
        seen = Proposal.objects.get(case=case, revision=case.revision)
        services.case_edit_and_approve(
            **by, case=case, revision=seen.revision, content_hash=seen.content_hash, body=body
        )
    for case in cases.filter(state=CaseState.FAILED.value)[:20]:
        services.delivery_again(**by, case=case)


def start(target: Callable[..., None], *args: Any) -> Any:
    """A process of its own."""
    connections.close_all()  # a fork must not share its parent's
    process = FORK.Process(target=_orphans_die, args=(os.getpid(), target, *args), daemon=True)
    process.start()
    return process


def up(*ports: int) -> None:
    """Wait until something listens there."""
    for one in ports:
        for _try in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", one)) == 0:
                    break
            time.sleep(0.05)


def _orphans_die(parent: int, target: Callable[..., None], *args: Any) -> None:
    """A test that is broken off must not leave its processes behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    target(*args)
