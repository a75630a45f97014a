"""What people fill in to stop a pilot, to lower or control it, and for who is away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Membership
from pilotwerk.pilots.forms.choices import offer_categories
from pilotwerk.pilots.models import HumanControl
from pilotwerk.pilots.models.cases import LEVELS


class ReasonForm(forms.Form):
    """A reason in a person's words."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class StopForm(forms.Form):
    """Stopping never demands a reason."""

    reason = forms.CharField(required=False, max_length=1000)


class LowerForm(forms.Form):
    """To which level, for what, and why."""

    level = forms.ChoiceField(choices=LEVELS)
    category = forms.CharField(required=False, max_length=120)
    reason = forms.CharField(max_length=1000)


class AbsenceForm(forms.Form):
    """Who is away from when to when, and who decides instead."""

    member = forms.ChoiceField(label=gettext_lazy("Who is away"))
    deputy = forms.ChoiceField(label=gettext_lazy("Who is told instead"))
    first_day = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        choices = [(key, one.user.name) for key, one in self.people.items()]
        for name in ("member", "deputy"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "member": self.people[data["member"]], "deputy": self.people[data["deputy"]]}


class ControlForm(forms.Form):
    """How people keep control: bound, sample, four eyes, reminders, planted mistakes. Shares in percent."""

    bound = forms.IntegerField(
        label=gettext_lazy("Agreement must be above, in %"),
        min_value=60,
        max_value=99,
        help_text=gettext_lazy("Before a level rises, the decisions must show this beyond chance."),
    )
    sample_share = forms.IntegerField(
        label=gettext_lazy("Random sample, in %"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("So many cases a person still sees when they go out by themselves."),
    )
    amount_limit = forms.DecimalField(
        label=gettext_lazy("Amount in euro or francs"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=gettext_lazy(
            "Above it two people decide. It counts in what came in, in the text and in the lines of an order."
        ),
    )
    four_eyes_confidence = forms.IntegerField(
        label=gettext_lazy("Less sure than, in %"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Below it two people decide."),
    )
    four_eyes_categories = forms.MultipleChoiceField(
        label=gettext_lazy("Categories that two people decide"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    four_eyes_complaints = forms.BooleanField(
        label=gettext_lazy("Two people decide when it reads like a complaint or a legal threat"),
        required=False,
    )
    escalates = forms.BooleanField(
        label=gettext_lazy("Remind of what waits: first the team, then deputies, then the AI lead"),
        required=False,
    )
    remind_hours = forms.IntegerField(
        label=gettext_lazy("Reminder, hours before the deadline"), min_value=1, max_value=72
    )
    lead_hours = forms.IntegerField(
        label=gettext_lazy("AI lead, hours after the deadline"), min_value=1, max_value=72
    )
    planted_share = forms.IntegerField(
        label=gettext_lazy("Planted mistakes, in %"),
        min_value=0,
        max_value=5,
        help_text=gettext_lazy(
            "0 switches them off. Switching them on announces them to everybody who decides; they begin a day "
            "later. They never go out, and no figure about a person is kept."
        ),
    )

    def __init__(self, *args: Any, known: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_categories(self, "four_eyes_categories", known)

    def values(self) -> dict[str, Any]:
        """As the service wants them: shares in 0..1."""
        data = dict(self.cleaned_data)
        data.setdefault("four_eyes_categories", [])
        for name in ("bound", "sample_share", "planted_share", "four_eyes_confidence"):
            data[name] = None if data[name] is None else data[name] / 100
        return data

    @staticmethod
    def initial_for(control: HumanControl) -> dict[str, Any]:
        shares = ("bound", "sample_share", "planted_share", "four_eyes_confidence")
        shown = {name: getattr(control, name) for name in ControlForm.base_fields}
        return shown | {n: None if shown[n] is None else round(shown[n] * 100) for n in shares}
