"""Forms of the plan."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.journey import selectors
from pilotwerk.journey.domain import gates as rules
from pilotwerk.journey.domain.schedule import PHASES
from pilotwerk.journey.models import Task

PASS_GATE = _("Pass: the next phase begins")
PASS_LAST_GATE = _("Pass: the programme is complete")
HOLD_AND_STOP = [
    (rules.Decision.HOLD.value, _("Hold: the phase goes on, and we decide again later")),
    (rules.Decision.STOP.value, _("Stop: the programme ends here")),
]
FARTHEST_DAYS = 366
OVERRIDE = "override-"


class DateInput(forms.DateInput):
    """The browser's date picker; it wants ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StartForm(forms.Form):
    """The first day of the 90."""

    start = forms.DateField(
        label=_("First day"),
        help_text=_("Often a Monday. You can move it until gate 1 is decided."),
        widget=DateInput,
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = selectors.today(organisation)
        self.fields["start"].initial = self.today

    def clean_start(self) -> Any:
        start = self.cleaned_data["start"]
        if abs((start - self.today).days) > FARTHEST_DAYS:
            raise forms.ValidationError(_("Choose a day within one year from today."))
        return start


class MoveForm(StartForm):
    """Another first day, with the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class TaskForm(forms.Form):
    """Who does a task, and until when."""

    owner = forms.ModelChoiceField(label=_("Who"), queryset=Membership.objects.none(), empty_label=None)
    due = forms.DateField(label=_("Until"), widget=DateInput)
    reason = forms.CharField(label=_("Reason for the change"), max_length=500)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"owner": task.owner_id, "due": task.due})
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = members(task.organisation)


class ReasonForm(forms.Form):
    """A reason in one line."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class GateForm(forms.Form):
    """The decision at a gate; every criterion that is not met has a field for the reason to pass all the same."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason for the decision"),
        help_text=_("It stands in the audit trail and in the final report."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, row: selectors.GateRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passing = PASS_LAST_GATE if row.gate.number == len(PHASES) else PASS_GATE
        decision = self.fields["decision"]
        assert isinstance(decision, forms.ChoiceField)
        decision.choices = [(rules.Decision.PASS.value, passing), *HOLD_AND_STOP]
        self.unmet = rules.unmet(row.results)
        for criterion in row.criteria:
            if criterion.id in self.unmet:
                self.fields[OVERRIDE + criterion.id] = forms.CharField(
                    label=_("Why pass although “%(criterion)s” is not met?") % {"criterion": criterion.title},
                    help_text=_("Only needed if you pass."),
                    required=False,
                    max_length=500,
                )

    @property
    def overridden(self) -> dict[str, str]:
        """Reasons by criterion, only those that were given."""
        given = {name: self.cleaned_data.get(OVERRIDE + name, "") for name in self.unmet}
        return {name: reason for name, reason in given.items() if reason.strip()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == rules.Decision.PASS:
            for name in self.unmet:
                if not cleaned.get(OVERRIDE + name, "").strip():
                    self.add_error(OVERRIDE + name, _("Write down why this may stay open, or hold the gate."))
        return cleaned


def default_start(organisation: Organisation) -> Any:
    """The coming Monday, or today if it is one."""
    today = selectors.today(organisation)
    return today + timedelta(days=(7 - today.weekday()) % 7)
