"""A worker that is to be killed. Run by test_kill.py as a process of its own, on a database file of its own.

The process sets the stage once and then forks a child for each line it reads: a fork is a real process with its own
connection, dies a real death, and starts in milliseconds. A line names the place where the child kills itself with
SIGKILL ("module:function:before" or "...:after"), or is empty for a run to the end. The answer is the child's exit
status, so that the test knows whether it really died.

Each child plays a whole morning: take in the files of the watched folder, propose, let a clerk decide everything
that waits, and send what was approved. Its clock is given by the line's number, so leases and delays run out.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import translation  # noqa: E402

from pilotwerk.core import clock, jobs  # noqa: E402
from pilotwerk.pilots import recipe, services  # noqa: E402
from pilotwerk.pilots.domain.states import CaseState  # noqa: E402
from pilotwerk.pilots.models import Case, Pilot, Proposal  # noqa: E402
from pilotwerk.pilots.recipes.base import Request  # noqa: E402
from pilotwerk.pilots.selectors import pilots as pilot_selectors  # noqa: E402
from pilotwerk.pilots.selectors import recipes as recipe_selectors  # noqa: E402
from pilotwerk.pilots.services import learning  # noqa: E402
from pilotwerk.pilots.tests import stage as stages  # noqa: E402
from tests.cast import Cast, make_cast  # noqa: E402

STEP = timedelta(minutes=15)


def set_stage() -> tuple[Cast, Pilot]:
    """A trained pilot that runs and watches its folder."""
    with (
        mock.patch.object(pilot_selectors, "system_for_use_case", return_value=object()),
        mock.patch.object(pilot_selectors, "system_is_ready", return_value=True),
        mock.patch.object(learning, "text_rows", return_value=stages.past_requests(12)),
    ):
        cast = make_cast()
        pilot, version = stages.trained(cast, source_kind="folder", share=0.8)
        services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)
    # Children inherit what is loaded: they shall spend their short lives on the case.
    place = recipe_selectors.place_of(pilot, cast.organisation, version=version)
    recipe.propose(pilot.recipe, Request("warm", stages.request_text("Termin")), place)
    return cast, pilot


def die(*_args: object, **_kwargs: object) -> None:
    """As hard as a power cut: no handlers, no cleaning up."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def arm(place: str) -> None:
    """Let the child die before or after the named function is called."""
    module_name, name, when = place.split(":")
    owner: Any = importlib.import_module(module_name)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    original: Callable[..., Any] = getattr(owner, last)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = original(*args, **kwargs)
        die()
        return result

    setattr(owner, last, deadly)


def decide_all(cast: Cast, pilot: Pilot) -> None:
    """The clerk lets out everything that waits; each reply carries the case's own mark."""
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("clerk")}
    waiting = [CaseState.WAITING.value, CaseState.WAITING_MANUAL.value]
    for case in Case.objects.select_related("pilot", "organisation").filter(pilot=pilot, state__in=waiting):
        services.case_open(**by, case=case)
        body = f"{stages.PLAIN}\n\nIhr Zeichen: {case.key}."
        if case.by_hand:
            services.case_answer_manually(**by, case=case, body=body)
            continue
        seen = Proposal.objects.get(case=case, revision=case.revision)
        services.case_edit_and_approve(
            **by, case=case, revision=seen.revision, content_hash=seen.content_hash, body=body
        )


def morning(cast: Cast, pilot: Pilot, start: datetime, place: str) -> None:
    """The child's life."""
    if place and place != "any":
        arm(place)
    with translation.override("de"), clock.travel(start):
        jobs.enqueue(kind="pilots.ingest", organisation_id=None)
        jobs.enqueue(kind="pilots.sweep", organisation_id=None)
        jobs.run_due()
        decide_all(cast, pilot)
    with translation.override("de"), clock.travel(start + timedelta(minutes=2)):
        jobs.run_due()


def main() -> None:
    cast, pilot = set_stage()
    connections.close_all()
    began = clock.now()
    sys.stdout.write(f"{cast.organisation.pk} {pilot.pk}\n")
    sys.stdout.flush()
    for number, line in enumerate(sys.stdin, start=1):
        place, _, after = line.strip().partition(" ")
        child = os.fork()
        if child == 0:
            try:
                morning(cast, pilot, began + number * STEP, place)
            except BaseException:
                sys.excepthook(*sys.exc_info())
                os._exit(1)
            os._exit(0)
        if place == "any":
            time.sleep(float(after))
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write("killed\n" if killed else f"ended {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
