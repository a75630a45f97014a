"""Takes cases in: uploads, watched folders, mailboxes, databases and interfaces, and the daily look at figures.

Run by the worker as jobs, so everything here may happen twice: a case is known by its key, and how far a source has
been read is written down together with what was read.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import translation

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, PilotwerkError, Refused
from pilotwerk.pilots import folders, recipe, unreadable
from pilotwerk.pilots.connectors import mailbox
from pilotwerk.pilots.connectors.files import IN, CaseFile, Rejection, WatchedFolder, read_cases
from pilotwerk.pilots.connectors.kinds import READERS
from pilotwerk.pilots.connectors.trouble import FOR_A_PERSON, Trouble
from pilotwerk.pilots.domain.incoming import Ingested, NewCase, Unusable
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.execution import WORKER, access_of, problem_of, unclear_find_out
from pilotwerk.pilots.models import (
    Connection,
    ConnectionKind,
    ConnectionState,
    Pilot,
    SourceKind,
    TargetKind,
)
from pilotwerk.pilots.selectors.recipes import case_views, place_of, sheet_of
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.connections import (
    connection_looked,
)
from pilotwerk.pilots.services.learning import pilot_train
from pilotwerk.pilots.services.mails import Taken, mails_take
from pilotwerk.pilots.services.recipes import cases_noticed, pilot_watch, table_take, watch_later
from pilotwerk.pilots.services.sources import batch_take, rejected_note, table_from, table_renew
from pilotwerk.pilots.wording import not_running

log = logging.getLogger("pilotwerk.pilots")

# The daily check is done when people come to work, with the figures of the night.
FROM_HOUR: Final = 6
# A mailbox that only a person can put right is not asked every minute: that would lock the account.
PAUSE_WHEN_BROKEN: Final = timedelta(minutes=15)
# Anything else is tried again after as long as it has been broken, so that the pauses double, up to this long.
LONGEST_PAUSE: Final = timedelta(minutes=30)
# So many steps of a mailbox or another source are taken in one job; the next job goes on.
STEPS: Final = 20


def upload_ingest(*, pilot: Pilot, actor: Actor, path: Path, filename: str) -> tuple[Ingested, CaseFile]:
    """Read an uploaded file and take in its requests, or the figures that the recipe works with. Raises BadInput."""
    found = _file_taken(pilot, actor, path, filename)
    if found is not None:
        return found
    read = read_cases(path)
    return _ingest(pilot, actor, read, filename), read


def _file_taken(pilot: Pilot, actor: Actor, path: Path, filename: str) -> tuple[Ingested, CaseFile] | None:
    """What the recipe itself makes of a file; None where it is a file of requests."""
    kind = recipe.of(pilot.recipe)
    by: dict[str, Any] = {"organisation": pilot.organisation, "actor": actor, "pilot": pilot}
    if kind.about.renewed:
        if not pilot.is_running:
            raise Refused(not_running())
        role = kind.role_of(sheet_of(path, filename))
        table_take(**by, role=role, path=path, filename=filename)
        if role == kind.about.renewed:
            watch_later(pilot)
        else:
            pilot_train(**by)
        return Ingested(), CaseFile((), (), {})
    place = place_of(pilot, pilot.organisation)
    noticed = kind.incoming(sheet_of(path, filename), place, case_views(pilot)) if kind.about.tables else None
    if noticed is None:
        return None
    done = cases_noticed(**by, noticed=noticed, source=filename)
    rejected = tuple(Rejection(row, column or None, said) for row, column, said in noticed.rejected)
    return done, CaseFile((), rejected, {})


def _ingest(pilot: Pilot, actor: Actor, found: CaseFile, source: str) -> Ingested:
    return case_ingest(
        organisation=pilot.organisation,
        actor=actor,
        pilot=pilot,
        cases=[
            NewCase(
                key=item.external_id,
                text=item.text,
                subject=item.subject or "",
                sender_name=item.sender_name or "",
                sender_address=item.sender_address or "",
                received_at=item.received,
            )
            for item in found.cases
        ],
        source=source,
    )


def folder_ingest(*, pilot: Pilot) -> int:
    """Take in what lies in the pilot's watched folder, or in that of its connection; answers how many files.

    In a shared folder a file counts as whole when it is the same at two looks.
    """
    connection = pilot.source_connection if pilot.source_kind == SourceKind.FILES else None
    inbox = folders.exchange(connection) / IN if connection else folders.inbox(pilot)
    inbox.mkdir(parents=True, exist_ok=True)

    def handle(path: Path, found: CaseFile) -> CaseFile | None:
        try:
            taken = _file_taken(pilot, WORKER, path, path.name)
            if taken is None:
                _ingest(pilot, WORKER, found, path.name)
        except Refused:
            if _runs(pilot):
                raise
            raise _StoppedMeanwhile from None
        read = taken[1] if taken else found
        _noted(
            connection, [Unusable(one.row, one.column or "", one.message, path.name) for one in read.rejected]
        )
        return read

    def refused(path: Path, error: PilotwerkError) -> str:
        row, column = getattr(error, "row", None), getattr(error, "column", None)
        why = unreadable.said(error, pilot.recipe, place=False)
        _noted(connection, [Unusable(row or 0, column or "", why, path.name)])
        return unreadable.said(error, pilot.recipe)

    # A recipe with tables of its own reads the file itself.
    own = bool(recipe.of(pilot.recipe).about.tables)
    folder = WatchedFolder(
        inbox,
        read=(lambda _path: CaseFile((), (), {})) if own else None,
        looked=connection.cursor.get("looked", {}) if connection else None,
    )
    try:
        count = len(folder.take(handle, refused))
    except _StoppedMeanwhile:
        return 0
    if connection is not None:
        Connection.objects.filter(pk=connection.pk).update(cursor={"looked": folder.looked_now})
    return count


class _StoppedMeanwhile(Exception):
    """The pilot was stopped in the middle: the file stays where it is until it goes on."""


def _runs(pilot: Pilot) -> bool:
    pilot.refresh_from_db(fields=["state"])
    return pilot.is_running


def _noted(connection: Connection | None, unusable: list[Unusable]) -> None:
    if connection is not None:
        rejected_note(connection=connection, unusable=unusable)


def source_ingest(*, pilot: Pilot) -> int:
    """Take in what is new where the pilot's cases come from; answers how many cases are new.

    What is wrong is kept with the connection and ends the look; the next one goes on where this one ended.
    """
    connection, count = pilot.source_connection, 0
    if connection is None or pilot.started_at is None:
        return count
    problem: dict[str, Any] = {}
    try:
        if connection.kind == ConnectionKind.FILES:
            folder_ingest(pilot=pilot)
        elif recipe.of(pilot.recipe).about.renewed:
            batch = READERS[connection.kind](access_of(connection)).whole()
            table_renew(actor=WORKER, pilot=pilot, connection=connection, batch=batch)
        else:
            count = _read_on(pilot, connection, _since(pilot.started_at, connection))
    except Trouble as trouble:
        problem = problem_of(trouble)
    except (Refused, BadInput, OSError) as error:
        if not _runs(pilot):
            return count  # stopped in the middle; what was not stored is read when it goes on
        problem = problem_of(Trouble("file", why=str(error)))
    connection_looked(actor=WORKER, connection=connection, problem=problem)
    return count


def _since(started: datetime, connection: Connection) -> datetime:
    """From when on what came in is wanted: the pilot's start, or so many days before as were set."""
    return started - timedelta(days=int(connection.settings.get("backlog_days") or 0))


