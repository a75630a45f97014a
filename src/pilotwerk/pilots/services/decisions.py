"""Who decides about a case: a person, two people above the limits, or the level that two people signed.

Every path that lets an answer out goes through ``_let_out``: page, bulk, job, and whatever comes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record_all
from pilotwerk.audit.store import Event
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.rows import insert_all
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.content import content_hash as hash_of
from pilotwerk.pilots.domain.content import normalised
from pilotwerk.pilots.domain.states import CaseEvent, CaseState
from pilotwerk.pilots.models import (
    AUTONOMY,
    Case,
    Closed,
    Decision,
    DecisionKind,
    Proposal,
    RejectReason,
    Source,
)
from pilotwerk.pilots.recipes.base import Details
from pilotwerk.pilots.selectors.autonomy import first_approval, limits_reached
from pilotwerk.pilots.selectors.stop import DECIDED
from pilotwerk.pilots.services.autonomy import by_itself_allowed, level_watch
from pilotwerk.pilots.services.decision_rows import decision_made, decision_write
from pilotwerk.pilots.services.handling import sittings_end
from pilotwerk.pilots.services.moves import (
    Step,
    case_event,
    case_recorded,
    execute_later,
    move,
    move_all,
    pilot_lock,
    refusal,
)
from pilotwerk.pilots.services.planted import planted_answer, planted_answers
from pilotwerk.pilots.services.revisions import Seen, named, named_all, next_revision, only_person, ready
from pilotwerk.pilots.services.setting_aside import case_close
from pilotwerk.pilots.services.stopping import stop_rules_apply


def _decide_or_wait(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    proposal: Proposal,
    event: CaseEvent,
    kind: DecisionKind,
) -> Decision:
    """One person lets the answer out; above the limits the first of two does not, the second one does.

    The transaction holds the row of the case's pilot.
    """
    only_person(actor)
    ready(case, proposal)
    if not limits_reached(case, proposal):
        return _let_out(organisation, actor, case, proposal, event, kind)
    waits = Case.objects.filter(pk=case.pk, state=CaseState.WAITING_SECOND).exists()
    first = first_approval(case) if waits else None
    if first is None or first.content_hash != proposal.content_hash:
        return _first(organisation, actor, case, proposal)
    if actor.id in (first.actor_id, proposal.author_id):
        raise Refused(
            _("%(case)s needs a second person: %(name)s has approved it, and nobody approves their own text.")
            % {"case": case.label, "name": first.actor_name}
        )
    return _let_out(organisation, actor, case, proposal, event, kind)


def _first(organisation: Organisation, actor: Actor, case: Case, proposal: Proposal) -> Decision:
    """The first of two approvals. It binds revision and content like the last one; an older one is void."""
    Decision.objects.filter(case=case, kind=DecisionKind.FIRST, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    why = [limit.value for limit in limits_reached(case, proposal)]
    decision = decision_write(organisation, actor, case, DecisionKind.FIRST, proposal)
    move(case, CaseEvent.APPROVE_FIRST, revision=proposal.revision, category=proposal.category)
    sittings_end(cases=[case], actor=actor)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_approved_first",
        case=case,
        data={"revision": proposal.revision, "hash": proposal.content_hash, "limits": why},
    )
    return decision


def _let_out(
    organisation: Organisation,
    actor: Actor,
    case: Case,
    proposal: Proposal,
    event: CaseEvent,
    kind: DecisionKind,
) -> Decision:
    """The end of approve, edit, answer and release for one case."""
    return _let_out_all(organisation, actor, [(case, proposal)], event, kind)[0]


def _let_out_all(
    organisation: Organisation,
    actor: Actor,
    items: Sequence[tuple[Case, Proposal]],
    event: CaseEvent,
    kind: DecisionKind,
) -> list[Decision]:
    """The common end for cases of one pilot, whose row is held, all or none: decisions, states, jobs, audit, stop
    rules, watch.
    """
    pilot = items[0][0].pilot
    decisions = [decision_made(organisation, actor, case, kind, proposal) for case, proposal in items]
    execute_at = clock.now() + timedelta(seconds=pilot.send_delay_seconds)
    steps: list[Step] = [
        (case, {"execute_at": execute_at, "revision": one.revision, "category": one.category})
        for case, one in items
    ]
    cases = [case for case, _proposal in items]
    moved = move_all(event, steps, pilot=pilot)
    if len(moved) < len(cases):
        raise refusal(next(case for case in cases if case not in moved), event)
    insert_all(decisions)
    sittings_end(cases=cases, actor=actor)
    execute_later(*((decision.case, decision.pk) for decision in decisions))
    record_all(
        organisation_id=organisation.id, actor=actor, events=[_decided(decision) for decision in decisions]
    )
    if kind != DecisionKind.AUTO:
        stop_rules_apply(pilot.pk, DECIDED, held=pilot)
        for case in cases:
            level_watch(case)
    return decisions


def _decided(decision: Decision) -> Event:
    action = {
        DecisionKind.APPROVE: "pilots.case_approved",
        DecisionKind.EDIT: "pilots.case_edited",
        DecisionKind.ANSWER: "pilots.case_answered",
        DecisionKind.AUTO: "pilots.case_released",
    }[DecisionKind(decision.kind)]
    proposal = decision.proposal
    assert proposal is not None  # nothing leaves without one
    return case_event(
        action,
        decision.case,
        {
            "revision": proposal.revision,
            "hash": proposal.content_hash,
            "category": proposal.category,
            "edit_distance": decision.edit_distance,
            "category_corrected": decision.category_corrected,
        },
    )


def case_approve(
    *, organisation: Organisation, actor: Actor, case: Case, revision: int, content_hash: str
) -> Decision:
    """Approve exactly this revision; it goes out after the pilot's delay unless it is withdrawn before.

    Above the limits the first approval waits for a second person, who approves the same revision. A planted
    mistake answers with a refusal that says so.
    """
    with transaction.atomic():
        case.pilot, case.organisation = pilot_lock(case.pilot_id), organisation
        proposal = named(case, revision, content_hash)
        if proposal.source != Source.PLANTED:
            event, kind = CaseEvent.APPROVE, DecisionKind.APPROVE
            if proposal.source == Source.PERSON:
                by_hand = _waits_by_hand(case)
                event = CaseEvent.ANSWER if by_hand else event
                kind = DecisionKind.ANSWER if by_hand else DecisionKind.EDIT
            return _decide_or_wait(organisation, actor, case, proposal, event, kind)
    # Outside of the transaction, so that the refusal undoes nothing.
    planted_answer(case=case, revision=revision, content_hash=content_hash, noticed=False)
    raise Refused(_("This text holds a planted mistake. It cannot go out."))


def _waits_by_hand(case: Case) -> bool:
    """Whether an answer without a proposal waits for its second person."""
    return Case.objects.filter(pk=case.pk, state=CaseState.WAITING_SECOND, by_hand=True).exists()


def case_edit_and_approve(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    revision: int,
    content_hash: str,
    body: str,
    category: str | None = None,
    details: Details | None = None,
) -> Decision:
    """Approve with changes: they become the next revision beside the original. No change is a plain approval.

    Above the limits a change begins anew: whoever made it is the first of two.
    """
    body = normalised(body)
    seen = named(case, revision, content_hash)
    category = seen.category if category is None else category
    details = seen.details if details is None else details
    if body == seen.body and category == seen.category and details == seen.details:
        return case_approve(
            organisation=organisation, actor=actor, case=case, revision=revision, content_hash=content_hash
        )
    planted_answer(case=case, revision=revision, content_hash=content_hash, noticed=True)
    if not recipe.of(case.pilot.recipe).may_become(seen.details, details):
        raise Refused(_("What the figures say cannot be changed by hand."))
    with transaction.atomic():
        case.pilot = pilot_lock(case.pilot_id)
        named(case, revision, content_hash)
        proposal = next_revision(organisation, actor, case, body, category, seen=seen, details=details)
        event, kind = CaseEvent.APPROVE, DecisionKind.EDIT
        if _waits_by_hand(case):
            event, kind = CaseEvent.ANSWER, DecisionKind.ANSWER
        return _decide_or_wait(organisation, actor, case, proposal, event, kind)


def cases_approve(*, organisation: Organisation, actor: Actor, items: Sequence[Seen]) -> list[Decision]:
    """Approve several at once: all of one category, each exactly as it was listed, none above the limits.

    All or none. Planted mistakes among them are answered as not noticed, and the rest waits for another look.
    """
    planted_answers(items=items)
    with transaction.atomic():
        if not items:
            raise Refused(_("Choose at least one."))
        pilot = pilot_lock(items[0][0].pilot_id)
        only_person(actor)
        seen = list({case.pk: (case, revision, digest) for case, revision, digest in items}.values())
        for case, _revision, _digest in seen:
            if case.pilot_id != pilot.pk:
                raise Refused(_("Only proposals of one pilot can be approved together."))
            case.pilot, case.organisation = pilot, organisation
        asked = [(proposal.case, proposal) for proposal in named_all(seen)]
        if len({proposal.category for _case, proposal in asked}) != 1 or not asked[0][1].category:
            raise Refused(_("Only proposals of one category can be approved together."))
        for case, proposal in asked:
            _alike(case, proposal)
        return _let_out_all(organisation, actor, asked, CaseEvent.APPROVE, DecisionKind.APPROVE)


def _alike(case: Case, proposal: Proposal) -> None:
    """What holds beside the checks of every answer for one that is approved with others."""
    if proposal.source not in (Source.MODEL, Source.PLANTED):
        raise Refused(_("%(case)s was edited. Please look at it by itself.") % {"case": case.label})
    ready(case, proposal)
    if limits_reached(case, proposal):
        raise Refused(
            _("%(case)s needs a second person. Please look at it by itself.") % {"case": case.label}
        )


@transaction.atomic
def case_release(*, organisation: Organisation, case: Case) -> Decision | None:
    """Let a proposal out by the level that two people signed, after the same checks; None when a person decides.

    The decision stands under the program's own name and is never counted as a person's agreement.
    """
    pilot = pilot_lock(case.pilot_id)
    case.refresh_from_db()
    case.pilot = pilot
    proposal = Proposal.objects.filter(case=case, revision=case.revision).first()
    if case.state != CaseState.WAITING or proposal is None or proposal.source != Source.MODEL:
        return None
    if not pilot.is_running or not by_itself_allowed(case) or limits_reached(case, proposal):
        return None
    if hash_of(proposal.content()) != proposal.content_hash:
        return None
    try:
        ready(case, proposal)
    except Refused:
        return None
    return _let_out(organisation, AUTONOMY, case, proposal, CaseEvent.APPROVE, DecisionKind.AUTO)


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
    planted_answer(case=case, revision=revision, content_hash=content_hash, noticed=True)
    return _reject(organisation, actor, case, named(case, revision, content_hash), reason, text)


@transaction.atomic
def _reject(
    organisation: Organisation, actor: Actor, case: Case, proposal: Proposal, reason: str, text: str
) -> Decision:
    pilot_lock(case.pilot_id)
    named(case, proposal.revision, proposal.content_hash)
    text = text.strip()[:1000]
    decision = decision_write(
        organisation, actor, case, DecisionKind.REJECT, proposal, reason=reason, text=text
    )
    move(case, CaseEvent.REJECT, by_hand=True)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_rejected",
        case=case,
        data={"revision": proposal.revision, "hash": proposal.content_hash, "reason": reason},
        personal={"text": text},
    )
    if reason == RejectReason.NO_ANSWER:
        case_close(organisation=organisation, actor=actor, case=case, how=Closed.NO_ANSWER)
    stop_rules_apply(case.pilot_id, DECIDED)
    level_watch(case)
    return decision


def _kept_by_hand(case: Case) -> Details:
    """What stays of the last proposal's details when a person writes the text; recipes without tables have none."""
    kind = recipe.of(case.pilot.recipe)
    if not kind.about.tables:
        return {}
    proposed = Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()
    return kind.by_hand(proposed.details) if proposed else {}


@transaction.atomic
def case_answer_manually(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    body: str,
    category: str = "",
    details: Details | None = None,
) -> Decision:
    """Answer without a proposal: the control arm, and what was rejected. `details` are those that the recipe keeps for
    an answer by hand, with what a person changed in them.
    """
    case.pilot = pilot_lock(case.pilot_id)
    case.refresh_from_db(fields=["revision", "state"])
    if case.state == CaseState.WAITING_SECOND:
        raise Refused(
            _("%(case)s waits for a second person. Approve exactly this text, or give it back.")
            % {"case": case.label}
        )
    body = normalised(body)
    kept = _kept_by_hand(case)
    if details is not None and not recipe.of(case.pilot.recipe).may_become(kept, details):
        raise Refused(_("What the figures say cannot be changed by hand."))
    details = kept if details is None else details
    proposal = next_revision(organisation, actor, case, body, category, details=details)
    return _decide_or_wait(organisation, actor, case, proposal, CaseEvent.ANSWER, DecisionKind.ANSWER)
