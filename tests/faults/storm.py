"""Workers and a clerk at work while faults of all kinds strike at random. Run by test_storm.py as a process of its own.

The process sets the stage and forks: workers (the loop of `pilotwerk worker`), a clerk (takes in letters and decides,
by the services that the pages call), a mail server, a mailbox and a language model. Forks are real processes with
their own connections and start in milliseconds. One company sends by mail; one writes into a folder and has a language
model propose; one gets its letters by IMAP and answers out of the mailbox. After the last fault everything gets the
time to settle; then each case and each mark that left the house is counted, and one line of JSON is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

# Sets up Django: before everything that needs it.
from tests.faults import scene  # isort: skip

from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, QuerySet, Sum
from django.utils import translation

from pilotwerk.audit import selectors as audit
from pilotwerk.core.errors import Refused
from pilotwerk.core.jobs.services import queue
from pilotwerk.pilots import folders
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Connection, Delivery, ModelCall, Pilot, Spending
from pilotwerk.pilots.providers import budget
from tests.cast import Cast
from tests.faults import imap_server, model_server, smtp_server

# So long without a single case coming to its end means that something hangs.
SETTLE_SECONDS = 60
# The clerk takes in letters while fewer cases are open, so that faults strike in every state of a case.
OPEN_AT_MOST = 30
ending = scene.FORK.Value("b", 0)


def clerk(companies: dict[str, tuple[Cast, Pilot]]) -> None:
    """Takes in letters and decides about everything that waits; what surely did not go out is sent again."""
    with translation.override("de"):
        while True:
            for target, (cast, pilot) in companies.items():
                try:
                    if not ending.value and _open().count() < OPEN_AT_MOST:
                        scene.take_in(target, cast, pilot)
                    scene.decide(cast, pilot)
                except Refused:
                    pass  # a worker was faster
                except Exception as error:
                    sys.stderr.write(f"clerk: {type(error).__name__}: {error}\n")
                    connections.close_all()
                time.sleep(0.05)


def _left() -> int:
    """How much has not come to its end: cases, and letters that still lie in the mailbox."""
    taken = Case.objects.filter(subject__startswith=f"{scene.MAILBOX}-").count()
    return int(_open().count() + scene.letters[scene.MAILBOX].value - taken)


def _open() -> QuerySet[Case]:
    """Cases that have not come to their end."""
    return Case.objects.exclude(state__in=[CaseState.DONE.value, CaseState.OUTCOME_UNKNOWN.value])


class Storm:
    """The processes, and what strikes them."""

    def __init__(self, companies: dict[str, tuple[Cast, Pilot]], workers: int, seed: int) -> None:
        self.companies = companies
        self.chance = random.Random(seed)
        self.struck: Counter[str] = Counter()
        self.workers = [scene.start(scene.work) for _number in range(workers)]
        self.clerk = scene.start(clerk, companies)
        self.until: list[tuple[float, Callable[[], None]]] = []
        self.kinds: dict[str, Callable[[], bool]] = {
            "worker killed": self.kill_worker,
            "web killed": self.kill_clerk,
            "worker stalled": self.stall_worker,
            "connection dropped" if connection.vendor == "postgresql" else "database locked": self.database,
            "disk full": self.fill_disk,
            "clock jumped": self.jump,
            "mailbox died": self.kill_mailbox,
            "model failed": self.spoil_model,
        }

    def strike(self) -> None:
        """One fault: each kind once, then at random; dead processes are replaced, as `pilotwerk serve` does it."""
        kind = self.chance.choice(
            [kind for kind in self.kinds if kind not in self.struck] or list(self.kinds)
        )
        if self.kinds[kind]():
            self.struck[kind] += 1
        self.tend()

    def tend(self) -> None:
        moment = time.monotonic()
        for when, undo in self.until[:]:
            if when <= moment:
                undo()
                self.until.remove((when, undo))
        self.workers = [one if one.is_alive() else scene.start(scene.work) for one in self.workers]
        if not self.clerk.is_alive():
            self.clerk = scene.start(clerk, self.companies)

    def kill_worker(self) -> bool:
        return _kill(self.chance.choice(self.workers))

    def kill_clerk(self) -> bool:
        return _kill(self.clerk)

    def stall_worker(self) -> bool:
        """It stands still for longer than its lease and then goes on, knowing nothing."""
        pid = self.chance.choice(self.workers).pid
        os.kill(pid, signal.SIGSTOP)
        self.until.append(
            (
                time.monotonic() + 1.5 * scene.LEASE.total_seconds(),
                lambda: _quietly(os.kill, pid, signal.SIGCONT),
            )
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
        scene.offset.value = self.chance.uniform(-120, 120)
        return True

    def kill_mailbox(self) -> bool:
        """A command to the mailbox, or its answer, meets a cut line; False while the last one is still to come."""
        if scene.imap_deaths.value:
            return False
        scene.imap_deaths.value = 1
        return True

    def spoil_model(self) -> bool:
        """The next answer of the language model comes too late, not at all, or is none; False while one still must."""
        if scene.model_faults.value:
            return False
        scene.model_faults.value = 1
        return True

    def settle(self) -> bool:
        """No more faults; True when every case has come to its end in time."""
        ending.value = 1
        scene.mail_rate.value = 0.0
        scene.imap_deaths.value = scene.model_faults.value = 0
        # Forward, so that no lease of another time is waited for.
        scene.offset.value = 200.0
        left, since = -1, time.monotonic()
        while time.monotonic() - since < SETTLE_SECONDS:
            self.tend()
            now_left = _left()
            if now_left != left:
                left, since = now_left, time.monotonic()
            if not self.until and not left:
                return True
            time.sleep(0.2)
        for process in self.workers:
            _quietly(os.kill, process.pid, signal.SIGUSR1)
        time.sleep(1)
        return False

    def close(self) -> None:
        for process in [*self.workers, self.clerk]:
            process.kill()
            process.join()


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
    for path in folders.outbox(companies[scene.FOLDER][1]).glob("*.json"):
        left.update(re.findall(r"Ihr Zeichen: ([\w-]+)\.", path.read_text(encoding="utf-8")))
    wanted = {f"{target}-{n}" for target in companies for n in range(scene.letters[target].value)}
    cases = {scene.mark(case): case for case in Case.objects.defer("text")}
    states = {name: case.state for name, case in cases.items()}
    unknown = {key for key, state in states.items() if state == CaseState.OUTCOME_UNKNOWN}
    sent = {key for key, state in states.items() if state == CaseState.DONE}
    return {
        "cases": len(wanted),
        "lost": len(wanted - set(states)),
        "taken_twice": Case.objects.count() - len(cases),
        "unfinished": len(set(states) - sent - unknown),
        "left": dict(Counter(states[key] for key in set(states) - sent - unknown)),
        "mailbox": Connection.objects.get().problem,
        "sent": len(sent),
        "unknown": len(unknown),
        "unknown_arrived": sum(left[key] for key in unknown),
        "sent_but_not_there": len([key for key in sent if not left[key]]),
        "twice": sum(count > 1 for count in left.values()),
        "deliveries_disagree": Delivery.objects.filter(case__state="done").exclude(state="sent").count(),
        "mail_server_died": sum(line.startswith("died ") for line in lines),
        "mailbox_died": dict(Counter(line.split()[3] for line in lines if line.startswith("mailbox died"))),
        "model": dict(Counter(line.removeprefix("model ") for line in lines if line.startswith("model "))),
        "calls": dict(ModelCall.objects.values_list("outcome").annotate(n=Count("pk"))),
        "books_agree": books_agree(),
        "given_up": queue().counts().failed,
        "trail": all(audit.check(cast.organisation.pk).ok for cast, _pilot in companies.values()),
        "entries": sum(audit.state(cast.organisation.pk).entries for cast, _pilot in companies.values()),
    }


def books_agree() -> bool:
    """Once no call is open any more, every budget holds exactly what its calls cost."""
    scene.offset.value += timedelta(hours=1).total_seconds()
    while budget.expire():
        pass
    for row in Spending.objects.all():
        calls = ModelCall.objects.filter(organisation=row.organisation_id, day__startswith=row.period)
        if row.pilot_id:
            calls = calls.filter(pilot=row.pilot_id)
        if row.used_micro != calls.aggregate(sum=Sum("cost_micro"))["sum"]:
            return False
    return not ModelCall.objects.filter(state="reserved").exists()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--faults", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    log = settings.PILOTWERK_DATA_DIR / "servers.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    servers = [
        scene.start(smtp_server.serve, scene.MAIL_PORT, log, scene.mail_rate, args.seed),
        scene.start(
            imap_server.serve,
            scene.IMAP_PORT,
            log,
            scene.letters[scene.MAILBOX],
            scene.imap_deaths,
            args.seed,
        ),
        scene.start(model_server.serve, scene.MODEL_PORT, log, scene.model_faults, args.seed),
    ]
    scene.up(scene.MAIL_PORT, scene.IMAP_PORT, scene.MODEL_PORT)
    companies = scene.set_stage(scene.MAIL, scene.FOLDER, scene.MAILBOX)
    scene.shorten()
    storm = Storm(companies, args.workers, args.seed)
    try:
        scene.mail_rate.value = 0.3
        while storm.struck.total() < args.faults:
            time.sleep(storm.chance.uniform(0.02, 0.25))
            storm.strike()
        settled = storm.settle()
    finally:
        storm.close()
        for server in servers:
            server.kill()
    found = {
        "settled": settled,
        "faults": storm.struck.total(),
        "struck": dict(storm.struck),
        **told(companies, log),
    }
    sys.stdout.write(json.dumps(found) + "\n")
    if not settled:
        sys.exit(f"It did not settle: {found}")


if __name__ == "__main__":
    main()