def _cursors(pilot: Pilot, connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    """How far the source was read, as stored now; and from where this pilot reads on. Another pilot than the last one
    begins anew: it wants what came since its own start.
    """
    connection.refresh_from_db(fields=["cursor"])
    before = connection.cursor
    return before, before if before.get("pilot") == str(pilot.pk) else {}


def _read_on(pilot: Pilot, connection: Connection, since: datetime) -> int:
    reader, count = READERS[connection.kind](access_of(connection)), 0
    for _number in range(STEPS):
        before, mine = _cursors(pilot, connection)
        batch = reader.step(mine, since=since)
        count += batch_take(actor=WORKER, pilot=pilot, connection=connection, batch=batch, before=before)
        if not batch.more:
            break
    return count


def table_draw(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, role: str, connection: Connection
) -> None:
    """Read a whole table now and take it in this role, while a pilot is set up. Refused where it cannot be read."""
    try:
        batch = READERS[connection.kind](access_of(connection)).whole()
    except Trouble as trouble:
        raise Refused(str(trouble)) from trouble
    by: dict[str, Any] = {"organisation": organisation, "actor": actor, "pilot": pilot}
    table_from(**by, role=role, connection=connection, batch=batch)


def mailbox_ingest(*, pilot: Pilot) -> Taken:
    """Take in what is new in the pilot's mailbox, step by step; each step is stored before the next is read.

    Whatever is wrong with the mailbox is kept with the connection and ends the look; the next one goes on where
    this one ended.
    """
    connection = pilot.source_connection
    total = Taken()
    if connection is None or pilot.started_at is None:
        return total
    since = _since(pilot.started_at, connection)
    try:
        with mailbox.reading(access_of(connection)) as reader:
            for _number in range(STEPS):
                taken, more = _step(pilot, connection, reader, since)
                total = total + taken
                if not more:
                    break
    except Trouble as trouble:
        connection_looked(actor=WORKER, connection=connection, problem=problem_of(trouble))
    except Refused:
        pass  # the pilot was stopped in the middle; what was not stored is read when it goes on
    else:
        connection_looked(actor=WORKER, connection=connection, problem={})
    return total


def _step(
    pilot: Pilot, connection: Connection, reader: mailbox.Reader, since: datetime
) -> tuple[Taken, bool]:
    before, mine = _cursors(pilot, connection)
    step = reader.step(mine, since=since)
    if not step.mails and step.cursor == {name: mine.get(name) for name in step.cursor}:
        return Taken(), step.more
    taken = mails_take(
        actor=WORKER, pilot=pilot, connection=connection, mails=step.mails, before=before, cursor=step.cursor
    )
    reader.taken(step)
    return taken, step.more


def _is_due(pilot: Pilot) -> bool:
    """Whether the mailbox should be looked into now."""
    connection = pilot.source_connection
    if connection is None or connection.looked_at is None or connection.state != ConnectionState.BROKEN:
        return True
    if connection.problem.get("code") not in FOR_A_PERSON:
        return True
    return clock.now() - connection.looked_at >= PAUSE_WHEN_BROKEN


def _source_is_due(connection: Connection) -> bool:
    """Whether to look now: after the minutes that were set, and while it is broken after a pause that doubles."""
    if connection.looked_at is None or connection.state == ConnectionState.UNTESTED:
        return True
    pause = timedelta(minutes=int(connection.settings.get("minutes") or 1))
    if connection.state == ConnectionState.BROKEN:
        broken_for = connection.looked_at - connection.state_since
        asked = timedelta(seconds=int(connection.problem.get("values", {}).get("seconds") or 0))
        pause = max(min(broken_for, LONGEST_PAUSE), asked, timedelta(minutes=1))
        if connection.problem.get("code") in FOR_A_PERSON:
            pause = PAUSE_WHEN_BROKEN
    # The job itself comes every minute, give or take a few seconds.
    return clock.now() - connection.looked_at >= pause - timedelta(seconds=10)


def _watching() -> QuerySet[Pilot]:
    return Pilot.objects.filter(state=PilotState.RUNNING.value, source_kind=SourceKind.FOLDER).select_related(
        "organisation"
    )


def watch_one_job(job: jobs.Work) -> None:
    """Handler of pilots.watch_one: new figures came in."""
    pilot = Pilot.objects.select_related("organisation", "model_version").get(pk=UUID(job.payload["pilot"]))
    with translation.override("de"):
        pilot_watch(organisation=pilot.organisation, actor=WORKER, pilot=pilot)


def watch_job(job: jobs.Work) -> None:
    """Handler of pilots.watch, run every 15 minutes: each running pilot is looked at once a day, from six on."""
    for pilot in Pilot.objects.filter(state=PilotState.RUNNING.value).select_related(
        "organisation", "model_version"
    ):
        if not recipe.of(pilot.recipe).about.watches:
            continue
        here = clock.now().astimezone(ZoneInfo(pilot.organisation.timezone))
        if here.hour >= FROM_HOUR and not _looked_today(pilot, here.date()):
            try:
                with translation.override("de"):
                    pilot_watch(organisation=pilot.organisation, actor=WORKER, pilot=pilot)
            except (PilotwerkError, OSError):
                log.exception("the daily check of pilot %s failed", pilot.pk)
                continue
            Pilot.objects.filter(pk=pilot.pk).update(looked_on=here.date())


def _looked_today(pilot: Pilot, today: date) -> bool:
    return pilot.looked_on is not None and pilot.looked_on >= today


def ingest_job(job: jobs.Work) -> None:
    """Handler of pilots.ingest, run every minute: look into all watched folders."""
    for pilot in _watching():
        try:
            folder_ingest(pilot=pilot)
        except OSError:
            log.exception("the watched folder of pilot %s cannot be read", pilot.pk)


def _look_later(pilot: Pilot, kind: str) -> None:
    """One look of this kind at the pilot's source; a look that waits already is not doubled."""
    jobs.enqueue(
        kind=kind,
        organisation_id=pilot.organisation_id,
        payload={"pilot": str(pilot.pk)},
        key=f"{kind}:{pilot.pk}",
    )


def _running(work: jobs.Work, *related: str) -> Pilot | None:
    """The pilot that a look was ordered for, with what is read of it; None when it stands by now."""
    running = Pilot.objects.filter(pk=work.payload["pilot"], state=PilotState.RUNNING.value)
    found: Pilot | None = running.select_related(*related).first()
    return found


def mailboxes_job(job: jobs.Work) -> None:
    """Handler of pilots.mailboxes, run every minute: order a look for each running pilot with a mailbox."""
    running = Pilot.objects.filter(state=PilotState.RUNNING.value).select_related("source_connection")
    for pilot in running.filter(Q(source_kind=SourceKind.MAILBOX) | Q(target_kind=TargetKind.MAILBOX)):
        _look_later(pilot, "pilots.mailbox")


def mailbox_job(job: jobs.Work) -> None:
    """Handler of pilots.mailbox: one look into the mailbox of one pilot, and for answers whose fate is unclear."""
    pilot = _running(job, "source_connection", "target_connection", "organisation")
    if pilot is None:
        return
    with translation.override("de"):
        if pilot.source_kind == SourceKind.MAILBOX and _is_due(pilot):
            mailbox_ingest(pilot=pilot)
        if pilot.target_kind == TargetKind.MAILBOX:
            unclear_find_out(pilot=pilot)


def sources_job(work: jobs.Work) -> None:
    """Handler of pilots.sources, run every minute: order a look for each running pilot whose source is due."""
    kinds = [SourceKind.REST.value, SourceKind.SQL.value, SourceKind.FILES.value]
    running = Pilot.objects.filter(state=PilotState.RUNNING.value, source_kind__in=kinds)
    for pilot in running.select_related("source_connection"):
        if pilot.source_connection is not None and _source_is_due(pilot.source_connection):
            _look_later(pilot, "pilots.source")


def source_job(work: jobs.Work) -> None:
    """Handler of pilots.source: one look at where the cases of one pilot come from."""
    pilot = _running(work, "source_connection__organisation", "organisation", "model_version")
    if pilot is not None:
        with translation.override("de"):
            source_ingest(pilot=pilot)
