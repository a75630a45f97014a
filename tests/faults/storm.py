"""Workers and a clerk at work while faults of all kinds strike at random. Run by test_storm.py as a process of its own.

The process sets the stage and forks: workers (the loop of `pilotwerk worker`), a clerk (takes in letters and decides,
by the services that the pages call), and a mail server. Forks are real processes with their own connections and
start in milliseconds. One company sends by mail, the other writes into a folder. After the last fault everything gets
the time to settle; then each case and each mark that left the house is counted, and one line of JSON is printed.

Leases and pauses are shortened, so that what takes a minute in life takes a second here; nothing else is replaced.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


MAIL_PORT = _free_port()
os.environ["PILOTWERK_EMAIL_URL"] = f"smtp://127.0.0.1:{MAIL_PORT}"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.utils import translation  # noqa: E402

from pilotwerk.accounts.services import member_add, organisation_create  # noqa: E402
from pilotwerk.audit import selectors as audit  # noqa: E402
from pilotwerk.core import clock  # noqa: E402
from pilotwerk.core.errors import Refused  # noqa: E402
from pilotwerk.core.jobs import leased, port, procrastination, registry, runner  # noqa: E402
from pilotwerk.core.jobs.services import queue  # noqa: E402
from pilotwerk.pilots import folders, recipe, services, worker  # noqa: E402
from pilotwerk.pilots.domain.incoming import NewCase  # noqa: E402
from pilotwerk.pilots.domain.states import CaseState  # noqa: E402
from pilotwerk.pilots.domain.stop_rules import DEFAULTS, RuleKind  # noqa: E402
from pilotwerk.pilots.models import Case, Delivery, Pilot, Proposal  # noqa: E402
from pilotwerk.pilots.recipes.base import Request  # noqa: E402
from pilotwerk.pilots.selectors import pilots as pilot_selectors  # noqa: E402
from pilotwerk.pilots.selectors import recipes as recipe_selectors  # noqa: E402
from pilotwerk.pilots.services import deliveries, learning  # noqa: E402
from pilotwerk.pilots.tests import stage as stages  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402
from tests.faults import smtp_server  # noqa: E402

LEASE = timedelta(seconds=2)
# So long without a single case coming to its end means that something hangs.
SETTLE_SECONDS = 60
# The clerk takes in letters while fewer cases are open, so that faults strike in every state of a case.
OPEN_AT_MOST = 30
FORK = multiprocessing.get_context("fork")
MAIL, FOLDER = "smtp", "outbox"

# Shared with all forks.
offset = FORK.Value("d", 0.0)
mail_rate = FORK.Value("d", 0.0)
letters = {MAIL: FORK.Value("i", 0), FOLDER: FORK.Value("i", 0)}
ending = FORK.Value("b", 0)


def shorten() -> None:
    """Everything that takes a minute takes a second; the clock can jump."""
    for module in (port, leased, procrastination, runner):
        vars(module)["LEASE"] = LEASE
    queue().__dict__["lease"] = LEASE
    runner.TENDING_SECONDS = 0.5
    worker.PATIENCE = timedelta(seconds=6)  # type: ignore[misc]
    deliveries.PAUSES = (timedelta(seconds=1), timedelta(seconds=2))  # type: ignore[misc]
    registry._schedules[:] = [registry.Schedule("pilots.sweep", 2)]
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=offset.value)


def set_stage() -> dict[str, tuple[Cast, Pilot]]:
    """Two companies with a trained pilot each: one answers by mail, the other into a folder."""
    call_command("migrate", verbosity=0)
    rules = [
        rule for rule in DEFAULTS if rule.kind is RuleKind.REJECTED
    ]  # a dying mail server must not stop the pilot
    found = {}
    with (
        mock.patch.object(pilot_selectors, "system_for_use_case", return_value=object()),
        mock.patch.object(pilot_selectors, "system_is_ready", return_value=True),
        mock.patch.object(learning, "text_rows", return_value=stages.past_requests(12)),
    ):
        first = make_cast()
        made = organisation_create(owner=first.users["owner"], name="Ordner AG", country="DE", region="SH")
        second = Cast(made, first.other, first.users)
        for role in ("lead", "clerk"):
            member_add(organisation=made, actor=second.actor("owner"), user=first.users[role], role=role)
        for target, cast in ((MAIL, first), (FOLDER, second)):
            pilot, version = stages.trained(
                cast, share=0.8, target_kind=target, send_delay_seconds=0, stop_rules=rules
            )
            services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)
            place = recipe_selectors.place_of(pilot, cast.organisation, version=version)
            # Forks inherit what is loaded.
            recipe.propose(pilot.recipe, Request("warm", stages.request_text("Termin")), place)
            found[target] = (cast, pilot)
    return found


def work() -> None:
    """A worker process, as `pilotwerk worker` runs it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with translation.override("de"):
        runner.run_worker(stop=stop, poll_seconds=0.05)


