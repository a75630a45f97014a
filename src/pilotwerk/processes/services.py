"""Writes of processes and imports. Each changes state by one conditional update and leaves one audit entry.

A file goes: uploaded (columns guessed) > confirmed, queued > running > done. What people handed in is kept
only until then; afterwards the cases lie as Parquet, without the columns that name people. An import that is
discarded, cancelled or failed leaves nothing behind; a finished one can be undone while nothing rests on it.
"""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import derive
from pilotwerk.processes import analysis, selectors
from pilotwerk.processes.domain.messages import Rejection, Unreadable
from pilotwerk.processes.domain.roles import ColumnMapping, mapping_from
from pilotwerk.processes.engine.cases import normalise
from pilotwerk.processes.engine.merge import unite
from pilotwerk.processes.engine.store import store, store_table
from pilotwerk.processes.engine.topics import topics
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.quality.services import drop_uploads, quality_facts
from pilotwerk.processes.reading.opening import kind_of
from pilotwerk.processes.reading.watching import Cancelled
from pilotwerk.processes.uploads import Readable, keep_upload

log = logging.getLogger("pilotwerk.processes")

State = ProcessImport.State
JOB = "processes.import_run"
PROGRESS_SECONDS = 0.5


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
    make_way(organisation=organisation, actor=actor, process=process)
    started = ProcessImport(organisation=organisation, process=process, filename=name)
    try:
        started.fingerprint = keep_upload(file, started.upload, selectors.upload_limits())
        seen = _peek(started)
        # The sheet that a person chose last time, where the workbook still has it.
        earlier = selectors.import_latest(organisation, process)
        if earlier is not None and earlier.part != seen.part and earlier.part in seen.parts:
            seen = _peek(started, part=earlier.part)
        register_import(started=started, seen=seen, actor=actor)
    except BaseException:
        shutil.rmtree(started.folder, ignore_errors=True)
        raise
    return started


def _peek(started: ProcessImport, part: str | None = None) -> analysis.Peek:
    limits = selectors.upload_limits()
    return analysis.peek(started.upload, filename=started.filename, limits=limits, part=part)


@transaction.atomic
def register_import(*, started: ProcessImport, seen: analysis.Peek, actor: Actor) -> None:
    """Stores an import that was looked at. A file of the same shape as before gets the mapping from then."""
    for name, value in _seen(started, seen).items():
        setattr(started, name, value)
    started.save(force_insert=True)
    record(
        organisation_id=started.organisation_id,
        actor=actor,
        action="processes.import_started",
        subject=("processes.ProcessImport", str(started.id)),
        data={
            "filename": started.filename,
            "process": started.process.name,
            "fingerprint": started.fingerprint,
        },
    )


def _seen(process_import: ProcessImport, seen: analysis.Peek) -> dict[str, Any]:
    """What an import keeps of a first look."""
    known = selectors.mapping_remembered(process_import.process, seen.columns)
    mapping = known or seen.guess.mapping
    return {
        "kind": str(mapping.kind),
        "mapping": mapping.as_json(),
        "columns": list(seen.columns),
        "expected": seen.expected,
        "part": (seen.part or "") if len(seen.parts) > 1 else "",
    }


def import_part_choose(
    *, organisation: Organisation, actor: Actor, process_import: ProcessImport, part: str
) -> None:
    """Another sheet of the workbook, or another table of the ZIP file, is looked at instead. Raises `BadInput` where it
    holds none of this name or nothing that can be read.
    """
    kept = _seen(process_import, _peek(process_import, part=part))
    with transaction.atomic():
        waiting = ProcessImport.objects.of(organisation).filter(pk=process_import.pk, state=State.UPLOADED)
        if waiting.update(**kept, fault={}) != 1:
            raise Refused(_("This import is confirmed or discarded already."))
        _record(process_import, actor, "processes.import_part_chosen", {"part": part})


def make_way(*, organisation: Organisation, actor: Actor, process: Process) -> None:
    """An upload that nobody confirmed gives way to a new one; a running import does not."""
    waiting = selectors.import_open(organisation, process)
    if waiting is None:
        return
    if waiting.state != State.UPLOADED:
        raise Refused(_("An import of this process is running. Please wait until it is finished."))
    import_discard(organisation=organisation, actor=actor, process_import=waiting)


