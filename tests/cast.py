"""The people of every story: one of each role, and an outsider who belongs to another company."""

from dataclasses import dataclass, field

from django.test import Client

from pilotwerk.accounts.models import Membership, Organisation, User
from pilotwerk.accounts.services import member_add, organisation_create
from pilotwerk.audit.domain.actor import Actor

PASSWORD = "ein-langes-Kennwort-1"
NAMES = {
    "owner": "Gerda Chefin",
    "lead": "Lena Leitung",
    "clerk": "Kai Sachbearbeiter",
    "auditor": "Uta Prüferin",
    "employee": "Emil Mitarbeiter",
}


@dataclass
class Cast:
    """An organisation with a member in each role."""

    organisation: Organisation
    other: Organisation
    users: dict[str, User] = field(default_factory=dict)

    def user(self, role: str) -> User:
        return self.users[role]

    def membership(self, role: str) -> Membership:
        return Membership.objects.select_related("user", "organisation").get(
            organisation=self.organisation, user=self.users[role]
        )

    def actor(self, role: str) -> Actor:
        return Actor(kind="member", id=str(self.users[role].pk), name=self.users[role].name)

    def client(self, role: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(self.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


def make_cast() -> Cast:
    """Create both organisations and all people through the services."""
    users = {
        role: User.objects.create_user(f"{role}@probe.example", PASSWORD, name=name)
        for role, name in NAMES.items()
    }
    users["outsider"] = User.objects.create_user("outsider@fremd.example", PASSWORD, name="Otto Fremd")
    organisation = organisation_create(owner=users["owner"], name="Probe GmbH", country="DE", region="SH")
    other = organisation_create(owner=users["outsider"], name="Fremd AG", country="CH", region="ZH")
    cast = Cast(organisation, other, users)
    for role in ("lead", "clerk", "auditor", "employee"):
        member_add(organisation=organisation, actor=cast.actor("owner"), user=users[role], role=role)
    return cast