def clerk(companies: dict[str, tuple[Cast, Pilot]]) -> None:
    """Takes in letters and decides about everything that waits; what surely did not go out is sent again."""
    with translation.override("de"):
        while True:
            for target, (cast, pilot) in companies.items():
                try:
                    if not ending.value and _open().count() < OPEN_AT_MOST:
                        take_in(target, cast, pilot)
                    decide(cast, pilot)
                except Refused:
                    pass  # a worker was faster
                except Exception as error:
                    sys.stderr.write(f"clerk: {type(error).__name__}: {error}\n")
                    connections.close_all()
                time.sleep(0.05)


def take_in(target: str, cast: Cast, pilot: Pilot) -> None:
    """Three letters; the sender repeats them until they were acknowledged, as a mailbox does."""
    start = letters[target].value
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


def _open() -> QuerySet[Case]:
    """Cases that have not come to their end."""
    return Case.objects.exclude(state__in=[CaseState.DONE.value, CaseState.OUTCOME_UNKNOWN.value])


def decide(cast: Cast, pilot: Pilot) -> None:
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("clerk")}
    cases = Case.objects.select_related("pilot", "organisation").filter(pilot=pilot)
    for case in cases.filter(state__in=[CaseState.WAITING.value, CaseState.WAITING_MANUAL.value])[:20]:
        body = f"{stages.PLAIN}\n\nIhr Zeichen: {case.key}."
        if case.by_hand:
            services.case_answer_manually(**by, case=case, body=body)
            continue
        seen = Proposal.objects.get(case=case, revision=case.revision)
        services.case_edit_and_approve(
            **by, case=case, revision=seen.revision, content_hash=seen.content_hash, body=body
        )
    for case in cases.filter(state=CaseState.FAILED.value)[:20]:
        services.delivery_again(**by, case=case)