def import_confirm(
    *,
    organisation: Organisation,
    actor: Actor,
    process_import: ProcessImport,
    mapping: Mapping[str, str] | ColumnMapping | None = None,
    kind: str | None = None,
    unite: bool = True,
    run_now: bool = False,
) -> ProcessImport:
    """A person says what the columns mean, and the import begins: as a job, or at once with `run_now`.

    `mapping` names a column for each meaning and defaults to the guess; `kind` is "event_log" or
    "case_table". With `unite` the cases join those of earlier imports; without, they replace them.
    """
    if isinstance(mapping, ColumnMapping):
        chosen = mapping
    else:
        chosen = mapping_from(kind or process_import.kind, mapping or process_import.mapping)
    chosen.check(process_import.columns)
    with transaction.atomic():
        _lock(organisation, process_import)
        if selectors.import_running(organisation, process_import.process, but=process_import):
            raise Refused(_("An import of this process is running. Please wait until it is finished."))
        _to_queue(organisation, process_import, chosen, unite=unite)
        if not run_now:
            jobs.enqueue(
                kind=JOB,
                organisation_id=organisation.id,
                payload={"import": str(process_import.pk)},
                key=f"{JOB}:{process_import.pk}",
            )
        told = {"kind": str(chosen.kind), "mapping": chosen.as_json()}
        _record(process_import, actor, "processes.import_confirmed", told)
    if run_now:
        import_run(process_import_id=str(process_import.pk))
    process_import.refresh_from_db()
    return process_import


def _to_queue(
    organisation: Organisation, process_import: ProcessImport, chosen: ColumnMapping, *, unite: bool
) -> None:
    changed = (
        ProcessImport.objects.of(organisation)
        .filter(pk=process_import.pk, state=State.UPLOADED)
        .update(
            state=State.QUEUED,
            kind=str(chosen.kind),
            mapping=chosen.as_json(),
            unite=unite,
            progress=0,
            fault={},
        )
    )
    if changed != 1:
        raise Refused(_("This import is confirmed or discarded already."))


def _lock(organisation: Organisation, process_import: ProcessImport) -> None:
    """Confirming and undoing change what the process is measured from: one after the other."""
    rows = Process.objects.of(organisation).select_for_update().filter(pk=process_import.process_id)
    if not rows.exists():
        raise Refused(_("There is no such process."))


@transaction.atomic
def import_discard(*, organisation: Organisation, actor: Actor, process_import: ProcessImport) -> None:
    """An upload that was not imported goes, with its file."""
    if not _leave(organisation, process_import, [State.UPLOADED, State.FAILED], State.DISCARDED):
        raise Refused(_("Only an upload that was not imported can be discarded."))
    _record(process_import, actor, "processes.import_discarded", {})


@transaction.atomic
def import_cancel(*, organisation: Organisation, actor: Actor, process_import: ProcessImport) -> None:
    """An import that waits or runs ends without a trace in the process; its worker notices and stops."""
    if not _leave(organisation, process_import, [State.QUEUED, State.RUNNING], State.CANCELLED):
        raise Refused(_("This import is over already."))
    _record(process_import, actor, "processes.import_cancelled", {})


def _leave(organisation: Organisation, process_import: ProcessImport, states: list[State], to: State) -> bool:
    """Ends an import that is in one of the states, and its folder with the transaction; False where it is in none."""
    rows = ProcessImport.objects.of(organisation).filter(pk=process_import.pk, state__in=states)
    if rows.update(state=to, finished_at=clock.now()) != 1:
        return False
    folder = process_import.folder
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return True


@transaction.atomic
def import_undo(*, organisation: Organisation, actor: Actor, process_import: ProcessImport) -> None:
    """The latest import of a process goes, and the state before it holds again; not while anything rests on
    it.
    """
    _lock(organisation, process_import)
    process = process_import.process
    if selectors.import_running(organisation, process):
        raise Refused(_("An import of this process is running. Please wait until it is finished."))
    if selectors.import_latest(organisation, process) != process_import:
        raise Refused(_("Only the latest import of a process can be undone."))
    if selectors.rests_on(process_import):
        raise Refused(_("Goals or pilots rest on this import. It cannot be undone."))
    changed = (
        ProcessImport.objects.of(organisation)
        .filter(pk=process_import.pk, state=State.DONE)
        .update(state=State.UNDONE)
    )
    if changed != 1:
        raise Refused(_("Only the latest import of a process can be undone."))
    RejectedRow.objects.of(organisation).filter(process_import=process_import).delete()
    _record(process_import, actor, "processes.import_undone", {"process": process.name})
    folder = process_import.folder
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


def import_job(job: jobs.Work) -> None:
    """The worker's part of an import. Bears being run twice: a finished import is left as it is."""
    import_run(process_import_id=str(job.payload["import"]), job=job)


