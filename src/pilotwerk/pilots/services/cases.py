"""A request comes in, is assigned at random, and gets a proposal or waits for a person."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record_all
from pilotwerk.audit.store import Event
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.core.rows import insert_all
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.assignment import arm_for, draw
from pilotwerk.pilots.domain.autonomy import BY_ITSELF, Level
from pilotwerk.pilots.domain.content import content_hash, normalised
from pilotwerk.pilots.domain.incoming import Ingested, NewCase
from pilotwerk.pilots.domain.states import Arm, CaseEvent, CaseState
from pilotwerk.pilots.models import Case, ModelUse, Pilot, Proposal, Source
from pilotwerk.pilots.providers.proposing import propose_with_model
from pilotwerk.pilots.recipes.base import Place, Proposed
from pilotwerk.pilots.selectors.autonomy import level_for, sampled
from pilotwerk.pilots.selectors.recipes import place_of, proposal_current, request_of
from pilotwerk.pilots.services.autonomy import release_later
from pilotwerk.pilots.services.moves import (
    Step,
    case_event,
    case_recorded,
    move_all,
    move_if,
    pilot_lock,
    pilot_recorded,
    propose_later,
)
from pilotwerk.pilots.services.planted import plant
from pilotwerk.pilots.wording import not_running

log = logging.getLogger("pilotwerk.pilots")

# So many keys are looked for in one query: databases bound the number of its values.
KEYS_AT_ONCE: Final = 5000


@transaction.atomic
def case_ingest(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, cases: Iterable[NewCase], source: str
) -> Ingested:
    """Take in requests of a running pilot; a key that is known already is the same request and is reported."""
    pilot = pilot_lock(pilot.pk)
    if not pilot.is_running:
        raise Refused(not_running())
    found = [(item.stored_key, item) for item in cases]
    taken = _known(pilot, [key for key, _item in found])
    number = Case.objects.filter(pilot=pilot).aggregate(top=Max("number"))["top"] or 0
    new: list[Case] = []
    known: list[str] = []
    empty: list[str] = []
    for key, item in found:
        if not normalised(item.text):
            empty.append(item.key)
        elif key in taken:
            known.append(item.key)
        else:
            taken.add(key)
            number += 1
            new.append(_case(pilot, item, number, source))
    insert_all(new)
    propose_later(*new)
    pilot_recorded(
        actor=actor,
        action="pilots.cases_received",
        pilot=pilot,
        data={"source": source, "count": len(new), "cases": [c.label for c in new], "known": len(known)},
    )
    return Ingested(tuple(case.label for case in new), tuple(known), tuple(empty))


def _known(pilot: Pilot, keys: Sequence[str]) -> set[str]:
    """Those of the keys that cases have already. Only they are looked for: a pilot may have very many."""
    mine = Case.objects.filter(pilot=pilot).order_by()
    parts = (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))
    return {key for part in parts for key in mine.filter(key__in=part).values_list("key", flat=True)}


def _case(pilot: Pilot, item: NewCase, number: int, source: str) -> Case:
    received = item.received_at or clock.now()
    return Case(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        key=item.stored_key,
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
def cases_assign(*, organisation: Organisation, actor: Actor, cases: Sequence[Case]) -> list[Case]:
    """Draw the arms of cases of one pilot that have none yet, and record them; answers those that got one now."""
    new = [case for case in cases if not case.arm]
    if not new:
        return []
    pilot = pilot_lock(new[0].pilot_id)
    steps: dict[Arm, list[Step]] = {Arm.AI: [], Arm.CONTROL: []}
    for case in new:
        arm = arm_for(pilot.seed, case.key, pilot.share)
        fields = {"arm": arm.value, "by_hand": arm is Arm.CONTROL, "sampled": sampled(pilot, case.key)}
        steps[arm].append((case, fields))
    moved = move_all(CaseEvent.ASSIGN_AI, steps[Arm.AI], pilot=pilot)
    moved += move_all(CaseEvent.ASSIGN_CONTROL, steps[Arm.CONTROL], pilot=pilot)
    if moved:
        record_all(
            organisation_id=organisation.id,
            actor=actor,
            events=[_assigned(pilot, case) for case in new if case in moved],
        )
    return moved


def _assigned(pilot: Pilot, case: Case) -> Event:
    drawn = {
        "arm": case.arm,
        "key": case.key,
        "draw": draw(pilot.seed, case.key),
        "share": pilot.share,
        "commitment": pilot.seed_commitment,
    }
    return case_event("pilots.case_assigned", case, drawn)


def cases_propose(
    *, organisation: Organisation, actor: Actor, cases: Sequence[Case], seconds: float = inf
) -> list[Case]:
    """Assign cases of one pilot and let its recipe propose; answers the cases that need no further work.

    The arms are recorded in one transaction and what was proposed in another; between them the recipe is asked,
    case by case, outside of any: a slow model must not hold the database. After ``seconds`` no further case is
    asked about.
    """
    cases_assign(organisation=organisation, actor=actor, cases=cases)
    pilot, began = cases[0].pilot, time.monotonic()
    place = place_of(pilot, organisation)
    use = ModelUse.objects.of(organisation).select_related("provider").filter(pilot=pilot).first()
    answers, done = [], []
    for case in cases:
        done.append(case)
        if case.arm == Arm.AI.value and case.state == CaseState.ASSIGNED:
            answers.append(_answer(organisation, actor, case, place, use))
        if time.monotonic() - began > seconds:
            break
    if answers:
        _keep(organisation, actor, pilot.pk, answers)
    return done


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking about a case: a proposal that is not stored yet, or why there is none."""

    case: Case
    proposal: Proposal | None = None
    confidence: float | None = None
    urgent: bool = False
    reason: str = ""


