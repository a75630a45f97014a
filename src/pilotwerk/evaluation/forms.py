"""Assumptions, learnings and the decision."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.evaluation.models import CHOICES, Learning, RoiAssumptions

BANDS = ("running", "one_off")
ESTIMATES = ("cautious", "middle", "favourable")


class AssumptionsForm(forms.ModelForm[RoiAssumptions]):
    """What the return is worked out with. Three estimates for costs, cautious first."""

    class Meta:
        model = RoiAssumptions
        fields = [
            "cases_per_year",
            "cases_basis",
            "ai_percent",
            "euro_per_hour",
            "wage_basis",
            "realisation_percent",
            *(f"running_{name}" for name in ESTIMATES),
            "running_basis",
            *(f"one_off_{name}" for name in ESTIMATES),
            "one_off_basis",
        ]
        help_texts = {
            "cases_per_year": gettext_lazy("All cases of the process, with and without AI."),
            "cases_basis": gettext_lazy("For example: order statistics 2025."),
            "ai_percent": gettext_lazy("For example 80, if one case in five stays with people alone."),
            "euro_per_hour": gettext_lazy("Wage with all additional costs, for example 46."),
            "wage_basis": gettext_lazy("For example: payroll, average of the team with additional costs."),
            "realisation_percent": gettext_lazy(
                "Saved minutes are money only where they are used. Often 50."
            ),
            "running_cautious": gettext_lazy("The highest amount that you expect."),
            "running_favourable": gettext_lazy("The lowest amount that you expect."),
            "running_basis": gettext_lazy("For example: support, server, model, checks."),
            "one_off_cautious": gettext_lazy("The highest amount that you expect."),
            "one_off_favourable": gettext_lazy("The lowest amount that you expect."),
            "one_off_basis": gettext_lazy("For example: set-up, training, working hours until day 90."),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for band in BANDS:
            amounts = [data.get(f"{band}_{name}") for name in ESTIMATES]
            known = [amount for amount in amounts if amount is not None]
            if len(known) == len(amounts) and known != sorted(known, reverse=True):
                self.add_error(
                    f"{band}_middle",
                    _("Enter the highest amount as cautious, the lowest as favourable, this one in between."),
                )
        return data


class LearningForm(forms.ModelForm[Learning]):
    """One thing that the next pilot should know."""

    class Meta:
        model = Learning
        fields = ["topic", "observation", "consequence"]
        widgets = {
            "observation": forms.Textarea(attrs={"rows": 2}),
            "consequence": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ChoiceField)
        topic.choices = [("", _("please choose")), *Learning.Topic.choices]


class DecisionForm(forms.Form):
    """Scale, change or stop. Nothing is chosen beforehand."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What should happen with the pilot?"), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason for the decision"),
        help_text=gettext_lazy("It is printed in the strategy and kept in the audit trail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explained = {
            "scale": _("Use it for all cases. Needs evidence of grade A or B, and nothing may be worse."),
            "change": _("Go on with changes, for example without one category."),
            "stop": _("End the pilot. Learnings, records and audit trail stay."),
        }
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (value, format_html("{}<small>{}</small>", label, explained[value])) for value, label in CHOICES
        ]
