"""The only place that touches a connector: lets approved answers out and takes files in.

Run by the worker as jobs, so everything here may happen twice. What makes that safe: the attempt is written
before it is made, the target folder recognises a second try by its key, and where a target cannot do that, a
try whose end nobody saw goes to a person instead of being repeated.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import BadInput, PilotwerkError, Refused
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.connectors import mailbox
from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.base import (
    Connector,
    Delivered,
    HeldBack,
    Message,
    NotDelivered,
    Outcome,
    Record,
)
from pilotwerk.pilots.connectors.files import IN, CaseFile, Rejection, WatchedFolder, read_cases
from pilotwerk.pilots.connectors.kinds import READERS, TARGETS, TESTS
from pilotwerk.pilots.connectors.mailbox import Mailbox
from pilotwerk.pilots.connectors.outbox import Outbox
from pilotwerk.pilots.connectors.smtp import Smtp
from pilotwerk.pilots.connectors.trouble import FOR_A_PERSON, Trouble, sentence
from pilotwerk.pilots.domain.incoming import Ingested, NewCase, Unusable
from pilotwerk.pilots.domain.mails import chain
from pilotwerk.pilots.domain.states import CaseState, PilotState
from pilotwerk.pilots.models import (
    Case,
    Connection,
    ConnectionKind,
    ConnectionState,
    Delivery,
    DeliveryState,
    Mail,
    Pilot,
    SourceKind,
    TargetKind,
)
from pilotwerk.pilots.selectors.connections import mails_of
from pilotwerk.pilots.selectors.recipes import case_views, place_of, sheet_of
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.connections import (
    connection_looked,
    connection_tested,
    secrets_keep,
    secrets_of,
)
from pilotwerk.pilots.services.deliveries import (
    deliveries_claim,
    deliveries_sent,
    delivery_held_back,
    delivery_lost,
    delivery_may_go,
    delivery_not_sent,
    delivery_retake,
    delivery_sent,
)
from pilotwerk.pilots.services.learning import pilot_train
from pilotwerk.pilots.services.mails import Taken, answer_noted, mails_take
from pilotwerk.pilots.services.recipes import cases_noticed, pilot_watch, table_take, watch_later
from pilotwerk.pilots.services.sources import batch_take, rejected_note, table_renew
from pilotwerk.pilots.wording import not_running
from pilotwerk.processes.databases.selectors import connection_list

log = logging.getLogger("pilotwerk.pilots")

WORKER: Final = System("worker")
# The daily check is done when people come to work, with the figures of the night.
FROM_HOUR: Final = 6
# Targets where a second try with the same key has no second effect.
RECOGNISES_REPEATS: Final = frozenset({TargetKind.OUTBOX.value})
# So long a worker sends before it gives back what it has not begun.
SLOW_SECONDS: Final = 1.0
# A mailbox that only a person can put right is not asked every minute: that would lock the account.
PAUSE_WHEN_BROKEN: Final = timedelta(minutes=15)
# Anything else is tried again after as long as it has been broken, so that the pauses double, up to this long.
LONGEST_PAUSE: Final = timedelta(minutes=30)
# Ways out that take values beside the letter.
TAKE_VALUES: Final = frozenset({TargetKind.WEBHOOK.value, TargetKind.SQL_TABLE.value, TargetKind.FILES.value})
# So many steps of a mailbox or another source are taken in one job; the next job goes on.
STEPS: Final = 20
# So many answers whose fate is unclear are looked for in one job, and for so long.
LOOKED_FOR: Final = 20
LOOK_FOR: Final = timedelta(days=3)
ENDED: Final = "The program ended while it was sending."


def connector_for(pilot: Pilot) -> Connector:
    """The way out that was chosen at set-up. Raises `Trouble` where a connection cannot be used."""
    if pilot.target_kind == TargetKind.SMTP:
        security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
        return Smtp(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            security=security,
            user=settings.EMAIL_HOST_USER or None,
            password=settings.EMAIL_HOST_PASSWORD or None,
            sender=settings.DEFAULT_FROM_EMAIL,
        )
    if pilot.target_kind in TARGETS:
        if pilot.target_connection is None:
            raise Trouble("gone")
        return TARGETS[pilot.target_kind](access_of(pilot.target_connection))
    return Outbox(folders.outbox(pilot))


def access_of(connection: Connection) -> Access:
    """Settings and opened secrets for the connector. Raises `Trouble` where the secrets cannot be read."""
    try:
        secrets = secrets_of(connection)
    except Refused:
        raise Trouble("secret") from None

    def keep(renewed: Mapping[str, str]) -> None:
        secrets_keep(connection=connection, secrets=renewed)

    wanted = connection.settings.get("database")
    database = connection_list(connection.organisation).filter(pk=wanted).first() if wanted else None
    folder = folders.exchange(connection) if connection.kind == ConnectionKind.FILES else None
    return Access(connection.settings, secrets, keep, str(connection.pk), database, folder)


def case_execute(*, case_id: UUID, decision_id: UUID) -> None:
    """Let one approved answer out: claim, try, write down what became of it."""
    case = Case.objects.select_related("pilot__organisation", "pilot__target_connection").get(pk=case_id)
    if case.state == CaseState.EXECUTING:
        delivery = _after_a_crash(case, decision_id)
        claimed = [delivery] if delivery else []
    else:
        claimed = deliveries_claim(approved=[(case, decision_id)])
    _let_out(claimed)


def execute_together(works: Sequence[jobs.Work]) -> list[jobs.Work]:
    """Several answers of one organisation at once, where their target recognises a repeat: a crash in the middle
    leaves nothing unclear. The others one by one, until it gets slow; answers what is done.
    """
    cases = Case.objects.in_bulk([UUID(work.payload["case"]) for work in works])
    pilots = Pilot.objects.in_bulk({case.pilot_id for case in cases.values()})
    together: dict[UUID, list[tuple[Case, UUID]]] = defaultdict(list)
    alone, done, began = [], [], time.monotonic()
    for work in works:
        case = cases[UUID(work.payload["case"])]
        target = pilots[case.pilot_id].target_kind
        if case.state == CaseState.EXECUTING or target not in RECOGNISES_REPEATS:
            alone.append(work)
        else:
            together[case.pilot_id].append((case, UUID(work.payload["decision"])))
            done.append(work)
    with translation.override("de"):
        for approved in together.values():
            _let_out(deliveries_claim(approved=approved))
    for work in alone:
        if time.monotonic() - began > SLOW_SECONDS:
            break
        execute_job(work)
        done.append(work)
    return done


def _let_out(claimed: Sequence[Delivery]) -> None:
    """Try each and write down what became of it; what arrived is written down together."""
    mails = mails_of([delivery.case_id for delivery in claimed])
    arrived: list[tuple[Delivery, str]] = []
    for delivery in claimed:
        outcome = _tried(delivery, mails.get(delivery.case_id))
        if isinstance(outcome, Delivered):
            arrived.append((delivery, outcome.reference))
        elif isinstance(outcome, NotDelivered):
            delivery_not_sent(delivery=delivery, problem=outcome.reason, retry=outcome.retry)
        elif isinstance(outcome, HeldBack):
            delivery_held_back(delivery=delivery)
        else:
            delivery_lost(delivery=delivery, problem=outcome.reason)
    if arrived:
        deliveries_sent(arrived=arrived)


def _tried(delivery: Delivery, mail: Mail | None) -> Outcome:
    """Let the answer out by the pilot's way."""
    case, proposal = delivery.case, delivery.decision.proposal
    assert proposal is not None  # a check constraint says so for everything that may be sent
    going = recipe.of(case.pilot.recipe).outgoing(
        proposal.content(), place_of(case.pilot, case.pilot.organisation)
    )
    to = going.recipients or ((proposal.recipient,) if proposal.recipient else ())
    message = Message(
        recipient=to[0] if to else None,
        also=tuple(to[1:]),
        subject=going.subject,
        body=going.body,
        case=case.label,
        files=tuple((one.name, one.content) for one in going.attached),
        in_reply_to=(mail.message_id or None) if mail else None,
        references=chain(mail.references, mail.message_id) if mail else (),
        may_go=partial(delivery_may_go, delivery),
        record=_record(delivery) if case.pilot.target_kind in TAKE_VALUES else None,
    )
    try:
        connector = connector_for(case.pilot)
    except Trouble as trouble:
        return NotDelivered(str(trouble), retry=False)
    connection = case.pilot.target_connection
    if isinstance(connector, Mailbox) and connection is not None:
        answer_noted(
            delivery=delivery,
            connection=connection,
            message_id=connector.message_id(delivery.key),
            sender=connector.settings.address,
        )
    return connector.deliver(message, delivery.key)


