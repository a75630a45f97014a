"""Forms of the company room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.company.catalogue import Dimension, check
from pilotwerk.company.fields import AmountField
from pilotwerk.company.models import Account, Tool, YesNo
from pilotwerk.company.questions import ProfileQuestion

UNKNOWN = "unknown"


class ProfileForm(forms.Form):
    """One question of the profile; the button "I do not know" answers it with None."""

    def __init__(self, *args: Any, question: ProfileQuestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = question.field()
        field.label, field.help_text = str(question.text), str(question.hint)
        self.fields["answer"] = field


class RelatedForm(forms.Form):
    """A company that belongs together with ours."""

    name = forms.CharField(label=_("Name of the company"), max_length=120)
    kind = forms.ChoiceField(
        label=_("How do you belong together?"),
        choices=[
            ("linked", _("Linked: more than half of the shares or votes, or control in another way")),
            ("partner", _("Partner: 25 to 50 per cent of the shares or votes")),
        ],
        widget=forms.RadioSelect,
    )
    share = AmountField(
        label=_("Share in percent (partners only)"), low=25, high=50, example="30", required=False
    )
    staff = AmountField(label=_("People"), high=1_000_000, required=False)
    turnover = AmountField(label=_("Turnover a year in euro"), example=_("8.2 million"), required=False)
    balance = AmountField(label=_("Balance sheet total in euro"), example=_("4 million"), required=False)

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        values = dict(self.cleaned_data)
        linked = values.pop("kind") == "linked"
        percent = values["share"]
        return {**values, "linked": linked, "share": None if percent is None else percent / 100}


class DimensionForm(forms.Form):
    """All questions of one dimension of the readiness check. Nothing is preselected at first."""

    def __init__(self, *args: Any, dimension: Dimension, own: dict[str, int | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dimension = dimension
        for question in dimension.questions:
            levels = [(str(level), text.text()) for level, text in enumerate(question.levels)]
            initial = None
            if question.id in own:
                level = own[question.id]
                initial = UNKNOWN if level is None else str(level)
            self.fields[question.slug] = forms.ChoiceField(
                label=question.text.text(),
                choices=[*levels, (UNKNOWN, pgettext_lazy("answer", "I do not know"))],
                widget=forms.RadioSelect,
                initial=initial,
            )

    def levels(self) -> dict[str, int | None]:
        """Question id -> level, None for "I do not know"."""
        chosen = {question.id: self.cleaned_data[question.slug] for question in self.dimension.questions}
        return {name: None if value == UNKNOWN else int(value) for name, value in chosen.items()}


class SurveyForm(forms.Form):
    """All questions of the team survey on one page, so that the answers come in together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = [DimensionForm(*args, dimension=one, own={}) for one in check().dimensions]
        for part in self.parts:
            self.fields |= part.fields

    def sections(self) -> list[dict[str, Any]]:
        """The fields by dimension, for the page."""
        return [
            {"dimension": part.dimension, "fields": [self[name] for name in part.fields]}
            for part in self.parts
        ]

    def levels(self) -> dict[str, int | None]:
        """Question id -> level, None for "I do not know"."""
        chosen = {
            question.id: self.cleaned_data[question.slug]
            for part in self.parts
            for question in part.dimension.questions
        }
        return {name: None if value == UNKNOWN else int(value) for name, value in chosen.items()}


def _cards(label: Any, choices: list[tuple[str, Any]], help_text: Any = "") -> forms.ChoiceField:
    """Choice cards in which the open answer is a card like the others, and the one chosen at first."""
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=[(value or UNKNOWN, text) for value, text in choices],
        widget=forms.RadioSelect,
        initial=UNKNOWN,
    )


class ToolForm(forms.Form):
    """An AI tool in use."""

    name = forms.CharField(label=_("Name of the tool"), max_length=80)
    purpose = forms.CharField(
        label=_("What is it used for?"),
        help_text=_("For example: draft e-mails, translate, summarise meetings."),
        max_length=200,
    )
    team = forms.CharField(
        label=_("Which team uses it?"), help_text=_("Name the team, never a single person."), max_length=80
    )
    personal_data = _cards(_("Do names or other data about people go in?"), YesNo.choices)
    account = _cards(
        _("Which account is used?"),
        Account.choices,
        _("An account that somebody made for themselves is a private one."),
    )
    approved = _cards(_("Has the management approved it?"), YesNo.choices)

    def __init__(self, *args: Any, tool: Tool | None = None, **kwargs: Any) -> None:
        if tool is not None:
            kwargs["initial"] = {name: getattr(tool, name) or UNKNOWN for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        return {name: "" if value == UNKNOWN else value for name, value in self.cleaned_data.items()}
