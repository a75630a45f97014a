"""What waits too long is said: to the people who decide, then to deputies of those away, then to the lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor, System
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import permissions
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Absence, Case, HumanControl, Reminder, Step
from pilotwerk.pilots.selectors.waiting import STILL_OPEN, away, deciders, leads
from pilotwerk.pilots.services.moves import case_recorded

WORKER = System("worker")


@transaction.atomic
def absence_add(
    *,
    organisation: Organisation,
    actor: Actor,
    member: Membership,
    deputy: Membership,
    first_day: date,
    last_day: date,
) -> Absence:
    """Somebody is away; the deputy must be allowed to decide and must not be away at the same time."""
    if last_day < first_day:
        raise Refused(_("The last day lies before the first."))
    if member.pk == deputy.pk:
        raise Refused(_("Nobody is their own deputy."))
    if not deputy.may(permissions.DECIDE):
        raise Refused(_("The deputy must be somebody who may decide on proposals."))
    overlapping = Absence.objects.of(organisation).filter(first_day__lte=last_day, last_day__gte=first_day)
    if overlapping.filter(member=deputy).exists():
        raise Refused(_("The deputy is away at that time as well."))
    absence = Absence.objects.create(
        organisation=organisation, member=member, deputy=deputy, first_day=first_day, last_day=last_day
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.absence_added",
        subject=("pilots.Absence", str(absence.pk)),
        data={"first_day": first_day.isoformat(), "last_day": last_day.isoformat()},
        personal={"member": member.user.name, "deputy": deputy.user.name},
    )
    return absence


@transaction.atomic
def absence_remove(*, organisation: Organisation, actor: Actor, absence: Absence) -> None:
    """Take an entry back."""
    key = str(absence.pk)
    if Absence.objects.of(organisation).filter(pk=absence.pk).delete()[0] == 0:
        raise Refused(_("This entry is gone already."))
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.absence_removed",
        subject=("pilots.Absence", key),
        data={},
    )


def cases_escalate(*, organisation: Organisation) -> int:
    """Tell who must be told by now, each once a step; answers how many were told."""
    count = 0
    controls = HumanControl.objects.of(organisation).filter(
        escalates=True, pilot__state=PilotState.RUNNING.value
    )
    for control in controls:
        ahead = clock.now() + timedelta(hours=control.remind_hours)
        waiting = Case.objects.filter(
            pilot_id=control.pilot_id, state__in=STILL_OPEN, deadline__lte=ahead
        ).select_related("organisation")
        for case in waiting:
            count += _escalate(case, control)
    return count


@transaction.atomic
def _escalate(case: Case, control: HumanControl) -> int:
    """The steps that are due for one case. Where everybody is away, the deputies are told with the reminder."""
    organisation = case.organisation
    absent = away(organisation)
    present = [one for one in deciders(organisation) if one.pk not in absent]
    deputies = [one for one in deciders(organisation) if one.pk in set(absent.values())]
    told = _tell(case, present or deputies, Step.REMINDER)
    if clock.now() >= case.deadline:
        told += _tell(case, deputies, Step.DEPUTY)
    if clock.now() >= case.deadline + timedelta(hours=control.lead_hours):
        told += _tell(case, leads(organisation), Step.LEAD)
    return told


def _tell(case: Case, members: Iterable[Membership], step: Step) -> int:
    known = set(Reminder.objects.filter(case=case, step=step).values_list("member_id", flat=True))
    new = [one for one in members if one.pk not in known]
    for member in new:
        Reminder.objects.create(organisation_id=case.organisation_id, case=case, member=member, step=step)
    if new:
        case_recorded(
            organisation=case.organisation,
            actor=WORKER,
            action="pilots.case_escalated",
            case=case,
            data={"step": step.value, "count": len(new)},
        )
    return len(new)
