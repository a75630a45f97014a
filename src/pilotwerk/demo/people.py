"""The people of the sample company. All of them are invented, and so are their addresses."""

import hmac
from dataclasses import dataclass

from django.conf import settings

from pilotwerk.core.permissions import Role

COMPANY = "Nordlicht Haustechnik GmbH"
DOMAIN = "beispiel.example"
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Person:
    """One of the cast. `key` is how the story calls them."""

    key: str
    name: str
    role: Role
    team: str
    task: str

    @property
    def email(self) -> str:
        """The address to sign in with; `beispiel.example` belongs to nobody and never will."""
        plain = self.name.lower().removeprefix("dr. ").replace(" ", ".")
        return f"{plain.translate(_PLAIN)}@{DOMAIN}"


CAST = (
    Person("maren", "Maren Petersen", Role.OWNER, "Geschäftsführung", "Geschäftsführerin"),
    Person("jana", "Jana Lorenz", Role.LEAD, "Büroleitung", "KI-Verantwortliche"),
    Person("tobias", "Tobias Krüger", Role.CLERK, "Kundendienst", "Sachbearbeiter"),
    Person("svenja", "Svenja Hansen", Role.CLERK, "Kundendienst", "Sachbearbeiterin"),
    Person("aylin", "Aylin Demir", Role.CLERK, "Kundendienst", "Sachbearbeiterin"),
    Person("nils", "Nils Brodersen", Role.CLERK, "Kundendienst", "Sachbearbeiter"),
    Person("kirsten", "Kirsten Hoff", Role.CLERK, "Kundendienst", "Sachbearbeiterin"),
    Person("ute", "Dr. Ute Behrens", Role.AUDITOR, "Datenschutz", "Datenschutzbeauftragte"),
    Person("soenke", "Sönke Reimers", Role.EMPLOYEE, "Betriebsrat", "Betriebsratsvorsitzender"),
    Person("paula", "Paula Steffen", Role.EMPLOYEE, "Montage", "Monteurin"),
)
CLERKS = tuple(person for person in CAST if person.role is Role.CLERK)


def password() -> str:
    """The password of the sample company's people on this installation.

    Derived from the installation's secret key: nothing is stored in clear, every start can print it, and no two
    installations share it.
    """
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"pilotwerk sample company", "sha256")
    word = "".join(letters[byte % len(letters)] for byte in digest[:12])
    return f"beispiel-{word[:4]}-{word[4:8]}-{word[8:]}"
