"""The daily mail about overdue cases: who wants it, and that nobody gets it twice a day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock, jobs
from pilotwerk.pilots.models import DigestChoice, DigestRule, Pilot
from pilotwerk.pilots.selectors.alerts import digest_members, overdue_labels
from pilotwerk.pilots.services.moves import pilot_recorded


@transaction.atomic
def digest_set(*, organisation: Organisation, actor: Actor, pilot: Pilot, to_deciders: bool) -> None:
    """Switch the daily mail on or off for everybody who decides in this pilot."""
    DigestRule.objects.of(organisation).update_or_create(
        pilot=pilot, defaults={"organisation": organisation, "to_deciders": to_deciders}
    )
    action = "pilots.digest_on" if to_deciders else "pilots.digest_off"
    pilot_recorded(actor=actor, action=action, pilot=pilot, data={})


@transaction.atomic
def digest_choose(*, organisation: Organisation, actor: Actor, member: Membership, wanted: bool) -> None:
    """A member's own choice; it counts before what the pilot says."""
    DigestChoice.objects.of(organisation).update_or_create(
        member=member, defaults={"organisation": organisation, "wanted": wanted}
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="pilots.digest_chosen_on" if wanted else "pilots.digest_chosen_off",
        subject=("pilots.DigestChoice", str(member.pk)),
        data={},
    )


def digests_order(*, organisation: Organisation, pilot: Pilot, today: date) -> int:
    """Order today's mails where something is overdue; answers how many."""
    if not overdue_labels(pilot):
        return 0
    return sum(_order(organisation, pilot, member, today) for member in digest_members(pilot))


@transaction.atomic
def _order(organisation: Organisation, pilot: Pilot, member: Membership, today: date) -> bool:
    row, _new = DigestChoice.objects.of(organisation).get_or_create(
        member=member, defaults={"organisation": organisation}
    )
    fresh = DigestChoice.objects.filter(Q(sent_on=None) | Q(sent_on__lt=today), pk=row.pk)
    if fresh.update(sent_on=today) != 1:
        return False
    jobs.enqueue(
        kind="pilots.digest_tell",
        organisation_id=organisation.id,
        payload={"pilot": str(pilot.pk), "member": str(member.pk), "day": today.isoformat()},
        run_at=clock.now(),
        key=f"pilots.digest_tell:{member.pk}:{today}",
    )
    return True
