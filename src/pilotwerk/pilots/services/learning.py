"""A pilot learns from past requests: ordered by a person, done by the worker, checked on rows it had not
seen.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import ModelState, ModelVersion, Pilot
from pilotwerk.pilots.services.moves import pilot_lock, pilot_recorded
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import text_rows


def pilot_train(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    process_import: ProcessImport,
    run_now: bool = False,
) -> ModelVersion:
    """Order a new version from an import with texts. ``run_now`` trains before returning, else the worker
    does.
    """
    version = _ordered(organisation, actor, pilot, process_import, run_now=run_now)
    if run_now:
        model_train(version_id=version.pk)
        version.refresh_from_db()
        pilot.refresh_from_db()
    return version


@transaction.atomic
def _ordered(
    organisation: Organisation, actor: Actor, pilot: Pilot, process_import: ProcessImport, *, run_now: bool
) -> ModelVersion:
    if pilot_lock(pilot.pk).state == PilotState.ENDED:
        raise Refused(_("This pilot has ended."))
    number = (ModelVersion.objects.filter(pilot=pilot).aggregate(top=Max("number"))["top"] or 0) + 1
    version = ModelVersion.objects.create(
        organisation=organisation, pilot=pilot, number=number, training_import=process_import
    )
    if not run_now:
        jobs.enqueue(
            kind="pilots.train", organisation_id=organisation.pk, payload={"version": str(version.pk)}
        )
    pilot_recorded(
        actor=actor,
        action="pilots.model_ordered",
        pilot=pilot,
        data={"number": number, "import": str(process_import.pk)},
    )
    return version


def model_train(*, version_id: UUID) -> None:
    """Train an ordered version; a second call after a crash starts over, a finished one is left alone."""
    from pilotwerk.pilots.recipes.support import LabelledText

    version = ModelVersion.objects.select_related("pilot", "training_import").get(pk=version_id)
    if version.state != ModelState.TRAINING or version.training_import is None:
        return
    rows = [
        LabelledText(case=row.case, text=row.text, category=row.category, answer=row.answer, time=row.opened)
        for row in text_rows(version.training_import)
    ]
    try:
        model = recipe.learn(rows, folder=folders.models(version.pilot))
    except PilotwerkError as error:
        _finished(version, ModelState.FAILED, reason=str(error))
        return
    if isinstance(model, CannotTell):
        _finished(version, ModelState.CANNOT_TELL, reason=model.reason)
    else:
        _finished(version, ModelState.READY, name=model.version, facts=recipe.plain(model.facts))


@transaction.atomic
def _finished(
    version: ModelVersion,
    state: ModelState,
    *,
    name: str = "",
    facts: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Keep the result; a version that is ready is used from the next proposal on."""
    changed = ModelVersion.objects.filter(pk=version.pk, state=ModelState.TRAINING).update(
        state=state, version=name, facts=facts or {}, reason=reason[:500], finished_at=clock.now()
    )
    if changed != 1:
        return
    data: dict[str, object] = {"number": version.number, "version": name, "reason": reason}
    action = "pilots.model_failed"
    if state == ModelState.READY:
        action = "pilots.model_trained"
        Pilot.objects.filter(pk=version.pilot_id).update(
            model_version=version, training_import=version.training_import
        )
        data["rows"] = (facts or {}).get("rows", 0)
    pilot_recorded(actor=System("worker"), action=action, pilot=version.pilot, data=data)
