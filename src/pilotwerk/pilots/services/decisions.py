"""A person decides about a case. Every path that lets an answer out goes through here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.content import content_hash as hash_of
from pilotwerk.pilots.domain.content import normalised
from pilotwerk.pilots.domain.editing import distance
from pilotwerk.pilots.domain.states import CaseEvent
from pilotwerk.pilots.models import (
    SENDING,
    Case,
    Closed,
    Decision,
    DecisionKind,
    Proposal,
    RejectReason,
    Source,
)
from pilotwerk.pilots.selectors.stop import DECIDED
from pilotwerk.pilots.services.cases import reply_subject
from pilotwerk.pilots.services.handling import sittings_end
from pilotwerk.pilots.services.moves import case_recorded, execute_later, move, pilot_lock
from pilotwerk.pilots.services.stopping import stop_rules_apply


def _named(case: Case, revision: int, content_hash: str) -> Proposal:
    """The proposal that the person saw; refused when it is not the present one, word for word."""
    proposal = Proposal.objects.filter(
        case=case, revision=revision, content_hash=content_hash, case__revision=revision
    ).first()
    if proposal is None or hash_of(proposal.content()) != content_hash:
        raise Refused(
            _("The proposal for %(case)s has changed since you opened it. Please read it again.")
            % {"case": case.label}
        )
    return proposal


def _sendable(body: str) -> None:
    """An empty answer, or one with an unfilled placeholder, never goes out."""
    if not body:
        raise Refused(_("The answer is empty. Write it, or reject the proposal."))
    missing = recipe.unfilled(body)
    if missing:
        places = ", ".join(dict.fromkeys(missing))
        raise Refused(_("Fill these places first: %(places)s.") % {"places": places})


def _model_proposal(case: Case) -> Proposal | None:
    return Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()


def _next_revision(organisation: Organisation, case: Case, body: str, category: str) -> Proposal:
    """What a person wrote, as the revision after the present one."""
    proposal = Proposal(
        organisation=organisation,
        case=case,
        revision=case.revision + 1,
        source=Source.PERSON,
        category=category,
        recipient=case.sender_address,
        subject=reply_subject(case),
        body=body,
    )
    proposal.content_hash = hash_of(proposal.content())
    proposal.save(force_insert=True)
    return proposal


def _decide(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    kind: DecisionKind,
    proposal: Proposal | None,
    *,
    reason: str = "",
    text: str = "",
) -> Decision:
    """Write the decision, with what it changed against the model's proposal."""
    model = proposal if proposal and proposal.source == Source.MODEL else _model_proposal(case)
    comparable = (
        proposal if model and model.body and kind in (DecisionKind.APPROVE, DecisionKind.EDIT) else None
    )
    return Decision.objects.create(
        organisation=organisation,
        case=case,
        proposal=proposal,
        kind=kind,
        content_hash=proposal.content_hash if proposal else "",
        reason=reason,
        text=text,
        edit_distance=distance(model.body, comparable.body) if model and comparable else None,
        category_corrected=_corrected(model, proposal, kind, reason),
        actor_id=actor.id,
        actor_name=actor.name,
        decided_at=clock.now(),
    )


def _corrected(
    model: Proposal | None, proposal: Proposal | None, kind: DecisionKind, reason: str
) -> bool | None:
    """Whether the person chose another category than the model; None when that cannot be said."""
    if model is None or not model.category:
        return None
    if reason == RejectReason.CATEGORY:
        return True
    if proposal is None or not proposal.category or kind not in SENDING:
        return None
    return proposal.category != model.category


def _let_out(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    proposal: Proposal,
    event: CaseEvent,
    kind: DecisionKind,
) -> Decision:
    """The common end of approve, edit and answer: decision, state, job, audit, stop rules."""
    _sendable(proposal.body)
    decision = _decide(organisation, actor, case, kind, proposal)
    execute_at = clock.now() + timedelta(seconds=case.pilot.send_delay_seconds)
    move(case, event, execute_at=execute_at, revision=proposal.revision, category=proposal.category)
    sittings_end(case=case, actor=actor)
    execute_later(case, decision_id=decision.pk)
    action = {
        DecisionKind.APPROVE: "pilots.case_approved",
        DecisionKind.EDIT: "pilots.case_edited",
        DecisionKind.ANSWER: "pilots.case_answered",
    }[kind]
    case_recorded(
        organisation=organisation,
        actor=actor,
        action=action,
        case=case,
        data={
            "revision": proposal.revision,
            "hash": proposal.content_hash,
            "category": proposal.category,
            "edit_distance": decision.edit_distance,
            "category_corrected": decision.category_corrected,
        },
    )
    stop_rules_apply(case.pilot_id, DECIDED)
    return decision


