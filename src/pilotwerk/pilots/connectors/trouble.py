"""What can be wrong with a connection, named so that a page can say it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

SENTENCES: Final = {
    "host_unknown": _("There is no server named %(host)s. Check how the name is spelled."),
    "host_private": _(
        "%(host)s lies in a private network, and this installation does not connect there. Whoever runs it can "
        "allow the server in the setting PILOTWERK_ALLOW_PRIVATE_HOSTS."
    ),
    "unreachable": _(
        "%(host)s does not answer at port %(port)s. Check the server's name, the port and the encryption."
    ),
    "certificate": _(
        "The certificate of %(host)s is not valid for this name or was not issued by a known authority (%(why)s). "
        "Enter the name that the certificate carries."
    ),
    "encryption": _(
        "%(host)s does not speak this kind of encryption at port %(port)s. Usual are TLS at 993 and STARTTLS at 143."
    ),
    "sign_in": _(
        "The server refused the sign-in. Check user and password. Many providers ask for an app password of its own."
    ),
    "token": _(
        "The access token could not be renewed: %(why)s. Sign in at the provider again and enter the new token."
    ),
    "folder": _("There is no folder “%(folder)s”. The mailbox has: %(folders)s."),
    "broken_off": _("The connection to %(host)s broke off. It is tried again by itself."),
    "answer": _("%(host)s answered in a way that Pilotwerk does not understand: %(why)s."),
    "smtp_sign_in": _("The mailbox can be read, but the server for sending refused the sign-in (%(host)s)."),
    "gone": _("The connection that this pilot needs was removed. Set up another one."),
    "secret": _("The stored password cannot be read any more. Enter it again."),
}
# Trying these again at once does not help and may lock the account: a person has to change something.
FOR_A_PERSON: Final = frozenset(
    {"host_private", "certificate", "sign_in", "smtp_sign_in", "token", "folder", "secret", "gone"}
)


class Trouble(Exception):
    """A connection that does not work. `code` is one of `SENTENCES`, `values` fill it; never a secret."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = {name: str(value)[:300] for name, value in values.items()}

    def __str__(self) -> str:
        return sentence(self.code, self.values)


def sentence(code: str, values: Mapping[str, str]) -> str:
    """What is wrong and what to do, in the active language; empty for no code."""
    if not code:
        return ""
    return str(SENTENCES[code]) % values