class Storm:
    """The processes, and what strikes them."""

    def __init__(self, companies: dict[str, tuple[Cast, Pilot]], workers: int, seed: int, log: Path) -> None:
        self.companies = companies
        self.chance = random.Random(seed)
        self.struck: Counter[str] = Counter()
        self.workers = [self._start(work) for _number in range(workers)]
        self.clerk = self._start(clerk, companies)
        self.mail = self._start(smtp_server.serve, MAIL_PORT, log, mail_rate, seed)
        self.until: list[tuple[float, Callable[[], None]]] = []
        # Later parts add theirs here: a mailbox that dies, a language model that times out or answers rubbish.
        self.kinds: dict[str, Callable[[], bool]] = {
            "worker killed": self.kill_worker,
            "web killed": self.kill_clerk,
            "worker stalled": self.stall_worker,
            "connection dropped" if connection.vendor == "postgresql" else "database locked": self.database,
            "disk full": self.fill_disk,
            "clock jumped": self.jump,
        }

    @staticmethod
    def _start(target: Callable[..., None], *args: Any) -> Any:
        connections.close_all()  # a fork must not share its parent's
        process = FORK.Process(target=_orphans_die, args=(os.getpid(), target, *args), daemon=True)
        process.start()
        return process

    def strike(self) -> None:
        """One fault of a random kind; dead processes are replaced, as `pilotwerk serve` does it."""
        kind = self.chance.choice(list(self.kinds))
        if self.kinds[kind]():
            self.struck[kind] += 1
        self.tend()

    def tend(self) -> None:
        moment = time.monotonic()
        for when, undo in self.until[:]:
            if when <= moment:
                undo()
                self.until.remove((when, undo))
        self.workers = [one if one.is_alive() else self._start(work) for one in self.workers]
        if not self.clerk.is_alive():
            self.clerk = self._start(clerk, self.companies)

    def kill_worker(self) -> bool:
        return _kill(self.chance.choice(self.workers))

    def kill_clerk(self) -> bool:
        return _kill(self.clerk)

    def stall_worker(self) -> bool:
        """It stands still for longer than its lease and then goes on, knowing nothing."""
        pid = self.chance.choice(self.workers).pid
        os.kill(pid, signal.SIGSTOP)
        self.until.append(
            (time.monotonic() + 1.5 * LEASE.total_seconds(), lambda: _quietly(os.kill, pid, signal.SIGCONT))
        )
        return True

    def database(self) -> bool:
        """PostgreSQL: one connection is cut. SQLite, which has none: another program locks the file for a moment."""
        if connection.vendor != "postgresql":
            return _lock(str(settings.DATABASES["default"]["NAME"]))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1"
            )
            return bool(cursor.fetchall())

    def fill_disk(self) -> bool:
        """For a moment one process cannot make a file any longer than it is: what a full disk says to it."""
        process = self.chance.choice([*self.workers, self.clerk])
        _quietly(resource.prlimit, process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        back = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        undo = lambda: _quietly(resource.prlimit, process.pid, resource.RLIMIT_FSIZE, back)  # noqa: E731
        self.until.append((time.monotonic() + 0.4, undo))
        return True

    def jump(self) -> bool:
        """The machine's clock is put forward or back by up to two minutes."""
        offset.value = self.chance.uniform(-120, 120)
        return True

    def settle(self) -> bool:
        """No more faults; True when every case has come to its end in time."""
        ending.value = 1
        mail_rate.value = 0.0
        # Forward, so that no lease of another time is waited for.
        offset.value = 200.0
        left, since = -1, time.monotonic()
        while time.monotonic() - since < SETTLE_SECONDS:
            self.tend()
            now_left = _open().count()
            if now_left != left:
                left, since = now_left, time.monotonic()
            if not self.until and not left:
                return True
            time.sleep(0.2)
        return False

    def close(self) -> None:
        for process in [*self.workers, self.clerk, self.mail]:
            process.kill()
            process.join()


def _orphans_die(parent: int, target: Callable[..., None], *args: Any) -> None:
    """A test that is broken off must not leave its processes behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    target(*args)


def _kill(process: Any) -> bool:
    if not process.is_alive():
        return False
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    return True


def _lock(name: str) -> bool:
    """Another program writes for a moment; False when somebody else holds the file longer than that."""
    other = sqlite3.connect(name, timeout=0.3, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(0.3)
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def _quietly(call: Callable[..., Any], *args: Any) -> None:
    """The process may be gone by now."""
    try:
        call(*args)
    except (ProcessLookupError, PermissionError):
        return


def told(companies: dict[str, tuple[Cast, Pilot]], log: Path) -> dict[str, Any]:
    """What the database says and what left the house, case by case."""
    lines = log.read_text(encoding="utf-8").split("\n") if log.exists() else []
    left = Counter(line.removeprefix("took ") for line in lines if line.startswith("took "))
    for path in folders.outbox(companies[FOLDER][1]).glob("*.json"):
        left.update(re.findall(r"Ihr Zeichen: ([\w-]+)\.", path.read_text(encoding="utf-8")))
    wanted = {f"{target}-{n}" for target in companies for n in range(letters[target].value)}
    states = dict(Case.objects.values_list("key", "state"))
    unknown = {key for key, state in states.items() if state == CaseState.OUTCOME_UNKNOWN}
    sent = {key for key, state in states.items() if state == CaseState.DONE}
    return {
        "cases": len(wanted),
        "lost": len(wanted - set(states)),
        "unfinished": len(set(states) - sent - unknown),
        "sent": len(sent),
        "unknown": len(unknown),
        "unknown_arrived": sum(left[key] for key in unknown),
        "sent_but_not_there": len([key for key in sent if not left[key]]),
        "twice": sum(count > 1 for count in left.values()),
        "deliveries_disagree": Delivery.objects.filter(case__state="done").exclude(state="sent").count(),
        "mail_server_died": dict(Counter(line for line in lines if line.startswith("died "))),
        "given_up": queue().counts().failed,
        "trail": all(audit.check(cast.organisation.pk).ok for cast, _pilot in companies.values()),
        "entries": sum(audit.state(cast.organisation.pk).entries for cast, _pilot in companies.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    companies = set_stage()
    shorten()
    connections.close_all()
    log = settings.PILOTWERK_DATA_DIR / "mail.log"
    storm = Storm(companies, args.workers, args.seed, log)
    try:
        mail_rate.value = 0.3
        while storm.struck.total() < args.faults:
            time.sleep(storm.chance.uniform(0.02, 0.25))
            storm.strike()
        settled = storm.settle()
    finally:
        storm.close()
    found = {
        "settled": settled,
        "faults": storm.struck.total(),
        "struck": dict(storm.struck),
        **told(companies, log),
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
