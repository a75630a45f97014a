"""What people fill in when they decide about a case."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.pilots.models import (
    Closed,
    RejectReason,
)

# Nobody starts the day at midnight: what is put back to a day is in the queue when work begins.
MORNING = time(7, 0)


class RevisionForm(forms.Form):
    """Which proposal the person saw."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ApproveForm(RevisionForm):
    """The proposal with what the person changed in it."""

    body = forms.CharField(required=False, strip=False)
    category = forms.CharField(required=False, max_length=120)


class RejectForm(RevisionForm):
    reason = forms.ChoiceField(choices=RejectReason.choices)
    text = forms.CharField(required=False, max_length=1000)


class AnswerForm(forms.Form):
    """An answer written by hand."""

    body = forms.CharField(required=False, strip=False)
    category = forms.CharField(required=False, max_length=120)


class DeferForm(forms.Form):
    """Until which day; early in the morning at the organisation's place."""

    until = forms.DateField()
    text = forms.CharField(required=False, max_length=1000)

    def moment(self, organisation: Organisation) -> datetime:
        return datetime.combine(self.cleaned_data["until"], MORNING, ZoneInfo(organisation.timezone))


class CloseForm(forms.Form):
    how = forms.ChoiceField(choices=[c for c in Closed.choices if c[0] != Closed.SENT])
    text = forms.CharField(required=False, max_length=1000)


class GiveBackForm(forms.Form):
    text = forms.CharField(required=False, max_length=1000)


class CheckForm(forms.Form):
    """A reviewer's verdict."""

    ok = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("In order")), ("no", gettext_lazy("Not in order"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(required=False, max_length=500)


def tomorrow(organisation: Organisation) -> str:
    """The first day to which a case can be put back, as the date field wants it."""
    return (clock.today(organisation.timezone) + timedelta(days=1)).isoformat()
