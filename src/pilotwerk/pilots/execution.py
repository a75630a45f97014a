"""The only place that touches a connector: lets approved answers out and takes files in.

Run by the worker as jobs, so everything here may happen twice. What makes that safe: the attempt is written
before it is made, the target folder recognises a second try by its key, and where a target cannot do that, a
try whose end nobody saw goes to a person instead of being repeated.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import clock
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.core.models import Job
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.connectors.base import Connector, Delivered, Message, NotDelivered
from pilotwerk.pilots.connectors.files import CaseFile, Rejection, WatchedFolder, read_cases
from pilotwerk.pilots.connectors.outbox import Outbox
from pilotwerk.pilots.connectors.smtp import Smtp
from pilotwerk.pilots.domain.incoming import Ingested, NewCase
from pilotwerk.pilots.domain.states import CaseState, PilotState
from pilotwerk.pilots.models import Case, Decision, Delivery, Pilot, SourceKind, TargetKind
from pilotwerk.pilots.selectors.recipes import case_views, place_of, sheet_of
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.deliveries import (
    delivery_claim,
    delivery_lost,
    delivery_not_sent,
    delivery_retake,
    delivery_sent,
)
from pilotwerk.pilots.services.learning import pilot_train
from pilotwerk.pilots.services.recipes import cases_noticed, pilot_watch, table_take, watch_later
from pilotwerk.pilots.wording import not_running

log = logging.getLogger("pilotwerk.pilots")

WORKER: Final = System("worker")
# The daily check is done when people come to work, with the figures of the night.
FROM_HOUR: Final = 6
# Targets where a second try with the same key has no second effect.
RECOGNISES_REPEATS: Final = frozenset({TargetKind.OUTBOX.value})


def connector_for(pilot: Pilot) -> Connector:
    """The way out that was chosen at set-up."""
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
    return Outbox(folders.outbox(pilot))


def case_execute(*, case_id: UUID, decision_id: UUID) -> None:
    """Let one approved answer out: claim, try, write down what became of it."""
    case = Case.objects.select_related("pilot", "pilot__organisation").get(pk=case_id)
    if case.state == CaseState.EXECUTING:
        delivery = _after_a_crash(case, decision_id)
    else:
        delivery = delivery_claim(case_id=case_id, decision_id=decision_id)
    if delivery is None:
        return
    decision = Decision.objects.select_related("proposal").get(pk=delivery.decision_id)
    proposal = decision.proposal
    assert proposal is not None  # a check constraint says so for everything that may be sent
    going = recipe.of(case.pilot.recipe).outgoing(
        proposal.content(), place_of(case.pilot, case.pilot.organisation)
    )
    message = Message(
        recipient=proposal.recipient or None,
        subject=going.subject,
        body=going.body,
        case=case.label,
        files=tuple((one.name, one.content) for one in going.attached),
    )
    outcome = connector_for(case.pilot).deliver(message, delivery.key)
    if isinstance(outcome, Delivered):
        delivery_sent(delivery=delivery, reference=outcome.reference)
    elif isinstance(outcome, NotDelivered):
        delivery_not_sent(delivery=delivery, problem=outcome.reason, retry=outcome.retry)
    else:
        delivery_lost(delivery=delivery, problem=outcome.reason)


def _after_a_crash(case: Case, decision_id: UUID) -> Delivery | None:
    """An earlier try ended without a word: repeat it where that is safe, else let a person find out."""
    if case.pilot.target_kind in RECOGNISES_REPEATS:
        return delivery_retake(case_id=case.pk, decision_id=decision_id)
    delivery = Delivery.objects.filter(case=case, decision_id=decision_id).first()
    if delivery is not None:
        delivery_lost(delivery=delivery, problem="The program ended while it was sending.")
    return None


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
    """Take in what lies in the pilot's watched folder; answers how many files that were."""
    inbox = folders.inbox(pilot)
    inbox.mkdir(parents=True, exist_ok=True)

    def handle(path: Path, found: CaseFile) -> CaseFile | None:
        taken = _file_taken(pilot, WORKER, path, path.name)
        if taken is not None:
            return taken[1]
        _ingest(pilot, WORKER, found, path.name)
        return None

    # A recipe with tables of its own reads the file itself.
    own = bool(recipe.of(pilot.recipe).about.tables)
    folder = WatchedFolder(inbox, read=lambda _path: CaseFile((), (), {})) if own else WatchedFolder(inbox)
    return len(folder.take(handle))


def _watching() -> QuerySet[Pilot]:
    return Pilot.objects.filter(state=PilotState.RUNNING.value, source_kind=SourceKind.FOLDER).select_related(
        "organisation"
    )


def watch_one_job(job: Job) -> None:
    """Handler of pilots.watch_one: new figures came in."""
    pilot = Pilot.objects.select_related("organisation", "model_version").get(pk=UUID(job.payload["pilot"]))
    with translation.override("de"):
        pilot_watch(organisation=pilot.organisation, actor=WORKER, pilot=pilot)


def watch_job(job: Job) -> None:
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


def execute_job(job: Job) -> None:
    """Handler of pilots.execute."""
    with translation.override("de"):
        case_execute(case_id=UUID(job.payload["case"]), decision_id=UUID(job.payload["decision"]))


def ingest_job(job: Job) -> None:
    """Handler of pilots.ingest, run every minute: look into all watched folders."""
    for pilot in _watching():
        try:
            folder_ingest(pilot=pilot)
        except OSError:
            log.exception("the watched folder of pilot %s cannot be read", pilot.pk)
