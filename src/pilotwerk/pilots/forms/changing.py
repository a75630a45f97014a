"""What people fill in to change a pilot that runs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from pilotwerk.pilots import recipe
from pilotwerk.pilots.forms.choices import offer_categories
from pilotwerk.pilots.forms.setup import SetupForm
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors import categories, tables_of
from pilotwerk.pilots.services.changing import SETTINGS


class ChangeForm(forms.Form):
    """The fields of the set-up that may change after the start, and the recipe's own ones."""

    def __init__(self, data: Any = None, *, pilot: Pilot) -> None:
        kind = recipe.of(pilot.recipe)
        columns = {role: one.columns for role, one in tables_of(pilot).items()}
        facts = pilot.model_version.facts if pilot.model_version else {}
        maker = kind.options_form(columns, facts) if kind.changeable else None
        initial = {name: getattr(pilot, name) for name in SETTINGS}
        if maker is not None:
            initial |= maker.shown(pilot.options)
        super().__init__(data, initial=initial)
        for name in SETTINGS:
            self.fields[name] = deepcopy(SetupForm.base_fields[name])
        self.fields["deadline_hours"].help_text = gettext_lazy("Counts for cases that come in from now on.")
        offer_categories(self, "urgent_categories", categories(pilot))
        own = maker().fields if maker is not None else {}
        self.own = [name for name in kind.changeable if name in own]
        for name in self.own:
            self.fields[name] = own[name]

    def values(self) -> dict[str, Any]:
        """As the service wants them: settings by name, the recipe's under `options`."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in SETTINGS if name in data},
            "options": {name: data[name] for name in self.own},
        }