def _record(delivery: Delivery) -> Record:
    """The decided case as values."""
    case, decision = delivery.case, delivery.decision
    proposal = decision.proposal
    assert proposal is not None  # as above
    place = place_of(case.pilot, case.pilot.organisation)
    grid = recipe.of(case.pilot.recipe).grid(proposal.content(), place)
    return Record(
        pilot=case.pilot.name,
        kind=case.pilot.recipe,
        category=proposal.category,
        source_id=str(case.payload.get("source_id") or case.payload.get("lead") or ""),
        decided_at=decision.decided_at.isoformat(timespec="seconds"),
        details=proposal.details,
        columns=grid.columns,
        rows=grid.rows,
    )


def _after_a_crash(case: Case, decision_id: UUID) -> Delivery | None:
    """An earlier try ended without a word: repeat it where that is safe, else let a person find out."""
    delivery = Delivery.objects.filter(case=case, decision_id=decision_id).first()
    if delivery is None:
        return None
    if _recognises_repeats(case.pilot):
        return delivery_retake(case_id=case.pk, decision_id=decision_id)
    if not _found_out(case.pilot, delivery):
        delivery_lost(delivery=delivery, problem=ENDED)
    return None


def _recognises_repeats(pilot: Pilot) -> bool:
    """Whether a second try is safe: the way out itself knows what it has taken."""
    if pilot.target_kind in RECOGNISES_REPEATS:
        return True
    try:
        return bool(getattr(connector_for(pilot), "recognises_repeats", False))
    except Trouble:
        return False


