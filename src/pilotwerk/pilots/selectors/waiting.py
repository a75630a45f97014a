"""Who is away, who decides instead, and what this member was told about."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core import clock
from pilotwerk.pilots import permissions
from pilotwerk.pilots.domain.states import OPEN_FOR_DECISION, CaseState
from pilotwerk.pilots.models import Absence, Reminder

STILL_OPEN: Final = [*(state.value for state in OPEN_FOR_DECISION), CaseState.WAITING_SECOND.value]


def deciders(organisation: Organisation) -> list[Membership]:
    """Everybody who may decide on proposals."""
    return _with(organisation, permissions.DECIDE.roles)


def leads(organisation: Organisation) -> list[Membership]:
    """Everybody who may change how the pilot runs."""
    return _with(organisation, permissions.MANAGE.roles)


def _with(organisation: Organisation, roles: object) -> list[Membership]:
    names = [role.value for role in roles]  # type: ignore[attr-defined]
    return list(Membership.objects.of(organisation).filter(role__in=names).select_related("user"))


def away(organisation: Organisation) -> dict[UUID, UUID]:
    """Who is away today, with the deputy."""
    today = clock.today(organisation.timezone)
    found = Absence.objects.of(organisation).filter(first_day__lte=today, last_day__gte=today)
    return dict(found.values_list("member_id", "deputy_id"))


def absences(organisation: Organisation) -> QuerySet[Absence]:
    """Present and coming absences, earliest first."""
    today = clock.today(organisation.timezone)
    found: QuerySet[Absence] = Absence.objects.of(organisation).filter(last_day__gte=today)
    return found.select_related("member__user", "deputy__user")


def reminded(membership: Membership) -> QuerySet[Reminder]:
    """What this member was told about and what still waits."""
    found: QuerySet[Reminder] = Reminder.objects.of(membership.organisation_id).filter(
        member=membership, case__state__in=STILL_OPEN, case__pilot__state="running"
    )
    return found
