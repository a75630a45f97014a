"""A request comes in, is assigned at random, and gets a proposal or waits for a person."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.assignment import arm_for, draw
from pilotwerk.pilots.domain.autonomy import BY_ITSELF, Level
from pilotwerk.pilots.domain.content import content_hash, normalised
from pilotwerk.pilots.domain.incoming import Ingested, NewCase
from pilotwerk.pilots.domain.states import Arm, CaseEvent, CaseState
from pilotwerk.pilots.models import Case, ModelVersion, Pilot, Proposal, Source
from pilotwerk.pilots.providers.proposing import propose_with_model
from pilotwerk.pilots.recipes.base import Proposed
from pilotwerk.pilots.selectors.autonomy import level_for, sampled
from pilotwerk.pilots.selectors.recipes import place_of, proposal_current, request_of
from pilotwerk.pilots.services.autonomy import release_later
from pilotwerk.pilots.services.moves import (
    case_recorded,
    move,
    move_if,
    pilot_lock,
    pilot_recorded,
    propose_later,
)
from pilotwerk.pilots.services.planted import plant
from pilotwerk.pilots.wording import not_running

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
        payload=dict(item.payload),
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
        move(case, CaseEvent.ASSIGN_AI, arm=arm.value, sampled=sampled(pilot, case.key))
    else:
        move(
            case,
            CaseEvent.ASSIGN_CONTROL,
            arm=arm.value,
            by_hand=True,
            sampled=sampled(pilot, case.key),
        )
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
    found, said = propose_with_model(organisation=organisation, actor=actor, case=case, embedded=found)
    if isinstance(found, CannotTell):
        return partial(_no_proposal, organisation, actor, case, found.reason)
    proposal = _proposal(case, found, said, version, milliseconds)
    return partial(_store, organisation, actor, case, proposal, found=found, version=version)


def _proposal(
    case: Case, found: Proposed, said: dict[str, Any], version: ModelVersion, milliseconds: int
) -> Proposal:
    """What the recipe said, as the revision after the present one; not stored yet."""
    proposal = Proposal(
        organisation_id=case.organisation_id,
        case=case,
        revision=case.revision + 1,
        source=Source.MODEL,
        model_version=version,
        category=found.category,
        recipient=found.recipient,
        subject=found.subject[:310],
        body=normalised(found.body),
        details=found.details,
        evidence={**found.evidence, **said},
        milliseconds=milliseconds,
    )
    proposal.content_hash = content_hash(proposal.content())
    return proposal


def _asked(
    organisation: Organisation, case: Case, version: ModelVersion
) -> tuple[Proposed | CannotTell, int] | None:
    """What the recipe says and how many milliseconds it took; None when its files are gone or damaged.

    Outside of any transaction: a slow model must not hold the database.
    """
    began = time.perf_counter()
    try:
        place = place_of(case.pilot, organisation, version=version)
        found = recipe.propose(case.pilot.recipe, request_of(case), place)
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
    found: Proposed,
    version: ModelVersion,
) -> Proposal | None:
    """Keep the proposal; None when another worker was faster or the pilot stands by now."""
    level = level_for(case.pilot, proposal.category)
    blind = level is Level.SHADOW
    moved = move_if(
        case,
        CaseEvent.PROPOSE_BLIND if blind else CaseEvent.PROPOSE,
        revision=proposal.revision,
        # Nothing that a person sees before answering may give a shadow proposal away.
        category="" if blind else proposal.category,
        confidence=found.confidence,
        urgent=not blind and (found.urgent or proposal.category in case.pilot.urgent_categories),
        by_hand=blind,
        level=level.value,
    )
    if not moved:
        return None
    proposal.save(force_insert=True)
    if level in BY_ITSELF:
        release_later(case)
    plant(case, proposal)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_proposed",
        case=case,
        data={
            "revision": proposal.revision,
            "hash": proposal.content_hash,
            "category": proposal.category,
            "confidence": found.confidence,
            "model": version.version,
            "level": level.value,
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


def case_revise(*, organisation: Organisation, actor: Actor, case: Case) -> Proposal | None:
    """Ask the recipe again after news about a case that nobody has decided; None where nothing changes by it.

    The earlier revision stays beside the new one; an approval that names it is refused from now on.
    """
    version, current = case.pilot.model_version, proposal_current(case)
    if (
        version is None
        or case.state != CaseState.WAITING
        or current is None
        or current.source != Source.MODEL
    ):
        return None
    asked = _asked(organisation, case, version)
    if asked is None or isinstance(asked[0], CannotTell):
        return None
    proposal = _proposal(case, asked[0], {}, version, asked[1])
    if proposal.content() == {**current.content(), "revision": proposal.revision}:
        return None
    return _revised(organisation, actor, case, proposal, asked[0].confidence)


@transaction.atomic
def _revised(
    organisation: Organisation, actor: Actor, case: Case, proposal: Proposal, confidence: float | None
) -> Proposal | None:
    pilot = pilot_lock(case.pilot_id)
    waiting = Case.objects.filter(pk=case.pk, state=CaseState.WAITING.value, revision=case.revision)
    values = {"revision": proposal.revision, "category": proposal.category, "confidence": confidence}
    if not pilot.is_running or waiting.update(**values) != 1:
        return None
    case.revision = proposal.revision
    proposal.save(force_insert=True)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_revised",
        case=case,
        data={"revision": proposal.revision, "hash": proposal.content_hash},
    )
    return proposal


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
