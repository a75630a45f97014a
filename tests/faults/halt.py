"""The kill switch against real workers and a slow mail server. Run by test_halt.py as a process of its own.

In each round 50 approved answers wait while workers send; then everything is stopped, by the page's service or by the
command line. What the mail server took, and when, is laid beside what the record says. One line of JSON a round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Sets up Django: before everything that needs it.
from tests.faults import scene  # isort: skip

from django.conf import settings

from pilotwerk.audit import selectors as audit
from pilotwerk.core import jobs
from pilotwerk.pilots import services
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Delivery, Pilot
from tests.cast import Cast
from tests.faults import smtp_server

WAITING = 50
slow = scene.FORK.Value("i", 0)


def approve_all(cast: Cast, pilot: Pilot) -> None:
    """At least 51 approved answers, due at once; no worker runs yet."""
    missing = WAITING + 10 - Case.objects.filter(pilot=pilot).exclude(state=CaseState.DONE.value).count()
    for _three in range(0, max(missing, 0), 3):
        scene.take_in(scene.MAIL, cast, pilot)
    jobs.run_due(kinds=["pilots.propose"])
    while open_for_decision(pilot):
        scene.decide(cast, pilot)


def open_for_decision(pilot: Pilot) -> int:
    states = [CaseState.WAITING.value, CaseState.WAITING_MANUAL.value]
    return Case.objects.filter(pilot=pilot, state__in=states).count()


def lines(log: Path, word: str) -> list[str]:
    """What the mail server wrote after this word."""
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    return [line.removeprefix(f"{word} ") for line in text.split("\n") if line.startswith(f"{word} ")]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def by_service(cast: Cast, pilot: Pilot) -> None:
    services.pilot_stop(organisation=cast.organisation, actor=cast.actor("clerk"), pilot=pilot)


def by_organisation(cast: Cast, pilot: Pilot) -> None:
    services.organisation_stop(organisation=cast.organisation, actor=cast.actor("lead"))


def by_command(cast: Cast, pilot: Pilot) -> None:
    words = ["stop", "--org", cast.organisation.slug, "--reason", "Probe", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "pilotwerk.cli.main", *words], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["stopped"][0]["pilots"] == [pilot.name], done.stdout


def play(
    cast: Cast, pilot: Pilot, log: Path, *, way: Callable[[Cast, Pilot], None], place: str, workers: int
) -> dict[str, Any]:
    """One round: approve, send, stop, wait, count."""
    slow.value = smtp_server.PLACES.index(place)
    before, begun = len(lines(log, "took")), len(lines(log, "slow"))
    approve_all(cast, pilot)
    processes = [scene.start(scene.work) for _number in range(workers)]
    until(lambda: len(lines(log, "slow")) > begun)  # one is in flight
    waiting = Case.objects.filter(
        pilot=pilot, state__in=[CaseState.APPROVED.value, CaseState.ANSWERED.value]
    ).count()
    called = time.time()
    way(cast, pilot)
    done = time.time()
    pilot.refresh_from_db()
    assert pilot.stopped_at is not None
    # Long enough for everything that is in flight to end, and for a worker that does not obey to be seen.
    time.sleep(smtp_server.SLOW_SECONDS + 1.5)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(20)
    slow.value = 0
    took, at = lines(log, "took"), [float(one) for one in lines(log, "at")]
    late = [moment - pilot.stopped_at.timestamp() for moment in at[before:]]
    sent = set(Case.objects.filter(pilot=pilot, state=CaseState.DONE.value).values_list("key", flat=True))
    return {
        "way": way.__name__,
        "place": place,
        "workers": workers,
        "waiting": waiting,
        "seconds_to_stop": round(done - called, 3),
        "went_out": len(took) - before,
        "after_the_stop": sum(one > 0 for one in late),
        "last_after_seconds": round(max(late, default=-1.0), 3),
        "record_agrees": sent == set(took) and len(took) == len(sent),
        "in_the_trail": len(audit.entries(cast.organisation.pk, action="pilots.delivery_sent")) == len(took),
        "still_trying": Delivery.objects.filter(state="trying").count(),
        "on_the_way": Case.objects.filter(
            pilot=pilot, state__in=["approved", "answered", "executing"]
        ).count(),
        "held_back": Case.objects.filter(pilot=pilot, state=CaseState.STOPPED.value).count(),
        "trail": audit.check(cast.organisation.pk).ok,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    cast, pilot = scene.set_stage(scene.MAIL)[scene.MAIL]
    log = settings.PILOTWERK_DATA_DIR / "servers.log"
    server = scene.start(smtp_server.serve, scene.MAIL_PORT, log, scene.mail_rate, 1, slow)
    try:
        for way, place in ((by_service, "data"), (by_organisation, "answer"), (by_command, "data")):
            found = play(cast, pilot, log, way=way, place=place, workers=args.workers)
            sys.stdout.write(json.dumps(found) + "\n")
            services.pilot_resume(
                organisation=cast.organisation,
                actor=cast.actor("owner"),
                pilot=pilot,
                reason="Die nächste Runde",
                after_all=True,
            )
    finally:
        server.kill()


if __name__ == "__main__":
    main()
