"""What people fill in for a database that is read, and for a table of our own in one."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.connection_forms.base import ConnectionForm, Group, secret_field
from pilotwerk.pilots.connection_forms.entries import EntriesForm
from pilotwerk.pilots.hosts import server_of
from pilotwerk.processes.databases.selectors import connection_list
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.select import checked_select
from pilotwerk.processes.models import DatabaseConnection
from pilotwerk.processes.texts import unreadable

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}$")


class _DatabaseForm(ConnectionForm):
    """A database that is known under "Process"."""

    database = forms.ModelChoiceField(
        queryset=DatabaseConnection.objects.none(),
        label=gettext_lazy("Database"),
        help_text=gettext_lazy("Databases are set up under “Processes”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["database"]
        field.queryset = connection_list(self.organisation)  # type: ignore[attr-defined]
        field.empty_label = _("please choose")  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        found = super().values()
        row: DatabaseConnection = found["settings"]["database"]
        host = row.host or row.database
        found["settings"] |= {"database": str(row.pk), "host": host, "database_name": row.name}
        return found


class SqlForm(_DatabaseForm, EntriesForm):
    """Which table or query, and how it goes on."""

    LINES = frozenset({"columns", "query"})
    NEEDED = MappingProxyType({**EntriesForm.NEEDED, "growing": ("use", "requests")})
    GROUPS = (
        Group(gettext_lazy("The table"), ("name", "database", "query")),
        Group(gettext_lazy("What comes"), ("use", "id_field", "time_field")),
        EntriesForm.REQUESTS,
        EntriesForm.ROWS,
        Group(
            gettext_lazy("How it goes on"),
            ("growing", "growing_kind", "overlap", "minutes", "backlog_days"),
        ),
    )
    query = forms.CharField(
        label=gettext_lazy("Table or SELECT"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "The name of a table, or one SELECT. It is only read; nothing is changed there."
        ),
    )
    growing = forms.CharField(
        label=gettext_lazy("Column that only grows"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "A running number, or when a row was changed. By it only what is new is read. For stock and other whole "
            "tables leave it empty."
        ),
    )
    growing_kind = forms.ChoiceField(
        label=gettext_lazy("It holds"),
        choices=[("time", gettext_lazy("date and time")), ("number", gettext_lazy("a number"))],
        initial="time",
    )
    overlap = forms.IntegerField(
        label=gettext_lazy("Overlap, in minutes or numbers"),
        min_value=0,
        max_value=100_000,
        initial=10,
        help_text=gettext_lazy("So much is read again, since rows may appear late. Nothing doubles by it."),
    )

    def clean_query(self) -> str:
        query: str = self.cleaned_data["query"].strip()
        row = self.cleaned_data.get("database")
        if row is not None:
            try:
                checked_select(query, row.dialect)
            except Unreadable as error:
                raise forms.ValidationError(unreadable(error)) from None
        return query


class SqlTableForm(_DatabaseForm):
    """In which database Pilotwerk makes its table, and as whom it writes."""

    SECRETS = ("password",)
    GROUPS = (
        Group(gettext_lazy("The table"), ("name", "database", "table")),
        Group(gettext_lazy("Who writes"), ("user", "password")),
    )
    table = forms.CharField(
        label=gettext_lazy("Name of the table, after pilotwerk_"),
        max_length=40,
        initial="answers",
        help_text=gettext_lazy(
            "Pilotwerk makes this table when the connection is tested, and writes into no other one. Each decided case "
            "is one row."
        ),
    )
    user = forms.CharField(
        label=gettext_lazy("User who may make and fill this table"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Left empty, the user of the database connection writes."),
    )
    password = secret_field(gettext_lazy("Password"))

    def clean_table(self) -> str:
        name: str = self.cleaned_data["table"].strip()
        if not _NAME.match(name):
            raise forms.ValidationError(_("Use small letters, digits and _, for example answers_2026."))
        return name

    def values(self) -> dict[str, Any]:
        """With the server for which user and password were entered."""
        row: DatabaseConnection = self.cleaned_data["database"]
        found = super().values()
        found["settings"]["place"] = server_of(row)
        return found
