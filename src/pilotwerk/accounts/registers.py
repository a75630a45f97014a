"""What this room hears: sign-ins belong into the audit trail."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record


@receiver(user_logged_in)
def _signed_in(sender: Any, user: Any, **kwargs: Any) -> None:
    """Kept in the installation's log: at this moment no organisation is chosen yet."""
    with transaction.atomic():
        record(
            organisation_id=None,
            actor=Actor(kind="member", id=str(user.pk), name=user.name),
            action="accounts.signed_in",
            subject=("accounts.User", str(user.pk)),
            data={},
        )
