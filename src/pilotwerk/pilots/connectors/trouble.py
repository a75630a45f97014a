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
    "address": _("“%(address)s” is not an address that can be used. Enter one that begins with https://."),
    "no_https": _(
        "%(host)s is to be reached without https. That is only possible inside the own network, where whoever runs "
        "this installation allows the server in the setting PILOTWERK_ALLOW_PRIVATE_HOSTS."
    ),
    "tls": _("%(host)s does not speak TLS at port %(port)s (%(why)s)."),
    "redirects": _("%(host)s sends on from address to address. Enter the last one."),
    "elsewhere": _("The next page is said to lie at %(host)s, another server. It is not followed."),
    "busy": _("%(host)s asks to come again later (%(status)s). It is tried again by itself."),
    "http_failed": _("%(host)s has a fault (%(status)s). It is tried again by itself."),
    "http_refused": _("%(host)s refused the request (%(status)s). Check the address and the parameters."),
    "token_refused": _("%(host)s refused the access (%(status)s). Check the secret and its rights."),
    "too_large": _("The answer of %(host)s is larger than %(limit)s MB. Ask for smaller pages."),
    "too_many": _("There are more than %(limit)s entries at once. Ask for fewer."),
    "too_many_pages": _("There are more than %(limit)s pages. Ask for larger ones."),
    "not_json": _("%(host)s did not answer in JSON. Check the address."),
    "list_missing": _("The answer of %(host)s holds no list at “%(path)s”."),
    "time_unreadable": _("“%(value)s” in the field %(field)s is no date or time."),
    "not_in_order": _(
        "The entries do not come in the order of %(field)s, oldest first, so some could be lost. Ask for this order "
        "in the address, for example with sort=%(field)s."
    ),
    "database_gone": _("The database connection was deleted under “Processes”. Choose another one."),
    "database": _("The database cannot be used: %(why)s"),
    "column": _("There is no column “%(column)s”. The table has: %(columns)s."),
    "not_growing": _("“%(value)s” in the column %(column)s is not of the kind that was entered."),
    "all_alike": _(
        "More than %(limit)s rows carry the same value in %(column)s. Choose a column that tells rows apart."
    ),
    "table_foreign": _(
        "There is a table %(table)s that this connection did not make. It is not touched; choose another name."
    ),
    "moved": _("The database connection leads elsewhere now. Enter the user and the password again."),
    "folder_unusable": _("The folder %(folder)s cannot be read or written: %(why)s."),
    "file": _("What came cannot be used: %(why)s"),
    "held": _("The pilot was stopped directly before. Nothing was sent."),
    "not_through": _("The connection to %(host)s broke off before the whole message was handed over."),
    "silent": _("The message went to %(host)s, and no answer came within %(seconds)s seconds."),
    "status": _(
        "%(host)s answered with %(status)s. Only an answer from 200 to 299 says that the message was taken."
    ),
    "gone": _("The connection that this pilot needs was removed. Set up another one."),
    "secret": _("The stored password cannot be read any more. Enter it again."),
}
# Trying these again at once does not help and may lock the account: a person has to change something.
FOR_A_PERSON: Final = frozenset(
    {
        "address",
        "all_alike",
        "certificate",
        "column",
        "database_gone",
        "elsewhere",
        "file",
        "folder",
        "gone",
        "host_private",
        "http_refused",
        "list_missing",
        "moved",
        "no_https",
        "not_growing",
        "not_in_order",
        "not_json",
        "redirects",
        "secret",
        "sign_in",
        "smtp_sign_in",
        "table_foreign",
        "time_unreadable",
        "token",
        "token_refused",
        "too_large",
        "too_many",
        "too_many_pages",
    }
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
