"""The answer leaves the house: written down before it is tried, one delivery a case, never twice by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record_all
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.prepared import Prepared
from pilotwerk.core.rows import insert_all, update_where
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.content import content_hash
from pilotwerk.pilots.domain.states import CaseEvent, CaseState, PilotState
from pilotwerk.pilots.domain.stop_rules import RuleKind
from pilotwerk.pilots.models import (
    SENDING,
    Case,
    Closed,
    Decision,
    DecisionKind,
    Delivery,
    DeliveryState,
    Pilot,
    Source,
)
from pilotwerk.pilots.recipes.base import Place
from pilotwerk.pilots.selectors.autonomy import limits_reached, second_is_missing
from pilotwerk.pilots.selectors.recipes import place_of
from pilotwerk.pilots.services.autonomy import by_itself_allowed
from pilotwerk.pilots.services.guards import objection
from pilotwerk.pilots.services.moves import (
    case_event,
    case_recorded,
    execute_later,
    move,
    move_all,
    move_if,
    pilot_lock,
)
from pilotwerk.pilots.services.stopping import stop_rules_apply

WORKER: Final = System("worker")
STOPPED: Final = "stopped"
# Pauses before the second and the third try of a delivery that certainly did not go out.
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=10))


@transaction.atomic
def deliveries_claim(*, approved: Sequence[tuple[Case, UUID]]) -> list[Delivery]:
    """Write down the attempts for answers of one pilot before they are made; those that may be made now.

    In one transaction: the pilot runs, the approval is valid, the content still has the approved hash, and four
    eyes, level and guards still agree. What does not hold (any more) goes back to a person.
    """
    pilot = pilot_lock(approved[0][0].pilot_id)
    place = place_of(pilot, pilot.organisation)
    decisions = (
        Decision.objects.select_related("proposal")
        .filter(kind__in=SENDING, withdrawn_at=None, proposal__isnull=False)
        .in_bulk([decision_id for _case, decision_id in approved])
    )
    found: dict[UUID, tuple[Case, Decision]] = {}
    for case, decision_id in approved:
        decision = decisions.get(decision_id)
        if decision is None or decision.case_id != case.pk:
            continue
        case.pilot, case.organisation = pilot, pilot.organisation
        why = _objection(pilot, place, case, decision)
        if why:
            _hold(case, decision, CaseEvent.STOP if why == STOPPED else _back(case), why=why)
        else:
            found[case.pk] = (case, decision)
    moved = move_all(CaseEvent.CLAIM, [(case, {}) for case, _decision in found.values()], pilot=pilot)
    return _attempt(pilot, [found[case.pk] for case in moved])


def _objection(pilot: Pilot, place: Place, case: Case, decision: Decision) -> str:
    """Why the answer may not leave now, as a code; empty when it may. The last look before it does, whatever path
    the decision took.
    """
    proposal = decision.proposal
    assert proposal is not None  # only such are looked at
    if not pilot.is_running:
        return STOPPED
    if content_hash(proposal.content()) != decision.content_hash:
        # Somebody changed the row behind our back: the approval does not cover it, a person must look.
        return "content"
    if proposal.source == Source.PLANTED:
        return "planted"
    if decision.kind == DecisionKind.AUTO:
        if not by_itself_allowed(case) or limits_reached(case, proposal):
            return "level"
    elif second_is_missing(case, decision):
        return "second"
    if objection(case, proposal):
        return "guard"
    # Allowed when it was decided, perhaps not any more: the address has opted out since.
    return "refused" if recipe.of(pilot.recipe).refusal(proposal.content(), place) else ""


def _back(case: Case) -> CaseEvent:
    return CaseEvent.WITHDRAW_MANUAL if case.by_hand else CaseEvent.WITHDRAW_PROPOSAL


def _hold(case: Case, decision: Decision, event: CaseEvent, *, why: str) -> None:
    if move_if(case, event, execute_at=None):
        Decision.objects.filter(pk=decision.pk).update(withdrawn_at=clock.now())
        _recorded("pilots.delivery_held_back", case, {"why": why})


def _attempt(pilot: Pilot, approved: Sequence[tuple[Case, Decision]]) -> list[Delivery]:
    """The one row of each of these cases, made or taken up again."""
    if not approved:
        return []
    rows = {one.case_id: one for one in Delivery.objects.filter(case__in=[case.pk for case, _ in approved])}
    found, new = [], []
    for case, decision in approved:
        delivery = rows.get(case.pk)
        if delivery is None:
            delivery = Delivery(organisation_id=case.organisation_id, key=f"pilotwerk-{case.pk}", attempt=0)
            new.append(delivery)
        delivery.case, delivery.decision = case, decision
        delivery.content_hash = decision.content_hash
        delivery.state = DeliveryState.TRYING
        delivery.attempt += 1
        delivery.attempted_at = clock.now()
        delivery.stops = pilot.stops
        delivery.finished_at = None
        delivery.problem = ""
        if case.pk in rows:
            delivery.save()
        found.append(delivery)
    insert_all(new)
    record_all(
        organisation_id=approved[0][0].organisation_id,
        actor=WORKER,
        events=[
            case_event(
                "pilots.delivery_tried",
                one.case,
                {"attempt": one.attempt, "hash": one.content_hash, "key": one.key},
            )
            for one in found
        ],
    )
    return found


@transaction.atomic
def delivery_retake(*, case_id: UUID, decision_id: UUID) -> Delivery | None:
    """Take up an attempt whose worker died, where the target itself recognises a second try by its key."""
    case = Case.objects.select_related("organisation").get(pk=case_id)
    pilot = pilot_lock(case.pilot_id)
    decision = Decision.objects.select_related("proposal").filter(
        pk=decision_id, case=case, withdrawn_at=None
    )
    approved = decision.first()
    delivery = Delivery.objects.filter(case=case, state=DeliveryState.TRYING, decision=approved).first()
    if approved is None or delivery is None or case.state != CaseState.EXECUTING:
        return None
    if _stopped_since(pilot, delivery):
        # Stopped in between: no second try. Whether the first one went out, a person finds out.
        delivery_lost(delivery=delivery, problem="The pilot was stopped while it was sending.")
        return None
    return _attempt(pilot, [(case, approved)])[0]


def _finished(delivery: Delivery, state: DeliveryState, *, problem: str) -> bool:
    """Close the attempt; False when a later attempt has taken over."""
    mine = Delivery.objects.filter(pk=delivery.pk, attempt=delivery.attempt).exclude(state=DeliveryState.SENT)
    return mine.update(state=state, finished_at=clock.now(), reference="", problem=problem[:500]) == 1


def delivery_sent(*, delivery: Delivery, reference: str) -> None:
    """It arrived: the case is done. Also when we had lost track of it in between."""
    deliveries_sent(arrived=[(delivery, reference)])


@transaction.atomic
def deliveries_sent(*, arrived: Sequence[tuple[Delivery, str]]) -> None:
    """These arrived, answers of one pilot: their cases are done. Nothing where a later attempt has taken over."""
    moment = clock.now()
    closed = update_where(
        Delivery,
        {
            one.pk: {
                "attempt": one.attempt,
                "state": DeliveryState.SENT.value,
                "finished_at": moment,
                "reference": reference[:400],
                "problem": "",
            }
            for one, reference in arrived
        },
        column="state",
        among=[state.value for state in DeliveryState if state != DeliveryState.SENT],
        same="attempt",
    )
    mine = {one.case_id: (one, reference) for one, reference in arrived if one.pk in closed}
    done = {"closed": Closed.SENT.value, "sent_at": moment, "execute_at": None}
    moved = move_all(CaseEvent.DELIVERED, [(one.case, done) for one, _reference in mine.values()])
    if not moved:
        return
    events = []
    for case in moved:
        one, reference = mine[case.pk]
        told = {"attempt": one.attempt, "reference": reference, "hash": one.content_hash}
        events.append(case_event("pilots.delivery_sent", case, told))
    record_all(organisation_id=moved[0].organisation_id, actor=WORKER, events=events)
    stop_rules_apply(moved[0].pilot_id, frozenset({RuleKind.NOT_DELIVERED}))


@transaction.atomic
def delivery_not_sent(*, delivery: Delivery, problem: str, retry: bool) -> None:
    """It certainly did not go out: try again after a pause, at most three times, then a person decides."""
    case = Case.objects.select_related("organisation").get(pk=delivery.case_id)
    stopped = _stopped_since(pilot_lock(case.pilot_id), delivery)
    if not _finished(delivery, DeliveryState.FAILED, problem=problem):
        return
    if stopped:
        _held_at_the_door(case, delivery)
    elif retry and delivery.attempt <= len(PAUSES):
        _again(case, delivery.decision_id, delivery.attempt, clock.now() + PAUSES[delivery.attempt - 1])
    else:
        move_if(case, CaseEvent.FAIL, execute_at=None)
    _recorded("pilots.delivery_failed", case, {"attempt": delivery.attempt, "problem": problem})
    stop_rules_apply(case.pilot_id, frozenset({RuleKind.NOT_DELIVERED}))


@transaction.atomic
def delivery_held_back(*, delivery: Delivery) -> None:
    """The pilot was stopped after the claim and before the effect: as if it had been stopped before the claim."""
    case = Case.objects.select_related("organisation").get(pk=delivery.case_id)
    problem = _("The pilot was stopped before it went out.")
    if not _stopped_since(pilot_lock(case.pilot_id), delivery):
        return  # the attempt was another worker's by then, or a person's to find out about
    if _finished(delivery, DeliveryState.FAILED, problem=problem):
        _held_at_the_door(case, delivery)


_MINE = Prepared(
    lambda delivery, attempt, stops: Delivery.objects.filter(
        pk=delivery,
        attempt=attempt,
        state=DeliveryState.TRYING,
        case__pilot__state=PilotState.RUNNING.value,
        case__pilot__stops=stops,
    ).values_list("attempt"),
    delivery=UUID(int=1),
    attempt=29_001,
    stops=29_002,
)


def delivery_may_go(delivery: Delivery) -> bool:
    """The last look, directly before the outside effect, as the database says now: the attempt is still this
    worker's, and nobody has stopped the pilot since it was claimed, even if it goes on by now.
    """
    return bool(_MINE.rows(delivery=delivery.pk, attempt=delivery.attempt, stops=delivery.stops))


def _stopped_since(pilot: Pilot, delivery: Delivery) -> bool:
    """Whether the pilot stands, or stood and went on, since the attempt was claimed."""
    return not pilot.is_running or pilot.stops != delivery.stops


def _held_at_the_door(case: Case, delivery: Delivery) -> None:
    """It needs a new decision like everything that the stop held back; where the pilot goes on, it waits for it."""
    if not move_if(case, CaseEvent.STOP_AT_THE_DOOR, execute_at=None):
        return
    Decision.objects.filter(pk=delivery.decision_id).update(withdrawn_at=clock.now())
    _recorded("pilots.delivery_held_back", case, {"why": STOPPED})
    if Pilot.objects.get(pk=case.pilot_id).is_running:
        move_if(case, _back(case))


def _again(case: Case, decision_id: UUID, attempt: int, when: object) -> None:
    event = CaseEvent.RETRY_MANUAL if case.by_hand else CaseEvent.RETRY_PROPOSAL
    move(case, event, execute_at=when)
    execute_later((case, decision_id), attempt=attempt)


@transaction.atomic
def delivery_lost(*, delivery: Delivery, problem: str) -> None:
    """Nobody can know whether it arrived: no second try by the program, a person decides."""
    case = Case.objects.select_related("organisation").get(pk=delivery.case_id)
    if _finished(delivery, DeliveryState.UNKNOWN, problem=problem) and move_if(
        case, CaseEvent.LOSE_TRACK, execute_at=None
    ):
        _recorded("pilots.delivery_unknown", case, {"attempt": delivery.attempt, "problem": problem})
        stop_rules_apply(case.pilot_id, frozenset({RuleKind.NOT_DELIVERED}))


@transaction.atomic
def delivery_returned(*, delivery: Delivery, problem: str) -> bool:
    """A mail server sent the answer back: it did not arrive, and a person decides. False where it is known."""
    case = Case.objects.select_related("organisation").get(pk=delivery.case_id)
    if case.state == CaseState.DONE and case.closed != Closed.SENT:
        return False
    if not move_if(case, CaseEvent.BOUNCE, closed="", sent_at=None, execute_at=None):
        return False
    said = (_("It came back: %(why)s") % {"why": problem.strip() or "?"})[:500]
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.FAILED, finished_at=clock.now(), problem=said
    )
    _recorded("pilots.delivery_returned", case, {"attempt": delivery.attempt})
    stop_rules_apply(case.pilot_id, frozenset({RuleKind.NOT_DELIVERED}))
    return True


@transaction.atomic
def delivery_confirm(*, organisation: Organisation, actor: Actor, case: Case) -> None:
    """A person has found out that the answer did arrive."""
    moment = clock.now()
    if case.state != CaseState.OUTCOME_UNKNOWN:
        raise Refused(_("This is only possible while it is unclear whether it arrived."))
    move(case, CaseEvent.DELIVERED, closed=Closed.SENT, sent_at=moment)
    Delivery.objects.filter(case=case).update(state=DeliveryState.SENT, finished_at=moment)
    _decided(organisation, actor, case, DecisionKind.ARRIVED)
    case_recorded(organisation=organisation, actor=actor, action="pilots.delivery_confirmed", case=case)


@transaction.atomic
def delivery_again(*, organisation: Organisation, actor: Actor, case: Case) -> None:
    """A person has found out that the answer did not arrive, and has it sent again."""
    if case.state not in (CaseState.OUTCOME_UNKNOWN, CaseState.FAILED):
        raise Refused(_("This is only possible for what did not go out or may not have arrived."))
    if not pilot_lock(case.pilot_id).is_running:
        raise Refused(_("The pilot does not run. Nothing was decided and nothing goes out."))
    delivery = Delivery.objects.get(case=case)
    _decided(organisation, actor, case, DecisionKind.AGAIN)
    _again(case, delivery.decision_id, delivery.attempt, clock.now())
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.delivery_ordered_again",
        case=case,
        data={"attempt": delivery.attempt + 1},
    )


def _decided(organisation: Organisation, actor: Actor, case: Case, kind: DecisionKind) -> None:
    Decision.objects.create(
        organisation=organisation,
        case=case,
        kind=kind,
        actor_id=actor.id,
        actor_name=actor.name,
        decided_at=clock.now(),
    )


def _recorded(action: str, case: Case, data: dict[str, object]) -> None:
    case_recorded(organisation=case.organisation, actor=WORKER, action=action, case=case, data=data)
