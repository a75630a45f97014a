"""When the sample company is deleted, its people's accounts go with it: nobody keeps a sign-in that was printed."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.demo.people import CAST


@receiver(post_delete, sender=Organisation, dispatch_uid="demo.people_leave")
def people_leave(instance: Organisation, **_signal: Any) -> None:
    """Remove the cast's accounts, but for a person who has joined another organisation meanwhile."""
    if instance.is_sample:
        addresses = [person.email for person in CAST]
        User.objects.filter(email__in=addresses, memberships=None).delete()
