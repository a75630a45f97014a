"""Reads about organisations and people."""

import hashlib

from django.db.models import QuerySet

from pilotwerk.accounts.models import Invitation, Membership, Organisation, User


def membership_find(*, user: User, slug: str) -> Membership | None:
    """The membership of this person in the organisation with this address part, or None."""
    return (
        Membership.objects.select_related("organisation", "user")
        .filter(user=user, organisation__slug=slug, user__is_active=True)
        .first()
    )


def organisations_of(*, user: User) -> QuerySet[Membership]:
    """The person's memberships, by name of the organisation."""
    return Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name")


def members(organisation: Organisation) -> QuerySet[Membership]:
    """All members, by name."""
    return Membership.objects.of(organisation).select_related("user").order_by("user__name")


def invitations_open(organisation: Organisation) -> list[Invitation]:
    """Invitations whose link still works, newest first."""
    return [invitation for invitation in Invitation.objects.of(organisation) if invitation.is_open]


def token_hash(token: str) -> str:
    """What is kept of a secret link."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_token(token: str) -> Invitation | None:
    """The open invitation with this token, or None."""
    found = Invitation.objects.select_related("organisation").filter(token_hash=token_hash(token)).first()
    return found if found and found.is_open else None
