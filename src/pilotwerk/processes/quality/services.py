"""Writes about the quality of an import: it is measured with the import, or later where that did not work."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.processes import selectors
from pilotwerk.processes.domain.messages import Rejection, Unreadable
from pilotwerk.processes.domain.roles import ColumnMapping
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.quality.measuring import measure_quality
from pilotwerk.processes.reading import Source
from pilotwerk.processes.reading.source import Progress
from pilotwerk.processes.reading.watching import Cancelled

log = logging.getLogger("pilotwerk.processes")

JOB = "processes.quality_run"
State = ProcessImport.State


def quality_facts(
    source: Source,
    mapping: ColumnMapping,
    rejected: Sequence[Rejection],
    row: ProcessImport,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The profile as `quality`; or None with the reason as `quality_fault`, for the facts of an import.

    A fault here must not cost the import: facts and cases do not need the profile. Call it when all else is kept.
    """
    try:
        found = measure_quality(source, mapping, rejected, clock.now(), progress)
        return {"quality": found.as_json(), "quality_fault": None}
    except Cancelled:
        raise
    except Exception as error:
        log.exception("the quality of the import %s could not be measured", row.pk)
        return {"quality": None, "quality_fault": _fault(error)}


def _fault(error: Exception) -> dict[str, Any]:
    if isinstance(error, Unreadable):
        return {"code": error.code, "params": error.params}
    if isinstance(error, BadInput | Refused):  # the connection was changed, its file is gone
        return {"code": "quality.refused", "params": {"detail": str(error)}}
    name = type(error).__name__
    if isinstance(error, MemoryError) or name == "OutOfMemoryException":
        return {"code": "quality.memory", "params": {}}
    return {"code": "quality.fault", "params": {"kind": name}}


def drop_uploads(row: ProcessImport) -> None:
    """A finished import's file goes, unless its quality is still to be measured; then until the next import."""
    for one in selectors.imports_of(row.process):  # read again: `row` does not know its own facts yet
        if one.pk != row.pk or not one.facts.get("quality_fault"):
            one.upload.unlink(missing_ok=True)


@transaction.atomic
def quality_again(*, organisation: Organisation, actor: Actor, process_import: ProcessImport) -> None:
    """Orders the measurement that failed with the import. One at a time, as long as the data can be read."""
    row = ProcessImport.objects.of(organisation).select_for_update().get(pk=process_import.pk)
    if row.state != State.DONE or not row.facts.get("quality_fault"):
        raise Refused(_("The quality of these data is measured already."))
    if selectors.quality_running(row):
        raise Refused(_("The quality of these data is being measured."))
    if not selectors.readable_again(row):
        raise Refused(_("The uploaded file is not kept any more. Import the data again."))
    jobs.enqueue(kind=JOB, organisation_id=organisation.id, payload={"import": str(row.pk)})
    _record(row, actor, "processes.quality_ordered")


def quality_job(job: jobs.Work) -> None:
    """The worker's part. Bears being run twice: what is measured already is left as it is."""
    row = ProcessImport.objects.select_related("organisation", "process").get(pk=job.payload["import"])
    if row.state != State.DONE or not row.facts.get("quality_fault"):
        return
    try:
        with selectors.import_source(row) as source:
            rejected = [
                Rejection(one.row, one.column or None, one.code, one.params)
                for one in selectors.rejected_rows(row)
            ]
            found = quality_facts(source, row.column_mapping, rejected, row)
    except Exception as error:
        log.exception("the data of the import %s could not be read again", row.pk)
        found = {"quality": None, "quality_fault": _fault(error)}
    with transaction.atomic():
        jobs.fence(job)
        fresh = ProcessImport.objects.select_for_update().get(pk=row.pk)
        facts = fresh.facts | found
        if ProcessImport.objects.filter(pk=row.pk, state=State.DONE).update(facts=facts) != 1:
            return
        outcome = "failed" if found["quality_fault"] else "measured"
        _record(row, System("worker"), f"processes.quality_{outcome}")
    if not found["quality_fault"]:
        row.upload.unlink(missing_ok=True)


def _record(row: ProcessImport, actor: Actor, action: str) -> None:
    record(
        organisation_id=row.organisation_id,
        actor=actor,
        action=action,
        subject=("processes.ProcessImport", str(row.pk)),
        data={"filename": row.filename, "process": row.process.name},
    )
