"""Jobs of the pilots that stay inside the house: train, propose, and sweep up what a crash left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock, jobs
from pilotwerk.pilots.domain.states import CaseState, PilotState
from pilotwerk.pilots.models import SENDING, Case, Decision, HumanControl, Pilot
from pilotwerk.pilots.services.cases import cases_propose, cases_return_due
from pilotwerk.pilots.services.decisions import case_release
from pilotwerk.pilots.services.learning import model_train
from pilotwerk.pilots.services.moves import execute_later, propose_later
from pilotwerk.pilots.services.waiting import cases_escalate

WORKER: Final = System("worker")
# How long a case may stand in a state that only lasts a moment before its job counts as lost.
PATIENCE: Final = timedelta(minutes=5)
# So long a worker asks before it stores what it has and gives the rest back.
SLOW_SECONDS: Final = 0.3


def train_job(job: jobs.Work) -> None:
    """Handler of pilots.train."""
    model_train(version_id=UUID(job.payload["version"]))


def propose_job(job: jobs.Work) -> None:
    """Handler of pilots.propose for a single case, and for each of a group that failed together."""
    propose_together([job])


def release_job(job: jobs.Work) -> None:
    """Handler of pilots.release: let a case out by its level, or leave it to a person."""
    case = Case.objects.select_related("pilot", "organisation").get(pk=UUID(job.payload["case"]))
    case_release(organisation=case.organisation, case=case)


def escalate_job(job: jobs.Work) -> None:
    """Handler of pilots.escalate, run every five minutes: tell who must be told about what waits."""
    controls = HumanControl.objects.filter(escalates=True, pilot__state=PilotState.RUNNING.value)
    for organisation in Organisation.objects.filter(pk__in=controls.values("organisation_id")):
        cases_escalate(organisation=organisation)


def propose_together(works: Sequence[jobs.Work]) -> list[jobs.Work]:
    """Assign cases of one organisation, then propose; answers what is done, the rest goes back when it gets slow. A
    pilot that stands leaves its cases where they are.
    """
    found = Case.objects.in_bulk([UUID(work.payload["case"]) for work in works])
    by_pilot: dict[UUID, list[Case]] = defaultdict(list)
    for case in (found[UUID(work.payload["case"])] for work in works):
        by_pilot[case.pilot_id].append(case)
    done: set[UUID] = set()
    for pilot_id, cases in by_pilot.items():
        pilot = Pilot.objects.select_related("model_version", "organisation").get(pk=pilot_id)
        for case in cases:
            case.pilot, case.organisation = pilot, pilot.organisation
        if not pilot.is_running:
            done |= {case.pk for case in cases}
            continue
        organisation = pilot.organisation
        took = cases_propose(organisation=organisation, actor=WORKER, cases=cases, seconds=SLOW_SECONDS)
        done |= {case.pk for case in took}
    return [work for work in works if UUID(work.payload["case"]) in done]


def sweep_job(job: jobs.Work) -> None:
    """Handler of pilots.sweep, run every minute: due cases return, lost jobs are ordered again."""
    due = Case.objects.filter(state=CaseState.DEFERRED, deferred_until__lte=clock.now())
    for organisation in Organisation.objects.filter(pk__in=due.values("organisation_id")):
        cases_return_due(organisation=organisation, actor=WORKER)
    orphans()


def orphans() -> int:
    """Order the work of running pilots again whose job is gone; keys keep work that waits from doubling."""
    late = clock.now() - PATIENCE
    running = Case.objects.filter(pilot__state=PilotState.RUNNING.value)
    count = 0
    for case in running.filter(
        state__in=[CaseState.RECEIVED.value, CaseState.ASSIGNED.value], state_since__lt=late
    )[:500]:
        propose_later(case)
        count += 1
    stuck = Q(state__in=[CaseState.APPROVED.value, CaseState.ANSWERED.value], execute_at__lt=late) | Q(
        state=CaseState.EXECUTING.value, state_since__lt=late
    )
    for case in Case.objects.filter(stuck)[:500]:
        decision = Decision.objects.filter(case=case, kind__in=SENDING, withdrawn_at=None).first()
        if decision is not None and not jobs.waits(kind="pilots.execute", payload={"case": str(case.pk)}):
            execute_later((case, decision.pk))
            count += 1
    return count
