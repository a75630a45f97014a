"""The row of a decision: what was decided, what it changed against the model, and whether it agreed with it."""

from __future__ import annotations

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.pilots.domain.autonomy import Level, Shown, agreed_blind, agreed_open
from pilotwerk.pilots.domain.editing import distance
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import SENDING, Case, Decision, DecisionKind, Proposal, RejectReason, Source


def model_proposal(case: Case) -> Proposal | None:
    return Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()


def decision_made(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    kind: DecisionKind,
    proposal: Proposal | None,
    *,
    reason: str = "",
    text: str = "",
) -> Decision:
    """The decision, not stored yet, with what it changed against the model's proposal and whether it agreed."""
    model = proposal if proposal is not None and proposal.source == Source.MODEL else model_proposal(case)
    corrected = _corrected(model, proposal, kind, reason)
    comparable = (
        proposal if model and model.body and kind in (DecisionKind.APPROVE, DecisionKind.EDIT) else None
    )
    return Decision(
        organisation=organisation,
        case=case,
        proposal=proposal,
        kind=kind,
        content_hash=proposal.content_hash if proposal else "",
        reason=reason,
        text=text,
        edit_distance=distance(model.body, comparable.body) if model and comparable else None,
        category_corrected=corrected,
        level=case.level,
        agreed=_agreed(case, model, proposal, kind, corrected=corrected),
        actor_id=actor.id,
        actor_name=actor.name,
        decided_at=clock.now(),
    )


def decision_write(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    kind: DecisionKind,
    proposal: Proposal | None,
    *,
    reason: str = "",
    text: str = "",
) -> Decision:
    """Write the decision."""
    decision = decision_made(organisation, actor, case, kind, proposal, reason=reason, text=text)
    decision.save(force_insert=True)
    return decision


def _corrected(
    model: Proposal | None, proposal: Proposal | None, kind: DecisionKind, reason: str
) -> bool | None:
    """Whether the person chose another category than the model; None when that cannot be said."""
    if model is None or not model.category or kind == DecisionKind.AUTO:
        return None
    if reason == RejectReason.CATEGORY:
        return True
    if proposal is None or not proposal.category or kind not in SENDING:
        return None
    return proposal.category != model.category


def _agreed(
    case: Case,
    model: Proposal | None,
    proposal: Proposal | None,
    kind: DecisionKind,
    *,
    corrected: bool | None,
) -> bool | None:
    """Whether the person agreed with the model; None where it is no evidence for the level in force."""
    if model is None or case.arm != Arm.AI or not case.level or case.level == Level.AUTOMATIC:
        return None
    if case.level == Level.SAMPLE and not case.sampled:
        return None  # shown for another reason than the draw: not a random sample
    if case.level == Level.SHADOW:
        blind = kind == DecisionKind.ANSWER and proposal is not None
        return agreed_blind(model.category, proposal.category) if blind and proposal else None
    if kind not in (DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT):
        return None
    same = None if corrected is None else not corrected
    return agreed_open(
        Shown(kind == DecisionKind.APPROVE, category_same=same, rejected=kind == DecisionKind.REJECT)
    )
