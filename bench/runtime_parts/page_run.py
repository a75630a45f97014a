"""Server time and number of queries of the approval page, by the number of cases. Prints one JSON line."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")
os.environ.setdefault("PILOTWERK_ALLOWED_HOSTS", "testserver,localhost")

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.runtime_parts.ours_run import quick_world, set_stage  # noqa: E402
from pilotwerk.core import clock, jobs  # noqa: E402
from pilotwerk.pilots import services  # noqa: E402
from pilotwerk.pilots.domain.incoming import NewCase  # noqa: E402
from pilotwerk.pilots.models import Case  # noqa: E402
from pilotwerk.pilots.tests import stage as stages  # noqa: E402

VISITS = 60


def main(sizes: list[int]) -> None:
    [(cast, pilot)] = set_stage(1)
    quick_world()
    first = [NewCase(key=f"K-{n}", text=stages.request_text("Termin", n)) for n in range(60)]
    services.case_ingest(
        organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot, cases=first, source="post.csv"
    )
    jobs.run_due(kinds=["pilots.propose"])
    client = cast.client("clerk")
    found = {}
    for size in sizes:
        fill(pilot, size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        path = cast.organisation.url("pilots:queue")
        times, cpu = [], []
        for _visit in range(VISITS):
            began, began_cpu = time.perf_counter(), time.process_time()
            answer = client.get(path)
            times.append(time.perf_counter() - began)
            cpu.append(time.process_time() - began_cpu)
            assert answer.status_code == 200, answer.status_code
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        times.sort()
        cpu.sort()
        slowest = sorted(queries.captured_queries, key=lambda one: -float(one["time"]))[:2]
        found[size] = {
            "median_ms": 1000 * times[len(times) // 2],
            "p95_ms": 1000 * times[int(len(times) * 0.95)],
            "cpu_p95_ms": 1000 * cpu[int(len(cpu) * 0.95)],
            "queries": len(queries),
            "slowest": [(one["time"], one["sql"][:160]) for one in slowest],
        }
    print(json.dumps(found))


def fill(pilot: object, size: int) -> None:
    """Until the pilot has so many cases: one in ten waits, the rest is done, as after some months."""
    have, moment = Case.objects.count(), clock.now()
    for start in range(have, size, 2000):
        Case.objects.bulk_create(
            Case(
                organisation_id=pilot.organisation_id,  # type: ignore[attr-defined]
                pilot=pilot,
                key=f"F-{n}",
                number=n + 1,
                subject="Termin",
                text=stages.request_text("Termin", n),
                received_at=moment - timedelta(minutes=n % 9000),
                deadline=moment + timedelta(minutes=n % 9000),
                arm="ai",
                revision=0,
                state="waiting_manual" if n % 10 == 0 else "done",
                by_hand=n % 10 == 0,
                closed="" if n % 10 == 0 else "sent",
                sent_at=None if n % 10 == 0 else moment,
                urgent=n % 200 == 0,
            )
            for n in range(start, min(start + 2000, size))
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000, 100_000])
