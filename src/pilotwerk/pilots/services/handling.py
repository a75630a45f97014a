"""Time that people spend on a case, by the rules of ``domain.handling``. An observation, not a decision: no
audit.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.core.prepared import Prepared
from pilotwerk.pilots.domain.handling import gap_seconds
from pilotwerk.pilots.domain.states import OPEN_FOR_DECISION, CaseState
from pilotwerk.pilots.models import Case, Sitting


def _open_sitting(organisation: Organisation, actor: Actor) -> Sitting | None:
    return (
        Sitting.objects.of(organisation)
        .select_for_update(of=("self",))
        .filter(ended_at=None, member__user_id=actor.id)
        .first()
    )


def _signal(sitting: Sitting, *, end: bool) -> None:
    """Count the time since the last signal; a sitting that ends forgets the person."""
    moment = clock.now()
    sitting.seconds += gap_seconds(sitting.last_signal_at, moment, live=sitting.live)
    sitting.last_signal_at = moment
    if end:
        sitting.ended_at, sitting.member = moment, None
    sitting.save(update_fields=["seconds", "last_signal_at", "ended_at", "member", "live"])


@transaction.atomic
def case_open(*, organisation: Organisation, actor: Actor, case: Case) -> None:
    """The person has the case in front of them; opening another one ends the time of the one before."""
    if actor.kind != "member":
        return
    sitting = _open_sitting(organisation, actor)
    if sitting is not None:
        same = sitting.case_id == case.pk
        _signal(sitting, end=not same)
        if same:
            return
    if case.state not in (*OPEN_FOR_DECISION, CaseState.WAITING_SECOND) or not case.pilot.is_running:
        return
    member = Membership.objects.of(organisation).filter(user_id=actor.id).first()
    if member is not None:
        moment = clock.now()
        Sitting.objects.create(
            organisation=organisation, case=case, member=member, opened_at=moment, last_signal_at=moment
        )


@transaction.atomic
def case_signal(*, organisation: Organisation, actor: Actor, case: Case) -> bool:
    """The page's sign that the person is active on this case; False when it is not open for them any more."""
    sitting = _open_sitting(organisation, actor)
    if sitting is None or sitting.case_id != case.pk:
        return False
    sitting.live = True
    _signal(sitting, end=False)
    return True


def _open() -> QuerySet[Sitting]:
    return Sitting.objects.filter(ended_at=None).order_by()


_OPEN = Prepared(lambda case: _open().filter(case=case), case=UUID(int=1))


def sittings_end(*, cases: Sequence[Case], actor: Actor) -> None:
    """These are decided: the deciding person's time counts up to now, that of others to their last signal."""
    open_ones = _OPEN.objects(case=cases[0].pk) if len(cases) == 1 else list(_open().filter(case__in=cases))
    for sitting in open_ones:
        if actor.kind == "member" and sitting.member and str(sitting.member.user_id) == actor.id:
            _signal(sitting, end=True)
    if open_ones:
        Sitting.objects.filter(case__in=cases, ended_at=None).update(ended_at=clock.now(), member=None)
