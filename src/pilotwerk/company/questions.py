"""The questions of the company profile, one a page, in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.company.fields import AmountField
from pilotwerk.company.models import WorksCouncil, YesNo

Words = str | Promise


@dataclass(frozen=True)
class ProfileQuestion:
    """A question with its short name, help, the reason for asking, its unit and its form field."""

    id: str
    short: Words
    text: Words
    hint: Words
    why: Words
    field: Callable[[], forms.Field]
    unit: Words = ""


def _cards(choices: list[tuple[str, Any]]) -> forms.Field:
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect)


PROFILE_QUESTIONS = (
    ProfileQuestion(
        "sector",
        _("Sector"),
        _("What does your company do?"),
        _("In a few words, for example: plumbing, heating, air conditioning."),
        _("Your strategy and your register of AI systems name the sector."),
        lambda: forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})),
    ),
    ProfileQuestion(
        "staff",
        _("People"),
        _("How many people work in your company?"),
        _("Count part-time work in proportion: two people at half time are one. A rough number is enough."),
        _("The number decides which relief the law gives to small companies."),
        lambda: AmountField(high=1_000_000, example="48"),
        pgettext_lazy("unit", "people"),
    ),
    ProfileQuestion(
        "turnover",
        _("Turnover a year"),
        _("What was your turnover in the last financial year?"),
        _("In euro, without VAT. A rough figure is enough, for example 8.2 million."),
        _("It decides the size class, together with the number of people and the balance sheet total."),
        lambda: AmountField(example=_("8.2 million")),
        _("euro"),
    ),
    ProfileQuestion(
        "balance",
        _("Balance sheet total"),
        _("What was your balance sheet total?"),
        _("In euro, from the last annual accounts. Without annual accounts, say that you do not know."),
        _("It is enough if either turnover or the balance sheet total stays below the ceiling."),
        lambda: AmountField(example=_("4 million")),
        _("euro"),
    ),
    ProfileQuestion(
        "related",
        _("Related companies"),
        _("Do you belong together with other companies?"),
        _("A parent company, subsidiaries, or shares from 25 per cent in either direction."),
        _("Their people and money count: linked companies in full, partners in proportion to the share."),
        lambda: _cards(
            [(YesNo.YES.value, _("Yes: you enter them next")), (YesNo.NO.value, _("No, we stand alone"))]
        ),
    ),
    ProfileQuestion(
        "works_council",
        _("Works council"),
        _("Do you have a works council?"),
        _("In Austria and Switzerland: a comparable body that represents employees."),
        _("In Germany a works council co-decides on technology that could monitor behaviour or performance."),
        lambda: _cards([(choice.value, choice.label) for choice in WorksCouncil if choice.value]),
    ),
    ProfileQuestion(
        "hourly_cost",
        _("Cost of an hour of work"),
        _("What does an hour of office work cost you?"),
        _("In euro, with contributions and overhead. For example: yearly cost of a post divided by 1,600."),
        _("Saved hours become euros with this figure. Without it, no benefit can be calculated."),
        lambda: AmountField(low=5, high=500, example=_("46.50")),
        _("euro an hour"),
    ),
)


def question_named(name: str) -> ProfileQuestion | None:
    """The question with this id, or None."""
    return next((question for question in PROFILE_QUESTIONS if question.id == name), None)