def _found_out(pilot: Pilot, delivery: Delivery) -> bool:
    """Whether the answer lies in the mailbox that was to send it; then it is sent, and that is written down."""
    if pilot.target_kind != TargetKind.MAILBOX or pilot.target_connection is None:
        return False
    try:
        connector = Mailbox(access_of(pilot.target_connection))
        if not connector.found(delivery.key):
            return False
    except Trouble:
        return False
    delivery_sent(delivery=delivery, reference=connector.message_id(delivery.key))
    return True


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

    def refused(path: Path, error: PilotwerkError) -> None:
        row, column = getattr(error, "row", None), getattr(error, "column", None)
        said = str(getattr(error, "message", error))
        _noted(connection, [Unusable(row or 0, column or "", said, path.name)])

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
            since = pilot.started_at - timedelta(days=int(connection.settings.get("backlog_days") or 0))
            count = _read_on(pilot, connection, since)
    except Trouble as trouble:
        problem = _problem(trouble)
    except (Refused, BadInput, OSError) as error:
        if not _runs(pilot):
            return count  # stopped in the middle; what was not stored is read when it goes on
        problem = _problem(Trouble("file", why=str(error)))
    connection_looked(actor=WORKER, connection=connection, problem=problem)
    return count


def _read_on(pilot: Pilot, connection: Connection, since: datetime) -> int:
    reader, count = READERS[connection.kind](access_of(connection)), 0
    for _number in range(STEPS):
        connection.refresh_from_db(fields=["cursor"])
        before = connection.cursor
        # Another pilot begins anew: it wants what came since its own start.
        mine = before if before.get("pilot") == str(pilot.pk) else {}
        batch = reader.step(mine, since=since)
        count += batch_take(actor=WORKER, pilot=pilot, connection=connection, batch=batch, before=before)
        if not batch.more:
            break
    return count


def connection_test(*, organisation: Organisation, actor: Actor, connection: Connection) -> Look | Trouble:
    """Look at what would be read and try the way out; keep whether it works. Nothing that was seen is stored."""
    found: Look | Trouble
    try:
        found = TESTS[connection.kind](access_of(connection))
    except Trouble as trouble:
        found = trouble
    connection_tested(
        organisation=organisation,
        actor=actor,
        connection=connection,
        problem=_problem(found) if isinstance(found, Trouble) else {},
    )
    return found


def _problem(trouble: Trouble) -> dict[str, Any]:
    return {"code": trouble.code, "values": trouble.values}


def problem_sentence(connection: Connection) -> str:
    """What is wrong with a connection, in the active language; empty where nothing is."""
    return sentence(connection.problem.get("code", ""), connection.problem.get("values", {}))