@transaction.atomic
def case_approve(
    *, organisation: Organisation, actor: Actor, case: Case, revision: int, content_hash: str
) -> Decision:
    """Approve exactly this revision; it goes out after the pilot's delay unless it is withdrawn before."""
    proposal = _named(case, revision, content_hash)
    kind = DecisionKind.APPROVE if proposal.source == Source.MODEL else DecisionKind.EDIT
    return _let_out(organisation, actor, case, proposal, CaseEvent.APPROVE, kind)


@transaction.atomic
def case_edit_and_approve(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    revision: int,
    content_hash: str,
    body: str,
    category: str | None = None,
) -> Decision:
    """Approve with changes: they become the next revision beside the original. No change is a plain approval."""
    pilot_lock(case.pilot_id)
    seen = _named(case, revision, content_hash)
    body = normalised(body)
    category = seen.category if category is None else category
    if body == seen.body and category == seen.category:
        return case_approve(
            organisation=organisation, actor=actor, case=case, revision=revision, content_hash=content_hash
        )
    case.revision = seen.revision
    proposal = _next_revision(organisation, case, body, category)
    return _let_out(organisation, actor, case, proposal, CaseEvent.APPROVE, DecisionKind.EDIT)


@transaction.atomic
def case_reject(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    revision: int,
    content_hash: str,
    reason: str,
    text: str = "",
) -> Decision:
    """Reject with a reason; then a person answers by hand, or nobody when no answer is needed."""
    if reason not in RejectReason.values:
        raise Refused(_("Choose why the proposal is rejected."))
    proposal = _named(case, revision, content_hash)
    text = text.strip()[:1000]
    decision = _decide(organisation, actor, case, DecisionKind.REJECT, proposal, reason=reason, text=text)
    move(case, CaseEvent.REJECT, by_hand=True)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_rejected",
        case=case,
        data={"revision": revision, "hash": content_hash, "reason": reason},
        personal={"text": text},
    )
    if reason == RejectReason.NO_ANSWER:
        case_close(organisation=organisation, actor=actor, case=case, how=Closed.NO_ANSWER)
    stop_rules_apply(case.pilot_id, DECIDED)
    return decision


@transaction.atomic
def case_answer_manually(
    *, organisation: Organisation, actor: Actor, case: Case, body: str, category: str = ""
) -> Decision:
    """Answer without a proposal: the control arm, and what was rejected."""
    pilot_lock(case.pilot_id)
    case.refresh_from_db(fields=["revision", "state"])
    body = normalised(body)
    _sendable(body)
    proposal = _next_revision(organisation, case, body, category)
    return _let_out(organisation, actor, case, proposal, CaseEvent.ANSWER, DecisionKind.ANSWER)


@transaction.atomic
def case_defer(
    *, organisation: Organisation, actor: Actor, case: Case, until: datetime, text: str = ""
) -> Decision:
    """Put back until a moment in the future (aware); then it is in the queue again."""
    if until <= clock.now():
        raise Refused(_("Choose a day in the future."))
    text = text.strip()[:1000]
    decision = _decide(organisation, actor, case, DecisionKind.DEFER, None, text=text)
    move(case, CaseEvent.DEFER, deferred_until=until)
    sittings_end(case=case, actor=actor)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_deferred",
        case=case,
        data={"until": until.isoformat()},
        personal={"text": text},
    )
    return decision


@transaction.atomic
def case_take_back(*, organisation: Organisation, actor: Actor, case: Case) -> None:
    """Take a deferred case back into the queue before its day."""
    event = CaseEvent.RETURN_MANUAL if case.by_hand else CaseEvent.RETURN_PROPOSAL
    move(case, event, deferred_until=None)
    case_recorded(organisation=organisation, actor=actor, action="pilots.case_returned", case=case)


@transaction.atomic
def case_close(*, organisation: Organisation, actor: Actor, case: Case, how: str, text: str = "") -> Decision:
    """Close without sending: no answer is needed, or the team settled it outside of Pilotwerk."""
    if how not in (Closed.NO_ANSWER, Closed.ELSEWHERE):
        raise Refused(_("Choose how the case was settled."))
    text = text.strip()[:1000]
    decision = _decide(organisation, actor, case, DecisionKind.CLOSE, None, text=text)
    move(case, CaseEvent.CLOSE, closed=how, deferred_until=None)
    sittings_end(case=case, actor=actor)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_closed",
        case=case,
        data={"how": str(how)},
        personal={"text": text},
    )
    return decision


@transaction.atomic
def approval_withdraw(*, organisation: Organisation, actor: Actor, case: Case) -> None:
    """Take an approval or answer back while it has not gone out; the case is in the queue again."""
    event = CaseEvent.WITHDRAW_MANUAL if case.by_hand else CaseEvent.WITHDRAW_PROPOSAL
    move(case, event, execute_at=None)
    Decision.objects.filter(case=case, kind__in=SENDING, withdrawn_at=None).update(withdrawn_at=clock.now())
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.approval_withdrawn",
        case=case,
        data={"revision": case.revision},
    )
