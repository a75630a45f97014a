"""Reads about the sample company: where it is, who signs in how, and whether it may be here at all."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from pilotwerk.accounts.models import Organisation, User
from pilotwerk.audit.selectors import entries
from pilotwerk.demo.people import CAST, COMPANY, password

LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}


@dataclass(frozen=True)
class SignIn:
    """How one of the cast signs in."""

    name: str
    task: str
    email: str


def sample() -> Organisation | None:
    """The sample company, if it is here."""
    return Organisation.objects.filter(is_sample=True, name=COMPANY).first()


def sign_ins() -> list[SignIn]:
    """The cast with their addresses, in the order of the programme."""
    there = set(User.objects.filter(email__in=[p.email for p in CAST]).values_list("email", flat=True))
    return [SignIn(p.name, p.task, p.email) for p in CAST if p.email in there]


def sign_in_works() -> bool:
    """Whether the printed password still opens the accounts; it does not after a change of the secret key."""
    user = User.objects.filter(email=CAST[0].email).first()
    return user is not None and user.check_password(password())


def may_be_here() -> bool:
    """Only on this machine, unless PILOTWERK_DEMO=on says that strangers may sign in to the sample company."""
    if settings.PILOTWERK_DEMO != "auto":
        return bool(settings.PILOTWERK_DEMO == "on")
    hosts = {urlsplit(settings.PILOTWERK_PUBLIC_URL).hostname or "", *settings.ALLOWED_HOSTS}
    return hosts <= LOOPBACK


def is_first_start() -> bool:
    """Whether nobody has worked with this installation, and nobody has deleted the sample company from it."""
    deleted = entries(None, action="accounts.organisation_deleted")
    by_people = deleted.filter(actor_kind="member", leaf__contains=COMPANY)
    return not Organisation.objects.exists() and not by_people.exists()