def mailbox_ingest(*, pilot: Pilot) -> Taken:
    """Take in what is new in the pilot's mailbox, step by step; each step is stored before the next is read.

    Whatever is wrong with the mailbox is kept with the connection and ends the look; the next one goes on where
    this one ended.
    """
    connection = pilot.source_connection
    total = Taken()
    if connection is None or pilot.started_at is None:
        return total
    days = int(connection.settings.get("backlog_days") or 0)
    since = pilot.started_at - timedelta(days=days)
    try:
        with mailbox.reading(access_of(connection)) as reader:
            for _number in range(STEPS):
                taken, more = _step(pilot, connection, reader, since)
                total = total + taken
                if not more:
                    break
    except Trouble as trouble:
        connection_looked(actor=WORKER, connection=connection, problem=_problem(trouble))
    except Refused:
        pass  # the pilot was stopped in the middle; what was not stored is read when it goes on
    else:
        connection_looked(actor=WORKER, connection=connection, problem={})
    return total


def _step(
    pilot: Pilot, connection: Connection, reader: mailbox.Reader, since: datetime
) -> tuple[Taken, bool]:
    connection.refresh_from_db(fields=["cursor"])
    before = connection.cursor
    # Another pilot begins anew: it wants the mails since its own start.
    mine = before if before.get("pilot") == str(pilot.pk) else {}
    step = reader.step(mine, since=since)
    if not step.mails and step.cursor == {name: mine.get(name) for name in step.cursor}:
        return Taken(), step.more
    taken = mails_take(
        actor=WORKER, pilot=pilot, connection=connection, mails=step.mails, before=before, cursor=step.cursor
    )
    reader.taken(step)
    return taken, step.more


def unclear_find_out(*, pilot: Pilot) -> int:
    """Look for answers whose fate is unclear in the mailbox that was to send them; answers how many were found."""
    unclear = Delivery.objects.filter(
        case__pilot=pilot,
        state=DeliveryState.UNKNOWN,
        case__state=CaseState.OUTCOME_UNKNOWN.value,
        attempted_at__gte=clock.now() - LOOK_FOR,
    ).order_by("-attempted_at")[:LOOKED_FOR]
    return sum(_found_out(pilot, delivery) for delivery in unclear)


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


def execute_job(job: jobs.Work) -> None:
    """Handler of pilots.execute."""
    with translation.override("de"):
        case_execute(case_id=UUID(job.payload["case"]), decision_id=UUID(job.payload["decision"]))


def ingest_job(job: jobs.Work) -> None:
    """Handler of pilots.ingest, run every minute: look into all watched folders."""
    for pilot in _watching():
        try:
            folder_ingest(pilot=pilot)
        except OSError:
            log.exception("the watched folder of pilot %s cannot be read", pilot.pk)


def mailboxes_job(job: jobs.Work) -> None:
    """Handler of pilots.mailboxes, run every minute: order a look for each running pilot with a mailbox."""
    running = Pilot.objects.filter(state=PilotState.RUNNING.value).select_related("source_connection")
    for pilot in running.filter(Q(source_kind=SourceKind.MAILBOX) | Q(target_kind=TargetKind.MAILBOX)):
        jobs.enqueue(
            kind="pilots.mailbox",
            organisation_id=pilot.organisation_id,
            payload={"pilot": str(pilot.pk)},
            key=f"pilots.mailbox:{pilot.pk}",
        )


def mailbox_job(job: jobs.Work) -> None:
    """Handler of pilots.mailbox: one look into the mailbox of one pilot, and for answers whose fate is unclear."""
    found = Pilot.objects.select_related("source_connection", "target_connection", "organisation")
    pilot = found.filter(pk=job.payload["pilot"], state=PilotState.RUNNING.value).first()
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
            jobs.enqueue(
                kind="pilots.source",
                organisation_id=pilot.organisation_id,
                payload={"pilot": str(pilot.pk)},
                key=f"pilots.source:{pilot.pk}",
            )


def source_job(work: jobs.Work) -> None:
    """Handler of pilots.source: one look at where the cases of one pilot come from."""
    found = Pilot.objects.select_related("source_connection__organisation", "organisation", "model_version")
    pilot = found.filter(pk=work.payload["pilot"], state=PilotState.RUNNING.value).first()
    if pilot is not None:
        with translation.override("de"):
            source_ingest(pilot=pilot)