def import_run(*, process_import_id: str, job: jobs.Work | None = None) -> None:
    """Read, check and measure a confirmed file, and keep its cases. The outcome is a state of the row."""
    taken = ProcessImport.objects.filter(
        pk=process_import_id, state__in=[State.QUEUED, State.RUNNING]
    ).update(state=State.RUNNING)
    if taken != 1:
        return
    row = ProcessImport.objects.select_related("organisation", "process").get(pk=process_import_id)
    try:
        measured = _measure(row)
    except Cancelled:
        _clear_cancelled(row)
    except Unreadable as error:
        _fail(row, error, job)
    except Exception:
        # The same file would fail again: the person must hear of it now, not after the last attempt.
        log.exception("the import %s could not be read", row.pk)
        _fail(row, Unreadable("file.fault"), job)
    else:
        _finish(row, *measured, job)


def _report(row: ProcessImport, rows: int) -> None:
    """Writes how many rows are read. Raises `Cancelled` once nobody wants the import any more."""
    if ProcessImport.objects.filter(pk=row.pk, state=State.RUNNING).update(progress=rows) != 1:
        raise Cancelled


def _now_and_then(row: ProcessImport) -> Callable[[int], None]:
    """The same for a reader that reports often."""
    last = 0.0

    def report(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            _report(row, rows)

    return report


def _clear_cancelled(row: ProcessImport) -> None:
    """The folder of a cancelled import; the worker may have written into it after it was emptied."""
    if ProcessImport.objects.filter(pk=row.pk, state=State.CANCELLED).exists():
        shutil.rmtree(row.folder, ignore_errors=True)


def _measure(row: ProcessImport) -> tuple[dict[str, Any], tuple[Rejection, ...], ProcessImport | None]:
    """Facts, rejected rows, and the import with which this one was united."""
    mapping = row.column_mapping
    key = derive(f"processes.pseudonym:{row.process_id}")
    with selectors.import_source(row, progress=_now_and_then(row)) as source:
        _report(row, source.rows)
        normalised = normalise(source, mapping, key)
        _report(row, source.rows)
        base = selectors.import_base(row, own_names="unnamed_cases" not in source.facts)
        union = None
        if base is not None:
            union = unite(source.con, base.folder, mapping.kind)
            normalised = replace(normalised, zoned=normalised.zoned and base.facts.get("zoned", True))
        facts = analysis.measured_facts(
            source,
            mapping,
            normalised,
            engine=settings.PILOTWERK_ANALYTICS,
            zone=ZoneInfo(row.organisation.timezone),
        )
        facts["union"] = union.as_json() if union else None
        facts["topics"] = topics(source.con)
        _report(row, source.rows)
        store(source.con, row.folder)
        store_table(source.con, "topics", row.folder)
        facts |= quality_facts(source, mapping, normalised.rejected, row, _now_and_then(row))
        _report(row, source.rows)
    return facts, normalised.rejected, base


def _finish(
    row: ProcessImport,
    facts: dict[str, Any],
    rejected: tuple[Rejection, ...],
    base: ProcessImport | None,
    job: jobs.Work | None,
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
            base=base,
            fault={},
            finished_at=clock.now(),
        )
        if changed != 1:
            _clear_cancelled(row)
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
        outcome = {"rows": facts["rows"], "rejected": len(rejected)}
        _record(row, System("worker"), "processes.import_finished", outcome)
    drop_uploads(row)


def _fail(row: ProcessImport, error: Unreadable, job: jobs.Work | None) -> None:
    """A mapping that does not fit goes back to the person; a file that cannot be read is over."""
    again = error.code.startswith("mapping.")
    fault = {"code": error.code, "params": error.params, "row": error.row, "column": error.column}
    with transaction.atomic():
        if job is not None:
            jobs.fence(job)
        changed = ProcessImport.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.UPLOADED if again else State.FAILED,
            fault=fault,
            finished_at=None if again else clock.now(),
        )
        if changed != 1:
            _clear_cancelled(row)
            return
        _record(row, System("worker"), "processes.import_failed", {"code": error.code})
    if not again:
        shutil.rmtree(row.folder, ignore_errors=True)


def _record(row: ProcessImport, actor: Actor, action: str, data: dict[str, Any]) -> None:
    record(
        organisation_id=row.organisation_id,
        actor=actor,
        action=action,
        subject=("processes.ProcessImport", str(row.pk)),
        data={"filename": row.filename, "fingerprint": row.fingerprint, **data},
    )
