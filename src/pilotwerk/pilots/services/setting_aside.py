"""Decisions that let nothing out: put back, give back, close, withdraw."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.states import CaseEvent
from pilotwerk.pilots.models import SENDING, Case, Closed, Decision, DecisionKind
from pilotwerk.pilots.services.decision_rows import decision_write
from pilotwerk.pilots.services.handling import sittings_end
from pilotwerk.pilots.services.moves import case_recorded, move
from pilotwerk.pilots.services.revisions import only_person


@transaction.atomic
def case_give_back(*, organisation: Organisation, actor: Actor, case: Case, text: str = "") -> Decision:
    """The second person does not approve, or the first one takes the approval back: it waits as before."""
    only_person(actor)
    text = text.strip()[:1000]
    case.refresh_from_db(fields=["by_hand", "state", "revision"])
    Decision.objects.filter(case=case, kind=DecisionKind.FIRST, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    decision = decision_write(organisation, actor, case, DecisionKind.GIVE_BACK, None, text=text)
    move(case, CaseEvent.GIVE_BACK_MANUAL if case.by_hand else CaseEvent.GIVE_BACK_PROPOSAL)
    sittings_end(cases=[case], actor=actor)
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.case_given_back",
        case=case,
        data={"revision": case.revision},
        personal={"text": text},
    )
    return decision


@transaction.atomic
def case_defer(
    *, organisation: Organisation, actor: Actor, case: Case, until: datetime, text: str = ""
) -> Decision:
    """Put back until a moment in the future (aware); then it is in the queue again."""
    if until <= clock.now():
        raise Refused(_("Choose a day in the future."))
    text = text.strip()[:1000]
    decision = decision_write(organisation, actor, case, DecisionKind.DEFER, None, text=text)
    move(case, CaseEvent.DEFER, deferred_until=until)
    sittings_end(cases=[case], actor=actor)
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
    decision = decision_write(organisation, actor, case, DecisionKind.CLOSE, None, text=text)
    move(case, CaseEvent.CLOSE, closed=how, deferred_until=None)
    sittings_end(cases=[case], actor=actor)
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
    Decision.objects.filter(case=case, kind__in=[*SENDING, DecisionKind.FIRST], withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    case_recorded(
        organisation=organisation,
        actor=actor,
        action="pilots.approval_withdrawn",
        case=case,
        data={"revision": case.revision},
    )
