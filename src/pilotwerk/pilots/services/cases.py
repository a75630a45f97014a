"""A request comes in, is assigned at random, and gets a proposal or waits for a person."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots import folders, recipe
from pilotwerk.pilots.domain.assignment import arm_for, draw
from pilotwerk.pilots.domain.content import content_hash, normalised
from pilotwerk.pilots.domain.incoming import Ingested, NewCase
from pilotwerk.pilots.domain.states import Arm, CaseEvent, CaseState
from pilotwerk.pilots.models import Case, ModelVersion, Pilot, Proposal, Source
from pilotwerk.pilots.services.moves import (
    case_recorded,
    move,
    move_if,
    pilot_lock,
    pilot_recorded,
    propose_later,
)
from pilotwerk.pilots.wording import not_running

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.support import SupportProposal

log = logging.getLogger("pilotwerk.pilots")


@transaction.atomic
def case_ingest(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, cases: Iterable[NewCase], source: str
) -> Ingested:
    """Take in requests of a running pilot; a key that is known already is the same request and is reported."""
    pilot = pilot_lock(pilot.pk)
    if not pilot.is_running:
        raise Refused(not_running())
    taken = set(Case.objects.filter(pilot=pilot).values_list("key", flat=True))
    number = Case.objects.filter(pilot=pilot).aggregate(top=Max("number"))["top"] or 0
    new: list[Case] = []
    known: list[str] = []
    empty: list[str] = []
    for item in cases:
        if not normalised(item.text):
            empty.append(item.key)
        elif item.key in taken:
            known.append(item.key)
        else:
            taken.add(item.key)
            number += 1
            new.append(_case(pilot, item, number, source))
    Case.objects.bulk_create(new)
    propose_later(*new)
    pilot_recorded(
        actor=actor,
        action="pilots.cases_received",
        pilot=pilot,
        data={"source": source, "count": len(new), "cases": [c.label for c in new], "known": len(known)},
    )
    return Ingested(tuple(case.label for case in new), tuple(known), tuple(empty))


def _case(pilot: Pilot, item: NewCase, number: int, source: str) -> Case:
    received = item.received_at or clock.now()
    return Case(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        key=item.key[:200],
        number=number,
        subject=" ".join(item.subject.split())[:300],
        text=normalised(item.text),
        sender_name=item.sender_name.strip()[:200],
        sender_address=item.sender_address.strip()[:320],
        source_name=source[:200],
        received_at=received,
        deadline=received + timedelta(hours=pilot.deadline_hours),
        state=CaseState.RECEIVED.value,
        state_since=clock.now(),
    )


@transaction.atomic
def case_assign(*, organisation: Organisation, actor: Actor, case: Case) -> Arm:
    """Draw the arm and record it, before anything is proposed. A second call answers the recorded arm."""
    if case.arm:
        return Arm(case.arm)
    pilot = pilot_lock(case.pilot_id)
    arm = arm_for(pilot.seed, case.key, pilot.share)
    if arm is Arm.AI:
        move(case, CaseEvent.ASSIGN_AI, arm=arm.value)
    else:
        move(case, CaseEvent.ASSIGN_CONTROL, arm=arm.value, by_hand=True)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_assigned",
        case=case,
        data={
            "arm": arm.value,
            "key": case.key,
            "draw": draw(pilot.seed, case.key),
            "share": pilot.share,
            "commitment": pilot.seed_commitment,
        },
    )
    return arm


def case_propose(*, organisation: Organisation, actor: Actor, case: Case) -> Proposal | None:
    """Assign the case if that is still to do, then let the recipe propose. None for work by hand."""
    case_assign(organisation=organisation, actor=actor, case=case)
    return case_asked(organisation=organisation, actor=actor, case=case)()


def case_asked(*, organisation: Organisation, actor: Actor, case: Case) -> Callable[[], Proposal | None]:
    """Ask the recipe about an assigned case, outside of any transaction; what is answered keeps what it said."""
    if case.arm != Arm.AI.value or case.state != CaseState.ASSIGNED:
        return lambda: None
    version = case.pilot.model_version
    if version is None:
        return partial(_no_proposal, organisation, actor, case, "untrained")
    asked = _asked(organisation, case, version)
    if asked is None:
        return partial(_no_proposal, organisation, actor, case, "model_unreadable")
    found, milliseconds = asked
    if found.category is None and not found.draft:
        reason = found.category_reason or found.no_draft_reason or "unknown"
        return partial(_no_proposal, organisation, actor, case, reason)
    proposal = Proposal(
        organisation_id=case.organisation_id,
        case=case,
        revision=case.revision + 1,
        source=Source.MODEL,
        model_version=version,
        category=found.category or "",
        recipient=case.sender_address,
        subject=reply_subject(case),
        body=normalised(found.draft or ""),
        evidence=recipe.plain(found),
        milliseconds=milliseconds,
    )
    return partial(_store, organisation, actor, case, proposal, confidence=found.confidence, version=version)


def _asked(
    organisation: Organisation, case: Case, version: ModelVersion
) -> tuple[SupportProposal, int] | None:
    """What the recipe says and how many milliseconds it took; None when its files are gone or damaged.

    Outside of any transaction: a slow model must not hold the database.
    """
    began = time.perf_counter()
    try:
        found = recipe.propose(
            folders.models(case.pilot) / version.version,
            subject=case.subject,
            text=case.text,
            sender_name=case.sender_name,
            organisation_name=organisation.name,
        )
    except (BadInput, OSError):
        log.exception("version %s of pilot %s cannot be read", version.number, case.pilot_id)
        return None
    return found, round((time.perf_counter() - began) * 1000)


@transaction.atomic
def _store(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    proposal: Proposal,
    *,
    confidence: float | None,
    version: ModelVersion,
) -> Proposal | None:
    """Keep the proposal; None when another worker was faster or the pilot stands by now."""
    proposal.content_hash = content_hash(proposal.content())
    moved = move_if(
        case,
        CaseEvent.PROPOSE,
        revision=proposal.revision,
        category=proposal.category,
        confidence=confidence,
        urgent=proposal.category in case.pilot.urgent_categories,
    )
    if not moved:
        return None
    proposal.save(force_insert=True)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_proposed",
        case=case,
        data={
            "revision": proposal.revision,
            "hash": proposal.content_hash,
            "category": proposal.category,
            "confidence": confidence,
            "model": version.version,
        },
    )
    return proposal


@transaction.atomic
def _no_proposal(organisation: Organisation, actor: Actor, case: Case, reason: str) -> None:
    if move_if(case, CaseEvent.CANNOT_PROPOSE, by_hand=True):
        case_recorded(
            organisation=organisation,
            actor=actor,
            action="pilots.case_not_proposed",
            case=case,
            data={"reason": reason},
        )


def reply_subject(case: Case) -> str:
    """The subject of the answer; what came in as a reply stays one."""
    if not case.subject:
        return ""
    known = case.subject.lower().startswith(("re:", "aw:"))
    return case.subject if known else f"Re: {case.subject}"


@transaction.atomic
def cases_return_due(*, organisation: Organisation, actor: Actor) -> int:
    """Put cases back into the queue whose day has come; answers how many."""
    count = 0
    due = Case.objects.of(organisation).filter(state=CaseState.DEFERRED, deferred_until__lte=clock.now())
    for case in due:
        event = CaseEvent.RETURN_MANUAL if case.by_hand else CaseEvent.RETURN_PROPOSAL
        if move_if(case, event, deferred_until=None):
            case_recorded(organisation=organisation, actor=actor, action="pilots.case_returned", case=case)
            count += 1
    return count
