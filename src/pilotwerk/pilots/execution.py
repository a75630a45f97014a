"""The only place that touches a connector: lets approved answers out and takes files in.

Run by the worker as jobs, so everything here may happen twice. What makes that safe: the attempt is written
before it is made, the target folder recognises a second try by its key, and where a target cannot do that, a
try whose end nobody saw goes to a person instead of being repeated.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import jobs
from pilotwerk.pilots import folders
from pilotwerk.pilots.connectors.base import Connector, Delivered, Message, NotDelivered
from pilotwerk.pilots.connectors.files import CaseFile, WatchedFolder, read_cases
from pilotwerk.pilots.connectors.outbox import Outbox
from pilotwerk.pilots.connectors.smtp import Smtp
from pilotwerk.pilots.domain.incoming import Ingested, NewCase
from pilotwerk.pilots.domain.states import CaseState, PilotState
from pilotwerk.pilots.models import Case, Decision, Delivery, Pilot, SourceKind, TargetKind
from pilotwerk.pilots.services.cases import case_ingest
from pilotwerk.pilots.services.deliveries import (
    delivery_claim,
    delivery_lost,
    delivery_not_sent,
    delivery_retake,
    delivery_sent,
)

log = logging.getLogger("pilotwerk.pilots")

WORKER: Final = System("worker")
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
    case = Case.objects.select_related("pilot").get(pk=case_id)
    if case.state == CaseState.EXECUTING:
        delivery = _after_a_crash(case, decision_id)
    else:
        delivery = delivery_claim(case_id=case_id, decision_id=decision_id)
    if delivery is None:
        return
    decision = Decision.objects.select_related("proposal").get(pk=delivery.decision_id)
    proposal = decision.proposal
    assert proposal is not None  # a check constraint says so for everything that may be sent
    message = Message(
        recipient=proposal.recipient or None, subject=proposal.subject, body=proposal.body, case=case.label
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
    """Read an uploaded file and take in its requests. Raises BadInput when it cannot be read."""
    found = read_cases(path)
    return _ingest(pilot, actor, found, filename), found


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

    def handle(path: Path, found: CaseFile) -> None:
        _ingest(pilot, WORKER, found, path.name)

    return len(WatchedFolder(inbox).take(handle))


def _watching() -> QuerySet[Pilot]:
    return Pilot.objects.filter(state=PilotState.RUNNING.value, source_kind=SourceKind.FOLDER).select_related(
        "organisation"
    )


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
