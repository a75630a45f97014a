"""Laying a use case on a quarter, and the limits of each quarter."""

from typing import Any

from django import forms

from pilotwerk.accounts.models import Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.kpis.catalogue import catalogue
from pilotwerk.roadmap.domain import Quarter
from pilotwerk.roadmap.models import RoadmapItem, RoadmapLimits
from pilotwerk.roadmap.selectors import quarters_offered
from pilotwerk.roadmap.words import quarter_name


class ItemForm(forms.ModelForm[RoadmapItem]):
    """When, measured by what, for how much, and who answers for it."""

    class Meta:
        model = RoadmapItem
        fields = ["quarter", "kpi", "budget", "days", "owner"]

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(quarters_offered(organisation))
        if self.instance.quarter and self.instance.when not in offered:
            offered.insert(0, self.instance.when)
        self.fields["quarter"] = forms.ChoiceField(
            label=self.fields["quarter"].label,
            choices=[(str(quarter), quarter_name(quarter)) for quarter in offered],
        )
        self.fields["kpi"] = forms.ChoiceField(
            label=self.fields["kpi"].label,
            choices=[("", "–"), *((kpi.id, str(kpi.name)) for kpi in catalogue().kpis)],
        )
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = members(organisation)
        owner.required = True
        owner.empty_label = "–"

    def clean_quarter(self) -> str:
        return str(Quarter.parse(self.cleaned_data["quarter"]))


class LimitsForm(forms.ModelForm[RoadmapLimits]):
    """What there is for each quarter."""

    class Meta:
        model = RoadmapLimits
        fields = ["budget", "days"]
