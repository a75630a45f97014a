"""Writes of processes and imports. Each changes state by one conditional update and leaves one audit entry.

A file goes: uploaded (columns guessed) > confirmed, queued > running > done. What people handed in is kept
only until then; afterwards the cases lie as Parquet, without the columns that name people.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.models import Job
from pilotwerk.processes import analysis, selectors
from pilotwerk.processes.domain.messages import Rejection, Unreadable
from pilotwerk.processes.domain.roles import ColumnMapping, mapping_from
from pilotwerk.processes.engine.store import store
from pilotwerk.processes.engine.topics import store_topics, topics
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.quality import measure_quality
from pilotwerk.processes.reading import open_source
from pilotwerk.processes.reading.limits import MEGABYTE
from pilotwerk.processes.reading.opening import kind_of

log = logging.getLogger("pilotwerk.processes")

State = ProcessImport.State
JOB = "processes.import_run"
PROGRESS_SECONDS = 0.5


class Readable(Protocol):
    """An uploaded or opened binary file."""

    def read(self, size: int, /) -> bytes: ...


@transaction.atomic
def process_create(*, organisation: Organisation, actor: Actor, name: str) -> Process:
    """A process has a name of its own in the organisation."""
    name = " ".join(name.split())
    try:
        with transaction.atomic():
            process: Process = Process.objects.create(organisation=organisation, name=name)
    except IntegrityError:
        raise Refused(_("There is a process “%(name)s” already.") % {"name": name}) from None
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="processes.process_created",
        subject=("processes.Process", str(process.id)),
        data={"name": name},
    )
    return process


def import_start(
    *,
    organisation: Organisation,
    actor: Actor,
    process: Process,
    file: Readable,
    filename: str,
) -> ProcessImport:
    """Keep an uploaded file and guess its columns; nothing is imported before a person confirms them.

    Raises `BadInput` for a file that cannot be read, `Refused` while another import of the process runs.
    """
    name = Path(filename).name[-200:]
    kind_of(name)
    _make_way(organisation, actor, process)
    started = ProcessImport(organisation=organisation, process=process, filename=name)
    try:
        started.fingerprint = _keep(file, started.upload)
        seen = analysis.peek(started.upload, filename=name, limits=selectors.upload_limits())
        started.kind = str(seen.guess.mapping.kind)
        started.mapping = seen.guess.mapping.as_json()
        started.columns = list(seen.columns)
        started.expected = seen.expected
        with transaction.atomic():
            started.save(force_insert=True)
            record(
                organisation_id=organisation.id,
                actor=actor,
                action="processes.import_started",
                subject=("processes.ProcessImport", str(started.id)),
                data={"filename": name, "process": process.name, "fingerprint": started.fingerprint},
            )
    except BaseException:
        shutil.rmtree(started.folder, ignore_errors=True)
        raise
    return started


def _make_way(organisation: Organisation, actor: Actor, process: Process) -> None:
    """An upload that nobody confirmed gives way to a new one; a running import does not."""
    waiting = selectors.import_open(organisation, process)
    if waiting is None:
        return
    if waiting.state != State.UPLOADED:
        raise Refused(_("An import of this process is running. Please wait until it is finished."))
    import_discard(organisation=organisation, actor=actor, process_import=waiting)


def _keep(file: Readable, target: Path) -> str:
    """Writes the file piece by piece and answers its SHA-256. Stops at the limit for uploads."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size, limit = hashlib.sha256(), 0, selectors.upload_limits().file_bytes
    with target.open("wb") as out:
        while chunk := file.read(MEGABYTE):
            size += len(chunk)
            if size > limit:
                raise Unreadable("file.too_large", limit=limit // MEGABYTE)
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def import_confirm(
    *,
    organisation: Organisation,
    actor: Actor,
    process_import: ProcessImport,
    mapping: Mapping[str, str] | ColumnMapping | None = None,
    kind: str | None = None,
    run_now: bool = False,
) -> ProcessImport:
    """A person says what the columns mean, and the import begins: as a job, or at once with `run_now`.

    `mapping` names a column for each meaning and defaults to the guess; `kind` is "event_log" or
    "case_table".
    """
    if isinstance(mapping, ColumnMapping):
        chosen = mapping
    else:
        chosen = mapping_from(kind or process_import.kind, mapping or process_import.mapping)
    chosen.check(process_import.columns)
    with transaction.atomic():
        changed = (
            ProcessImport.objects.of(organisation)
            .filter(pk=process_import.pk, state=State.UPLOADED)
            .update(state=State.QUEUED, kind=str(chosen.kind), mapping=chosen.as_json(), progress=0, fault={})
        )
        if changed != 1:
            raise Refused(_("This import is confirmed or discarded already."))
        if not run_now:
            jobs.enqueue(
                kind=JOB,
                organisation_id=organisation.id,
                payload={"import": str(process_import.pk)},
                key=f"{JOB}:{process_import.pk}",
            )
        record(
            organisation_id=organisation.id,
            actor=actor,
            action="processes.import_confirmed",
            subject=("processes.ProcessImport", str(process_import.pk)),
            data={
                "filename": process_import.filename,
                "kind": str(chosen.kind),
                "mapping": chosen.as_json(),
            },
        )
    if run_now:
        import_run(process_import_id=str(process_import.pk))
    process_import.refresh_from_db()
    return process_import


@transaction.atomic
def import_discard(*, organisation: Organisation, actor: Actor, process_import: ProcessImport) -> None:
    """An upload that was not imported goes, with its file."""
    changed = (
        ProcessImport.objects.of(organisation)
        .filter(pk=process_import.pk, state__in=[State.UPLOADED, State.FAILED])
        .update(state=State.DISCARDED, finished_at=clock.now())
    )
    if changed != 1:
        raise Refused(_("Only an upload that was not imported can be discarded."))
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="processes.import_discarded",
        subject=("processes.ProcessImport", str(process_import.pk)),
        data={"filename": process_import.filename},
    )
    folder = process_import.folder
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def import_job(job: Job) -> None:
    """The worker's part of an import. Bears being run twice: a finished import is left as it is."""
    import_run(process_import_id=str(job.payload["import"]), job=job)


