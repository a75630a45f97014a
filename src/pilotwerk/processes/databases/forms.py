"""Forms for connections to databases and for the query that is imported."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.processes.databases.address import Dialect, dialects
from pilotwerk.processes.models import DatabaseConnection, Process


class ConnectionForm(forms.ModelForm[DatabaseConnection]):
    """Where the database is. The password is written only: the field is always empty."""

    new_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Is kept encrypted and never shown again. Leave empty to keep the present one."),
    )

    class Meta:
        model = DatabaseConnection
        fields = ["name", "dialect", "host", "port", "database", "username"]
        help_texts = {
            "database": _("For SQLite: the name of the file in the folder for it."),
            "port": _("Leave empty for the usual one."),
            "username": _("Best a user who may only read, and only the tables that are needed."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dialects()
        self.fields["dialect"].choices = [one for one in Dialect.choices if one[0] in known]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the service takes, without the name of the password's field."""
        found = dict(self.cleaned_data)
        return found | {"password": found.pop("new_password")}

    def _post_clean(self) -> None:
        """The row is written by the service; a form that fails must not leave half of it in memory."""


class QueryForm(forms.Form):
    """Which connection, and which table or SELECT."""

    connection = forms.ModelChoiceField(queryset=DatabaseConnection.objects.none(), label=_("Database"))
    query = forms.CharField(
        label=_("Table or SELECT"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "The name of a table, or one SELECT. Only reading is possible; nothing is changed there."
        ),
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = DatabaseConnection.objects.of(organisation)
        self.fields["connection"].queryset = rows  # type: ignore[attr-defined]
        self.fields["connection"].empty_label = _("please choose")  # type: ignore[attr-defined]


class NewProcessQueryForm(QueryForm):
    """A new process with its first query."""

    name = forms.CharField(
        label=_("Name of the process"),
        max_length=Process._meta.get_field("name").max_length,
        help_text=_("As people call it, for example: customer requests by e-mail."),
    )
    field_order = ["name", "connection", "query"]
