"""The lead recipe's own part of the set-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.pilots.recipes.leads.letters import TEXTS, option
from pilotwerk.pilots.recipes.leads.watching import QUIET_DAYS, TURNS

LABELS = {
    ("de", "first", "subject"): _("First message, German: subject"),
    ("de", "first", "body"): _("First message, German: text"),
    ("de", "again", "subject"): _("Reminder, German: subject"),
    ("de", "again", "body"): _("Reminder, German: text"),
    ("en", "first", "subject"): _("First message, English: subject"),
    ("en", "first", "body"): _("First message, English: text"),
    ("en", "again", "subject"): _("Reminder, English: subject"),
    ("en", "again", "body"): _("Reminder, English: text"),
}
# Working days until the next follow-up, by priority.
DAYS = {"high": 1, "medium": 3, "low": 10}


class LeadsForm(forms.Form):
    """Outcome, rhythm of the follow-ups, and the company's own wording."""

    outcome = forms.CharField(
        label=_("Column that says what became of a lead"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty where it is called outcome, Ergebnis, gewonnen or the like."),
    )
    won = forms.CharField(
        label=_("Value that means won"),
        required=False,
        max_length=200,
        help_text=_("Leave it empty where it is yes, ja, won, gewonnen or 1."),
    )
    days_high = forms.IntegerField(
        label=_("Working days until the next follow-up, high priority"),
        min_value=1,
        max_value=60,
        initial=DAYS["high"],
    )
    days_medium = forms.IntegerField(
        label=_("Working days until the next follow-up, medium priority"),
        min_value=1,
        max_value=60,
        initial=DAYS["medium"],
    )
    days_low = forms.IntegerField(
        label=_("Working days until the next follow-up, low priority"),
        min_value=1,
        max_value=60,
        initial=DAYS["low"],
    )
    quiet_days = forms.IntegerField(
        label=_("Remind after so many working days without anything happening"),
        min_value=1,
        max_value=120,
        initial=QUIET_DAYS,
        help_text=_("Holds where no day was set. Weekends and your public holidays do not count."),
    )
    turns = forms.IntegerField(
        label=_("Messages to one lead at most"), min_value=1, max_value=10, initial=TURNS
    )
    language = forms.ChoiceField(
        label=_("Language where the table names none"), choices=[("de", _("German")), ("en", _("English"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for (language, turn, part), label in LABELS.items():
            usual = TEXTS[language, turn][part == "body"]
            widget = forms.Textarea(attrs={"rows": 7}) if part == "body" else forms.TextInput()
            self.fields[option(language, turn, part)] = forms.CharField(
                label=label, max_length=5000 if part == "body" else 250, initial=usual, widget=widget
            )

    @staticmethod
    def shown(options: dict[str, Any]) -> dict[str, Any]:
        """Stored options as they stand in the form."""
        return dict(options)