def import_run(*, process_import_id: str, job: Job | None = None) -> None:
    """Read, check and measure a confirmed file, and keep its cases. The outcome is a state of the row."""
    taken = ProcessImport.objects.filter(
        pk=process_import_id, state__in=[State.QUEUED, State.RUNNING]
    ).update(state=State.RUNNING)
    if taken != 1:
        return
    row = ProcessImport.objects.select_related("organisation", "process").get(pk=process_import_id)
    try:
        facts, rejected = _measure(row)
    except Unreadable as error:
        _fail(row, error, job)
        return
    except Exception:
        # The same file would fail again: the person must hear of it now, not after the last attempt.
        log.exception("the import %s could not be read", row.pk)
        _fail(row, Unreadable("file.fault"), job)
        return
    _finish(row, facts, rejected, job)


def _measure(row: ProcessImport) -> tuple[dict[str, Any], tuple[Rejection, ...]]:
    shown = 0.0

    def progress(rows: int) -> None:
        nonlocal shown
        if time.monotonic() - shown >= PROGRESS_SECONDS:
            shown = time.monotonic()
            ProcessImport.objects.filter(pk=row.pk, state=State.RUNNING).update(progress=rows)

    mapping = row.column_mapping
    with open_source(
        row.upload, filename=row.filename, limits=selectors.upload_limits(), progress=progress
    ) as source:
        facts, rejected = analysis.measure(
            source,
            mapping,
            engine=settings.PILOTWERK_ANALYTICS,
            zone=ZoneInfo(row.organisation.timezone),
        )
        facts["quality"] = measure_quality(source, mapping, rejected, clock.now()).as_json()
        facts["topics"] = topics(source.con)
        store(source.con, row.folder)
        store_topics(source.con, row.folder)
    return facts, rejected


def _finish(
    row: ProcessImport, facts: dict[str, Any], rejected: tuple[Rejection, ...], job: Job | None
) -> None:
    with transaction.atomic():
        if job is not None:
            jobs.fence(job)
        changed = ProcessImport.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.DONE,
            facts=facts,
            rows=facts["rows"],
            progress=facts["rows"],
            rejected=len(rejected),
            fault={},
            finished_at=clock.now(),
        )
        if changed != 1:
            return
        RejectedRow.objects.bulk_create(
            [
                RejectedRow(
                    organisation=row.organisation,
                    process_import=row,
                    row=one.row,
                    column=(one.column or "")[:200],
                    code=one.code,
                    params=dict(one.params),
                )
                for one in rejected
            ],
            batch_size=500,
        )
        _record_outcome(row, "processes.import_finished", {"rows": facts["rows"], "rejected": len(rejected)})
    row.upload.unlink(missing_ok=True)


def _fail(row: ProcessImport, error: Unreadable, job: Job | None) -> None:
    """A mapping that does not fit goes back to the person; a file that cannot be read is over."""
    again = error.code.startswith("mapping.")
    fault = {"code": error.code, "params": error.params, "row": error.row, "column": error.column}
    with transaction.atomic():
        if job is not None:
            jobs.fence(job)
        ProcessImport.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.UPLOADED if again else State.FAILED,
            fault=fault,
            finished_at=None if again else clock.now(),
        )
        _record_outcome(row, "processes.import_failed", {"code": error.code})
    if not again:
        row.upload.unlink(missing_ok=True)


def _record_outcome(row: ProcessImport, action: str, data: dict[str, Any]) -> None:
    record(
        organisation_id=row.organisation_id,
        actor=System("worker"),
        action=action,
        subject=("processes.ProcessImport", str(row.pk)),
        data={"filename": row.filename, "fingerprint": row.fingerprint, **data},
    )
