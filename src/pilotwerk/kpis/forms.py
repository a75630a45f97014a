"""The goal form."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.company.fields import AmountField
from pilotwerk.kpis.catalogue import Kpi

UNIT_LABELS = {
    "days": _("Target in days"),
    "hours": _("Target in hours"),
    "minutes": _("Target in minutes"),
    "share": _("Target in percent"),
    "cases": _("Target in cases per week"),
}


class GoalForm(forms.Form):
    """Target, due date and owner of a goal. `target` cleans to the KPI's unit (shares to 0..1)."""

    due = forms.DateField(
        label=_("Until when?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    owner = forms.ModelChoiceField(
        queryset=Membership.objects.none(), label=_("Who looks after it?"), empty_label=_("please choose")
    )

    field_order = ["target", "due", "owner"]

    def __init__(
        self, *args: Any, organisation: Organisation, kpi: Kpi, window: tuple[date, date], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kpi = kpi
        high = 100.0 if kpi.unit == "share" else 1e9
        self.fields["target"] = AmountField(label=UNIT_LABELS[kpi.unit], high=high, example="8")
        self.order_fields(self.field_order)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = members(organisation)
        self.fields["due"].initial = window[1]

    def clean_target(self) -> float:
        target = float(self.cleaned_data["target"])
        return target / 100 if self.kpi.unit == "share" else target
