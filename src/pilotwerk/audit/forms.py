"""The search on the audit trail's page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.audit import registry, selectors


class SearchForm(forms.Form):
    """What, who, when. All of it may be left out."""

    text = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=100)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From this day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Up to this day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )

    def __init__(self, organisation_id: UUID, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [registry.known(name) for name in selectors.actions(organisation_id)]
        names = sorted(((action.name, action.pattern) for action in known), key=lambda row: row[1])
        self._choose("action", [("", _("everything")), *names])
        self._choose("person", [("", _("everybody")), *selectors.actors(organisation_id)])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def criteria(self) -> dict[str, Any]:
        """What `selectors.entries` takes; nothing while something is wrong."""
        if not self.is_valid():
            return {}
        given = self.cleaned_data
        return {
            "text": given["text"],
            "action": given["action"],
            "actor_id": given["person"],
            "since": _midnight(given["since"]),
            "until": _midnight(given["until"] and given["until"] + timedelta(days=1)),
        }


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, timezone.get_current_timezone()) if day else None
