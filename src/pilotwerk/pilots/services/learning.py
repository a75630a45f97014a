"""A pilot learns from past requests: ordered by a person, done by the worker, checked on rows it had not
seen.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.conf import settings
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
from pilotwerk.pilots.recipes.base import Material
from pilotwerk.pilots.selectors.recipes import table_read, tables_missing
from pilotwerk.pilots.services.moves import pilot_lock, pilot_recorded
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import text_rows


def pilot_train(
    *,
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    process_import: ProcessImport | None = None,
    run_now: bool = False,
) -> ModelVersion:
    """Order a new version from an import with texts, or from the tables that were handed in.

    ``run_now`` trains before returning, else the worker does.
    """
    version = _ordered(organisation, actor, pilot, process_import, run_now=run_now)
    if run_now:
        model_train(version_id=version.pk)
        version.refresh_from_db()
        pilot.refresh_from_db()
    return version


@transaction.atomic
def _ordered(
    organisation: Organisation,
    actor: Actor,
    pilot: Pilot,
    process_import: ProcessImport | None,
    *,
    run_now: bool,
) -> ModelVersion:
    if pilot_lock(pilot.pk).state == PilotState.ENDED:
        raise Refused(_("This pilot has ended."))
    missing = tables_missing(pilot)
    if missing:
        raise Refused(_("Hand in these tables first: %(tables)s.") % {"tables": ", ".join(missing)})
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
        data={"number": number, "import": str(process_import.pk) if process_import else ""},
    )
    return version


def model_train(*, version_id: UUID) -> None:
    """Train an ordered version; a second call after a crash starts over, a finished one is left alone."""
    version = ModelVersion.objects.select_related("pilot", "training_import").get(pk=version_id)
    pilot = version.pilot
    kind = recipe.of(pilot.recipe)
    if version.state != ModelState.TRAINING or (version.training_import is None and not kind.about.tables):
        return
    material = Material(
        texts=text_rows(version.training_import) if version.training_import else (),
        table=partial(table_read, pilot),
        options=pilot.options,
        embeddings=recipe.EMBEDDINGS[settings.PILOTWERK_EMBEDDINGS],
        zone=pilot.organisation.timezone,
    )
    try:
        learned = kind.learn(material, folders.models(pilot))
    except PilotwerkError as error:
        _finished(version, ModelState.FAILED, reason=str(error))
        return
    if isinstance(learned, CannotTell):
        _finished(version, ModelState.CANNOT_TELL, reason=learned.reason)
    else:
        _finished(version, ModelState.READY, name=learned.version, facts=dict(learned.facts))


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
