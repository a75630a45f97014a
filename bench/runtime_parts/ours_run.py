"""Cases from ingest to executed in Pilotwerk, with approval by service call. Prints one JSON line.

Worker processes do the phases side by side: take in, assign and propose (jobs), approve (service call), execute (jobs).
What is outside of the runtime is replaced: the recipe answers the same proposal at once, the connector "delivered".
`--real` keeps both: the embedded recipe and the outbox folder.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from bench.runtime_parts.crew import Crew  # noqa: E402
from bench.runtime_parts.servers import size  # noqa: E402
from pilotwerk.accounts.services import member_add, organisation_create  # noqa: E402
from pilotwerk.audit import selectors as audit  # noqa: E402
from pilotwerk.core import jobs  # noqa: E402
from pilotwerk.pilots import execution, recipe, services  # noqa: E402
from pilotwerk.pilots.connectors.base import Delivered  # noqa: E402
from pilotwerk.pilots.domain.incoming import NewCase  # noqa: E402
from pilotwerk.pilots.models import Case, Pilot, Proposal  # noqa: E402
from pilotwerk.pilots.recipes.base import Proposed  # noqa: E402
from pilotwerk.pilots.selectors import pilots as pilot_selectors  # noqa: E402
from pilotwerk.pilots.services import learning  # noqa: E402
from pilotwerk.pilots.tests import stage as stages  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402

BATCH = 100


class Nowhere:
    """A connector whose outside world answers at once."""

    def deliver(self, message: object, key: str) -> Delivered:
        return Delivered(key)


def set_stage(organisations: int, *, ai_share: float = 1.0) -> list[tuple[Cast, Pilot]]:
    """So many organisations, each with a trained pilot that runs and sends without delay."""
    call_command("migrate", verbosity=0)
    found = []
    with (
        mock.patch.object(pilot_selectors, "system_for_use_case", return_value=object()),
        mock.patch.object(pilot_selectors, "system_is_ready", return_value=True),
        mock.patch.object(learning, "text_rows", return_value=stages.past_requests(12)),
    ):
        first = make_cast()
        for number in range(organisations):
            cast = first if number == 0 else _another(first, number)
            pilot, _version = stages.trained(cast, share=ai_share, send_delay_seconds=0)
            services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)
            found.append((cast, pilot))
    return found


def _another(first: Cast, number: int) -> Cast:
    made = organisation_create(owner=first.users["owner"], name=f"Probe {number}", country="DE", region="SH")
    cast = Cast(made, first.other, first.users)
    for role in ("lead", "clerk"):
        member_add(organisation=made, actor=cast.actor("owner"), user=first.users[role], role=role)
    return cast


def quick_world() -> None:
    """The recipe answers the same proposal at once, and what is sent arrives at once."""
    # Without evidence, which the peer's state has not either.
    answer = Proposed(
        category="Termin",
        recipient="petra.wulff@beispiel.example",
        subject="Ihre Anfrage",
        body=stages.PLAIN,
        confidence=0.9,
    )
    recipe.propose = lambda *args, **kwargs: answer
    execution.connector_for = lambda pilot: Nowhere()  # type: ignore[assignment,return-value]


class Phases:
    """The work of one process in each phase."""

    def __init__(
        self, stage: list[tuple[Cast, Pilot]], cases: int, *, bulk: int, count_statements: bool
    ) -> None:
        self.stage = stage
        self.bulk = bulk
        self.cases = cases
        self.count_statements = count_statements

    def __call__(self, number: int, count: int, phase: str) -> dict[str, int]:
        statements: Counter[str] = Counter()

        def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            statements[
                sql.split(" ", 1)[0] if not sql.startswith(("SAVEPOINT", "RELEASE")) else "SAVEPOINT"
            ] += 1
            return execute(sql, params, many, context)

        if not self.count_statements:
            getattr(self, phase)(number, count)
            return {}
        with connection.execute_wrapper(counted):
            getattr(self, phase)(number, count)
        return dict(statements)

    def ingest(self, number: int, count: int) -> None:
        for which, (cast, pilot) in enumerate(self.stage):
            if which % count != number:
                continue
            by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
            each = self.cases // len(self.stage)
            for start in range(0, each, BATCH):
                new = [
                    NewCase(
                        key=f"K-{n}",
                        text=stages.request_text("Termin", n),
                        sender_name="Petra Wulff",
                        sender_address="petra.wulff@beispiel.example",
                    )
                    for n in range(start, min(start + BATCH, each))
                ]
                services.case_ingest(**by, pilot=pilot, cases=new, source="post.csv")

    def propose(self, number: int, count: int) -> None:
        jobs.run_due(kinds=["pilots.propose"], limit=self.cases)

    def approve(self, number: int, count: int) -> None:
        for cast, pilot in self.stage:
            by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("clerk")}
            waiting = Proposal.objects.filter(case__pilot=pilot, case__state="waiting").order_by(
                "case__number"
            )
            # By the case's number: the other processes may have begun, and their cases wait no longer.
            mine = [
                (one.case, one.revision, one.content_hash)
                for one in waiting.select_related("case")
                if one.case.number % count == number
            ]
            if self.bulk == 1:
                for case, revision, content_hash in mine:
                    services.case_approve(**by, case=case, revision=revision, content_hash=content_hash)
            for start in range(0, len(mine) if self.bulk > 1 else 0, self.bulk):
                services.cases_approve(**by, items=mine[start : start + self.bulk])

    def execute(self, number: int, count: int) -> None:
        jobs.run_due(kinds=["pilots.execute"], limit=self.cases)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--organisations", type=int, default=1)
    parser.add_argument("--bulk", type=int, default=1, help="so many are approved at once, as a list")
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--profile", default="")
    args = parser.parse_args()
    stage = set_stage(args.organisations)
    if not args.real:
        quick_world()
    connections.close_all()
    url = os.environ["DATABASE_URL"]
    before = size(url)
    phases = Phases(stage, args.cases, bulk=args.bulk, count_statements=args.count)
    if args.profile:
        profile(phases, args.profile)
        return
    crew = Crew(args.workers, phases)
    took: dict[str, float] = {}
    statements: dict[str, dict[str, int]] = {}
    for phase in ("ingest", "propose", "approve", "execute"):
        began = time.perf_counter()
        answers = crew.all(phase)
        took[phase] = time.perf_counter() - began
        statements[phase] = dict(sum((Counter(one) for one in answers), Counter()))
    crew.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = Case.objects.filter(closed="sent").count()
    trails = all(audit.check(cast.organisation.pk).ok for cast, _pilot in stage)
    connections.close_all()
    grown = size(url) - before
    print(
        json.dumps(
            {
                "queue": getattr(settings, "PILOTWERK_QUEUE", "leased"),
                "cases": args.cases,
                "done": done,
                "trail": trails,
                "seconds": sum(took.values()),
                "phases": took,
                "statements": statements if args.count else None,
                "processor_ms": 1000 * (used.ru_utime + used.ru_stime) / args.cases,
                "bytes": grown / args.cases,
            }
        )
    )


def profile(phases: Phases, path: str) -> None:
    """Where this process spends its time, for cProfile's reader."""
    import cProfile

    found = cProfile.Profile()
    phases(0, 1, "ingest")
    with found:
        for phase in ("propose", "approve", "execute"):
            phases(0, 1, phase)
    found.dump_stats(path)


if __name__ == "__main__":
    main()
