"""Fields that the forms of systems with entries share: what the entries are, and which of their fields mean what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.connection_forms.base import ConnectionForm, Group

COLUMNS_MOST: Final = 100


class EntriesForm(ConnectionForm):
    """Entries that become requests, or rows of a table."""

    LINES = frozenset({"columns"})
    NEEDED: Mapping[str, tuple[str, str]] = MappingProxyType(
        {"id_field": ("use", "requests"), "text_field": ("use", "requests")}
    )
    REQUESTS = Group(
        gettext_lazy("For requests: which field holds what"),
        ("text_field", "subject_field", "sender_name_field", "sender_address_field"),
        ("use", "requests"),
    )
    ROWS = Group(gettext_lazy("For rows of a table: its columns"), ("columns",), ("use", "rows"))

    use = forms.ChoiceField(
        label=gettext_lazy("What the entries are"),
        choices=[
            ("requests", gettext_lazy("requests that are answered")),
            ("rows", gettext_lazy("rows of a table: leads, items with their stock, figures of a report")),
        ],
        initial="requests",
        widget=forms.RadioSelect,
    )
    id_field = forms.CharField(
        label=gettext_lazy("Field with the entry's number"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("By this an entry is known again; it must never change."),
    )
    time_field = forms.CharField(
        label=gettext_lazy("Field with date and time"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "When it came in or was changed. Requests from before the pilot are left out by it."
        ),
    )
    text_field = forms.CharField(label=gettext_lazy("Text"), required=False, max_length=200)
    subject_field = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=200)
    sender_name_field = forms.CharField(label=gettext_lazy("Sender's name"), required=False, max_length=200)
    sender_address_field = forms.CharField(
        label=gettext_lazy("Sender's e-mail address"), required=False, max_length=200
    )
    columns = forms.CharField(
        label=gettext_lazy("Column = field, one a line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "For example: Bestand = stock.quantity. Left empty, the columns are called like the fields."
        ),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes from one look to the next"), min_value=1, max_value=1440, initial=5
    )
    backlog_days = forms.IntegerField(
        label=gettext_lazy("Days before the pilot's start"),
        min_value=0,
        max_value=365,
        initial=0,
        help_text=gettext_lazy("0 means: only what comes in after the start, where a date is known."),
    )

    def shown(self, settings: dict[str, Any]) -> dict[str, Any]:
        pairs = settings.get("columns") or []
        return {**settings, "columns": "\n".join(f"{name} = {field}" for name, field in pairs)}

    def clean_columns(self) -> list[list[str]]:
        """Pairs of column and field."""
        pairs: list[list[str]] = []
        for number, line in enumerate(self.cleaned_data["columns"].splitlines(), start=1):
            if not line.strip():
                continue
            name, equal, field = (part.strip() for part in line.rpartition("="))
            if not equal or not name or not field:
                raise forms.ValidationError(
                    _("Line %(number)s: enter a column, an equals sign and a field.") % {"number": number}
                )
            if name in [known for known, _field in pairs]:
                raise forms.ValidationError(
                    _("Line %(number)s: the column “%(name)s” was named before.")
                    % {"number": number, "name": name}
                )
            pairs.append([name[:200], field[:200]])
        if len(pairs) > COLUMNS_MOST:
            raise forms.ValidationError(_("At most %(most)s columns can be named.") % {"most": COLUMNS_MOST})
        return pairs
