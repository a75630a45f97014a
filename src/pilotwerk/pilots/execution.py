"""The only place, with intake.py, that touches a connector: lets approved answers out.

Run by the worker as jobs, so everything here may happen twice. What makes that safe: the attempt is written
before it is made, the target folder recognises a second try by its key, and where a target cannot do that, a
try whose end nobody saw goes to a person instead of being repeated.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils import translation

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import folders, recipe
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
from pilotwerk.pilots.connectors.kinds import TARGETS, TESTS
from pilotwerk.pilots.connectors.mailbox import Mailbox
from pilotwerk.pilots.connectors.outbox import Outbox
from pilotwerk.pilots.connectors.smtp import Smtp
from pilotwerk.pilots.connectors.trouble import Trouble, sentence
from pilotwerk.pilots.domain.mails import chain
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import (
    Case,
    Connection,
    ConnectionKind,
    Delivery,
    DeliveryState,
    Mail,
    Pilot,
    TargetKind,
)
from pilotwerk.pilots.selectors.connections import mails_of
from pilotwerk.pilots.selectors.recipes import place_of
from pilotwerk.pilots.services.connections import (
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
from pilotwerk.pilots.services.mails import answer_noted
from pilotwerk.processes.databases.selectors import connection_list

log = logging.getLogger("pilotwerk.pilots")

WORKER: Final = System("worker")
# Targets where a second try with the same key has no second effect.
RECOGNISES_REPEATS: Final = frozenset({TargetKind.OUTBOX.value})
# So long a worker sends before it gives back what it has not begun.
SLOW_SECONDS: Final = 1.0
# Ways out that take values beside the letter.
TAKE_VALUES: Final = frozenset({TargetKind.WEBHOOK.value, TargetKind.SQL_TABLE.value, TargetKind.FILES.value})
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
        problem=problem_of(found) if isinstance(found, Trouble) else {},
    )
    return found


def problem_of(trouble: Trouble) -> dict[str, Any]:
    """What is kept with a connection of what is wrong with it."""
    return {"code": trouble.code, "values": trouble.values}


def problem_sentence(connection: Connection) -> str:
    """What is wrong with a connection, in the active language; empty where nothing is."""
    return sentence(connection.problem.get("code", ""), connection.problem.get("values", {}))


def unclear_find_out(*, pilot: Pilot) -> int:
    """Look for answers whose fate is unclear in the mailbox that was to send them; answers how many were found."""
    unclear = Delivery.objects.filter(
        case__pilot=pilot,
        state=DeliveryState.UNKNOWN,
        case__state=CaseState.OUTCOME_UNKNOWN.value,
        attempted_at__gte=clock.now() - LOOK_FOR,
    ).order_by("-attempted_at")[:LOOKED_FOR]
    return sum(_found_out(pilot, delivery) for delivery in unclear)


def execute_job(job: jobs.Work) -> None:
    """Handler of pilots.execute."""
    with translation.override("de"):
        case_execute(case_id=UUID(job.payload["case"]), decision_id=UUID(job.payload["decision"]))
