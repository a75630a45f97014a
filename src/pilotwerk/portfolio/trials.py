"""Writes about trials: a recipe is tried on the company's own past, ordered by a person and done by the worker."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio import registry
from pilotwerk.portfolio.models import Trial, UseCase
from pilotwerk.portfolio.registry import TrialResult
from pilotwerk.portfolio.selectors import trial_offered

JOB = "portfolio.trial"
WORKER = System("worker")
State = Trial.State
OPEN = (State.QUEUED, State.RUNNING)


def trial_start(
    *, organisation: Organisation, actor: Actor, use_case: UseCase, run_now: bool = False
) -> Trial:
    """Order a trial on the latest import. One at a time; `run_now` measures before returning."""
    made = _ordered(organisation, actor, use_case, run_now=run_now)
    if run_now:
        trial_run(trial_id=made.pk)
        made.refresh_from_db()
    return made


@transaction.atomic
def _ordered(organisation: Organisation, actor: Actor, use_case: UseCase, *, run_now: bool) -> Trial:
    offered = trial_offered(use_case)
    if offered is None:
        raise Refused(_("There is no trial for this kind of pilot."))
    if isinstance(offered, CannotTell):
        raise Refused(_("The imported data does not suffice for a trial yet."))
    _give_up_lost(use_case)
    try:
        with transaction.atomic():
            made: Trial = Trial.objects.create(
                organisation=organisation,
                use_case=use_case,
                process_import=offered[1],
                ordered_by=actor.name,
            )
    except IntegrityError as error:
        raise Refused(_("A trial of this use case is running already.")) from error
    if not run_now:
        jobs.enqueue(kind=JOB, organisation_id=organisation.pk, payload={"trial": str(made.pk)})
    _record(actor, made, "ordered", process_import=str(offered[1].pk))
    return made


def _give_up_lost(use_case: UseCase) -> None:
    """A trial whose job failed for good does not block the next one."""
    for one in Trial.objects.filter(use_case=use_case, state__in=OPEN):
        if not jobs.waits(kind=JOB, payload={"trial": str(one.pk)}):
            Trial.objects.filter(pk=one.pk, state__in=OPEN).update(
                state=State.FAILED, reason=_("The work was interrupted."), finished_at=clock.now()
            )


def trial_job(job: jobs.Work) -> None:
    """Handler of the job; the trial may be run again after a crash."""
    trial_run(trial_id=UUID(job.payload["trial"]))


def trial_run(*, trial_id: UUID) -> None:
    """Measure an ordered trial and keep what came out. One that is over is left alone."""
    found = Trial.objects.select_related("use_case", "process_import").get(pk=trial_id)
    offered = registry.trial(found.use_case.recipe)
    if not found.is_open or offered is None:
        return

    def tell(step: int, cases: int) -> None:
        Trial.objects.filter(pk=trial_id, state__in=OPEN).update(state=State.RUNNING, step=step, cases=cases)

    try:
        result = offered.run(found.process_import, tell)
    except PilotwerkError as error:
        result = CannotTell(str(error))
    _finished(found, result)


@transaction.atomic
def _finished(trial: Trial, result: TrialResult | CannotTell) -> None:
    if isinstance(result, CannotTell):
        values: dict[str, object] = {"state": State.CANNOT_TELL, "reason": result.reason[:500]}
    else:
        share = result.share
        values = {
            "state": State.DONE,
            "share": [share.low, share.likely, share.high],
            "n": result.n,
            "figures": dict(result.figures),
        }
    changed = Trial.objects.filter(pk=trial.pk, state__in=OPEN).update(**values, finished_at=clock.now())
    if changed == 1:
        trial.refresh_from_db()
        _record(WORKER, trial, "finished", state=trial.state, share=trial.share, n=trial.n)


def _record(actor: Actor, trial: Trial, verb: str, **data: object) -> None:
    record(
        organisation_id=trial.organisation_id,
        actor=actor,
        action=f"portfolio.trial_{verb}",
        subject=("portfolio.Trial", str(trial.id)),
        data={"name": trial.use_case.name, **data},
    )
