"""Connections put into words: where each leads, what its test does, and what it showed. Never a secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots import execution, folders
from pilotwerk.pilots.models import Connection, ConnectionKind
from pilotwerk.web.templatetags.pw import moment

STATE_SIGNS: Final = {"ok": "ok", "broken": "bad", "untested": "open"}

# What a kind of connection is for, as the page for choosing one says it.
OFFERED: Final[list[tuple[str, str | Promise, str | Promise]]] = [
    (
        ConnectionKind.MAILBOX.value,
        gettext_lazy("Requests come in by e-mail, answers go out in their thread."),
        gettext_lazy("comes in and goes out"),
    ),
    (
        ConnectionKind.REST.value,
        gettext_lazy("Requests, leads, stock or figures come from a program that answers in JSON."),
        gettext_lazy("comes in"),
    ),
    (
        ConnectionKind.SQL.value,
        gettext_lazy(
            "Requests, leads, stock or figures come from a table of your database. It is only read."
        ),
        gettext_lazy("comes in"),
    ),
    (
        ConnectionKind.FILES.value,
        gettext_lazy("Leads or stock come as CSV or Excel files, and decided cases are written as such."),
        gettext_lazy("comes in and goes out"),
    ),
    (
        ConnectionKind.WEBHOOK.value,
        gettext_lazy("Each decided case is sent to a program of yours, with a signature."),
        gettext_lazy("goes out"),
    ),
    (
        ConnectionKind.SQL_TABLE.value,
        gettext_lazy("Each decided case becomes a row of a table that Pilotwerk makes for it."),
        gettext_lazy("goes out"),
    ),
]

_TESTS: Final = {
    ConnectionKind.MAILBOX.value: gettext_lazy(
        "Pilotwerk signs in, shows the newest mails and signs in to the server for sending. "
        "It stores and sends nothing."
    ),
    ConnectionKind.REST.value: gettext_lazy(
        "Pilotwerk fetches the first answer and shows its entries as they would be taken. It stores nothing."
    ),
    ConnectionKind.SQL.value: gettext_lazy(
        "Pilotwerk reads the first rows and shows them as they would be taken. It stores nothing."
    ),
    ConnectionKind.FILES.value: gettext_lazy(
        "Pilotwerk makes the folder where it is missing, shows which files wait in it and tries whether it can write."
    ),
    ConnectionKind.WEBHOOK.value: gettext_lazy(
        "Pilotwerk sends one signed message of the type “test”, without any data of a case."
    ),
    ConnectionKind.SQL_TABLE.value: gettext_lazy(
        "Pilotwerk makes its table where it is missing, and counts its rows. It writes no row."
    ),
}
# Headings of the table that a test shows; what is not listed is a column of the company's own.
HEADINGS: Final = {
    "id": gettext_lazy("Number"),
    "received": gettext_lazy("Received"),
    "sender": gettext_lazy("From"),
    "subject": gettext_lazy("Subject"),
    "text": gettext_lazy("Text"),
    "file": gettext_lazy("File"),
    "bytes": gettext_lazy("Bytes"),
    "type": gettext_lazy("Type"),
    "answer": gettext_lazy("Answer"),
    "table": gettext_lazy("Table"),
    "rows": gettext_lazy("Rows"),
}


def connection_facts(connection: Connection) -> dict[str, Any]:
    """A connection for the page: its state as sign and word, what is wrong, and where it leads. No secret."""
    return {
        "row": connection,
        "sign": STATE_SIGNS[connection.state],
        "problem": execution.problem_sentence(connection),
        "address": _address(connection),
        "lead": _lead(connection),
        "test": _TESTS[connection.kind],
        "is_mailbox": connection.kind == ConnectionKind.MAILBOX,
    }


def _address(connection: Connection) -> str:
    """Where it leads, in a few signs."""
    settings = connection.settings
    if connection.kind == ConnectionKind.MAILBOX:
        return str(settings.get("address", ""))
    if connection.kind == ConnectionKind.FILES:
        return str(settings.get("folder", ""))
    if connection.kind in (ConnectionKind.SQL, ConnectionKind.SQL_TABLE):
        return str(settings.get("database_name", ""))
    return str(settings.get("host", ""))


def _lead(connection: Connection) -> str:
    """What comes or goes over it, in a sentence."""
    settings = connection.settings
    values = {
        "where": _address(connection),
        "host": settings.get("host", ""),
        "folder": settings.get("folder", ""),
        "minutes": settings.get("minutes", 0),
        "table": f"pilotwerk_{settings.get('table', '')}",
    }
    kind = connection.kind
    if kind == ConnectionKind.MAILBOX:
        read = _("%(where)s, folder %(folder)s on %(host)s.") % values
        drafts = settings.get("answers") == "drafts"
        # Not inside an f-string: the texts there are not found by the tool that extracts them.
        sent = _("Answers are saved as drafts.") if drafts else _("Answers are sent.")
        return f"{read} {sent}"
    if kind == ConnectionKind.FILES:
        path = folders.exchange(connection)
        return _("Files in “in” are read, tables are written into “out”, both below %(path)s.") % {
            "path": path
        }
    if kind == ConnectionKind.WEBHOOK:
        return _("Decided cases go to %(host)s, each with a signature.") % values
    if kind == ConnectionKind.SQL_TABLE:
        return _("Decided cases become rows of the table %(table)s in the database %(where)s.") % values
    if settings.get("use") == "rows":
        return _("Rows of a table come from %(where)s, looked at every %(minutes)s minutes.") % values
    return _("Requests come from %(where)s, looked at every %(minutes)s minutes.") % values


def look_table(
    columns: tuple[str, ...], values: tuple[tuple[str, ...], ...], connection: Connection
) -> list[list[tuple[str, str]]]:
    """The rows that a test showed, each value with its heading: ours in the reader's language, the company's own as
    they are.
    """
    rows = connection.settings.get("use") == "rows"
    own = connection.kind in (ConnectionKind.REST, ConnectionKind.SQL) and rows
    heads = [name if own else str(HEADINGS.get(name, name)) for name in columns]
    return [
        [
            (head, value if own else _shown(name, value))
            for head, name, value in zip(heads, columns, row, strict=True)
        ]
        for row in values
    ]


def _shown(name: str, value: str) -> str:
    return moment(datetime.fromisoformat(value)) if name == "received" and value else value