def _answer(
    organisation: Organisation, actor: Actor, case: Case, place: Place, use: ModelUse | None
) -> Answer:
    if case.pilot.model_version is None:
        return Answer(case, reason="untrained")
    asked = _asked(case, place)
    if asked is None:
        return Answer(case, reason="model_unreadable")
    found, milliseconds = asked
    found, said = propose_with_model(
        organisation=organisation, actor=actor, case=case, embedded=found, use=use
    )
    if isinstance(found, CannotTell):
        return Answer(case, reason=found.reason)
    return Answer(case, _proposal(case, found, said, milliseconds), found.confidence, found.urgent)


def _proposal(case: Case, found: Proposed, said: dict[str, Any], milliseconds: int) -> Proposal:
    """What the recipe said, as the revision after the present one; not stored yet."""
    proposal = Proposal(
        organisation_id=case.organisation_id,
        case=case,
        revision=case.revision + 1,
        source=Source.MODEL,
        model_version=case.pilot.model_version,
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


def _asked(case: Case, place: Place) -> tuple[Proposed | CannotTell, int] | None:
    """What the recipe says and how many milliseconds it took; None when its files are gone or damaged."""
    began = time.perf_counter()
    try:
        found = recipe.propose(case.pilot.recipe, request_of(case), place)
    except (BadInput, OSError):
        log.exception("the model of pilot %s cannot be read", case.pilot_id)
        return None
    return found, round((time.perf_counter() - began) * 1000)


@transaction.atomic
def _keep(organisation: Organisation, actor: Actor, pilot_id: UUID, answers: Sequence[Answer]) -> None:
    """Keep what was proposed; nothing of a case where another worker was faster, or when the pilot stands by now."""
    pilot = pilot_lock(pilot_id)
    levels: dict[str, Level] = {}
    steps: dict[CaseEvent, list[Step]] = defaultdict(list)
    for answer in answers:
        proposal = answer.proposal
        if proposal is None:
            steps[CaseEvent.CANNOT_PROPOSE].append((answer.case, {"by_hand": True}))
            continue
        if proposal.category not in levels:
            levels[proposal.category] = level_for(pilot, proposal.category)
        level = levels[proposal.category]
        event = CaseEvent.PROPOSE_BLIND if level is Level.SHADOW else CaseEvent.PROPOSE
        steps[event].append((answer.case, _proposed(pilot, proposal, answer, level)))
    moved = {case.pk for event, some in steps.items() for case in move_all(event, some, pilot=pilot)}
    kept = [answer for answer in answers if answer.case.pk in moved]
    insert_all([answer.proposal for answer in kept if answer.proposal])
    for answer in kept:
        if answer.proposal is None:
            continue
        answer.case.pilot = pilot
        if answer.case.level in BY_ITSELF:
            release_later(answer.case)
        plant(answer.case, answer.proposal)
    if kept:
        events = [_told(answer) for answer in kept]
        record_all(organisation_id=organisation.id, actor=actor, events=events)


def _proposed(pilot: Pilot, proposal: Proposal, answer: Answer, level: Level) -> dict[str, Any]:
    """What a proposal changes in its case. Nothing that a person sees before answering may give a shadow proposal
    away.
    """
    blind = level is Level.SHADOW
    return {
        "revision": proposal.revision,
        "category": "" if blind else proposal.category,
        "confidence": answer.confidence,
        "urgent": not blind and (answer.urgent or proposal.category in pilot.urgent_categories),
        "by_hand": blind,
        "level": level.value,
    }


def _told(answer: Answer) -> Event:
    case, proposal = answer.case, answer.proposal
    if proposal is None:
        return case_event("pilots.case_not_proposed", case, {"reason": answer.reason})
    return case_event(
        "pilots.case_proposed",
        case,
        {
            "revision": proposal.revision,
            "hash": proposal.content_hash,
            "category": proposal.category,
            "confidence": answer.confidence,
            "model": proposal.model_version.version if proposal.model_version else "",
            "level": case.level,
        },
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
    asked = _asked(case, place_of(case.pilot, organisation))
    if asked is None or isinstance(asked[0], CannotTell):
        return None
    proposal = _proposal(case, asked[0], {}, asked[1])
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
