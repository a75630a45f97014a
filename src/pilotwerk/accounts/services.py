"""Writes about organisations and people. Each is one transaction with one audit entry."""

import secrets
import shutil
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Invitation, Membership, Organisation, User
from pilotwerk.accounts.selectors import token_hash
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import log_purge, record
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import Role

INVITATION_DAYS = 14
TIMEZONES = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich"}


def _free_slug(name: str) -> str:
    base = slugify(name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss"))[:50]
    slug = base or "firma"
    number = 1
    while Organisation.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base or 'firma'}-{number}"
    return slug


@transaction.atomic
def organisation_create(
    *, owner: User, name: str, country: str = "DE", region: str = "", is_sample: bool = False
) -> Organisation:
    """A new organisation begins with one owner."""
    organisation = Organisation.objects.create(
        name=name,
        slug=_free_slug(name),
        country=country,
        region=region,
        timezone=TIMEZONES[country],
        is_sample=is_sample,
    )
    membership = Membership.objects.create(organisation=organisation, user=owner, role=Role.OWNER)
    record(
        organisation_id=organisation.id,
        actor=membership.actor,
        action="accounts.organisation_created",
        subject=("accounts.Organisation", str(organisation.id)),
        data={"name": name, "country": country, "region": region, "is_sample": is_sample},
    )
    return organisation


@transaction.atomic
def organisation_change(
    *, organisation: Organisation, actor: Actor, name: str, country: str, region: str
) -> Organisation:
    """Name and place may change; the address part in links stays."""
    organisation.name, organisation.country, organisation.region = name, country, region
    organisation.timezone = TIMEZONES[country]
    organisation.save(update_fields=["name", "country", "region", "timezone"])
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="accounts.organisation_changed",
        subject=("accounts.Organisation", str(organisation.id)),
        data={"name": name, "country": country, "region": region},
    )
    return organisation


@transaction.atomic
def organisation_delete(*, organisation: Organisation, actor: Actor) -> None:
    """Everything goes, the audit trail too; the installation's own log keeps that it happened."""
    name, organisation_id = organisation.name, organisation.id
    jobs.forget(organisation_id=organisation_id)
    organisation.delete()
    log_purge(organisation_id=organisation_id, actor=actor)
    record(
        organisation_id=None,
        actor=actor,
        action="accounts.organisation_deleted",
        subject=("accounts.Organisation", str(organisation_id)),
        data={"name": name},
    )
    folder = settings.PILOTWERK_DATA_DIR / "organisations" / str(organisation_id)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))


@transaction.atomic
def member_invite(
    *, organisation: Organisation, actor: Actor, email: str, role: str, team: str = ""
) -> tuple[Invitation, str]:
    """Invite one person by link. The link is returned once and cannot be read again."""
    if Membership.objects.of(organisation).filter(user__email__iexact=email).exists():
        raise Refused(_("%(email)s is a member already.") % {"email": email})
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email.lower(),
        role=role,
        team=team,
        token_hash=token_hash(token),
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="accounts.member_invited",
        subject=("accounts.Invitation", str(invitation.id)),
        data={"role": role},
        personal={"email": invitation.email},
    )
    return invitation, token


@transaction.atomic
def invitation_withdraw(*, organisation: Organisation, actor: Actor, invitation: Invitation) -> None:
    """The link stops working at once."""
    changed = (
        Invitation.objects.of(organisation)
        .filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
        .update(withdrawn_at=clock.now())
    )
    if changed != 1:
        raise Refused(_("This invitation is used or withdrawn already."))
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="accounts.invitation_withdrawn",
        subject=("accounts.Invitation", str(invitation.id)),
        data={},
        personal={"email": invitation.email},
    )


@transaction.atomic
def invitation_accept(*, invitation: Invitation, user: User) -> Membership:
    """A link is good for one person, once."""
    used = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now()
    ).update(accepted_at=clock.now())
    if used != 1:
        raise Refused(_("This invitation is used, withdrawn or expired. Please ask for a new one."))
    membership, created = Membership.objects.get_or_create(
        organisation=invitation.organisation,
        user=user,
        defaults={"role": invitation.role, "team": invitation.team},
    )
    if created:
        _record_joined(membership)
    return membership


@transaction.atomic
def member_add(
    *, organisation: Organisation, actor: Actor, user: User, role: str, team: str = ""
) -> Membership:
    """Add a person who has an account already (an administrator's command, the sample company)."""
    membership = Membership.objects.create(organisation=organisation, user=user, role=role, team=team)
    _record_joined(membership, actor=actor)
    return membership


def _record_joined(membership: Membership, actor: Actor | None = None) -> None:
    record(
        organisation_id=membership.organisation_id,
        actor=actor or membership.actor,
        action="accounts.member_joined",
        subject=("accounts.Membership", str(membership.id)),
        data={"role": membership.role},
        personal={"member": membership.user.name},
    )


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.of(membership.organisation).filter(role=Role.OWNER)
    if membership.role == Role.OWNER and owners.count() == 1:
        raise Refused(_("An organisation needs at least one managing director. Name another one first."))


@transaction.atomic
def member_change(*, actor: Actor, membership: Membership, role: str, team: str) -> Membership:
    """Role and team may change; the last owner stays owner."""
    before = membership.role
    if role != before:
        _keep_an_owner(membership)
    membership.role, membership.team = role, team
    membership.save(update_fields=["role", "team"])
    record(
        organisation_id=membership.organisation_id,
        actor=actor,
        action="accounts.member_changed",
        subject=("accounts.Membership", str(membership.id)),
        data={"before": before, "after": role, "team": team},
        personal={"member": membership.user.name},
    )
    return membership


@transaction.atomic
def member_remove(*, actor: Actor, membership: Membership) -> None:
    """The person leaves; what they did stays in the audit trail."""
    _keep_an_owner(membership)
    record(
        organisation_id=membership.organisation_id,
        actor=actor,
        action="accounts.member_removed",
        subject=("accounts.Membership", str(membership.id)),
        data={"role": membership.role},
        personal={"member": membership.user.name},
    )
    membership.delete()
