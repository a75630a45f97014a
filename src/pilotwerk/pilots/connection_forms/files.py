"""What people fill in for a folder of files."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.connection_forms.base import ConnectionForm, Group
from pilotwerk.pilots.models import Connection, ConnectionKind

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")


class FilesForm(ConnectionForm):
    """A folder below the one that the installation sets aside."""

    GROUPS = (Group(gettext_lazy("The folder"), ("name", "folder", "format", "lists")),)
    folder = forms.CharField(
        label=gettext_lazy("Name of the folder"),
        max_length=60,
        help_text=gettext_lazy(
            "It is made when the connection is tested. Files in its part “in” are read, tables are written into “out”."
        ),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Tables are written as"),
        choices=[
            ("xlsx", gettext_lazy("Excel (.xlsx)")),
            ("csv_de", gettext_lazy("CSV with semicolons and decimal commas")),
            ("csv_en", gettext_lazy("CSV with commas and decimal points")),
        ],
        initial="xlsx",
    )

    lists = forms.ChoiceField(
        label=gettext_lazy("Written is"),
        choices=[
            ("case", gettext_lazy("one file for each case, as for orders")),
            ("day", gettext_lazy("one list a day, as for follow-ups")),
        ],
        initial="case",
        widget=forms.RadioSelect,
    )

    def clean_folder(self) -> str:
        name: str = self.cleaned_data["folder"].strip()
        if not _NAME.match(name):
            raise forms.ValidationError(_("Use letters, digits, _ and -, for example orders."))
        others = Connection.objects.of(self.organisation).filter(
            kind=ConnectionKind.FILES, settings__folder=name
        )
        if self.connection is not None:
            others = others.exclude(pk=self.connection.pk)
        if others.exists():
            raise forms.ValidationError(_("Another connection uses this folder already."))
        return name

    def values(self) -> dict[str, Any]:
        """The folder stands where other kinds name their server: the audit trail says where a connection leads."""
        found = super().values()
        found["settings"]["host"] = found["settings"]["folder"]
        return found
