"""Forms of the AI register. The classification form is built from the catalogue."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.governance.catalogue import Group, Question, questions
from pilotwerk.governance.models import AISystem
from pilotwerk.portfolio.selectors import usecases

UNKNOWN = "unknown"
NOTHING = "nothing"
DO_NOT_KNOW = pgettext_lazy("answer", "I do not know")


class SystemForm(forms.ModelForm[AISystem]):
    """An entry of the register."""

    class Meta:
        model = AISystem
        fields = ["name", "purpose", "recipe", "provider", "use_case", "responsible", "state"]
        widgets = {"purpose": forms.Textarea({"rows": 3})}
        labels = {"use_case": _("Use case"), "responsible": _("Responsible")}
        help_texts = {
            "recipe": _("Kinds with a recipe in Pilotwerk bring some answers with them."),
            "provider": _("The maker's name. “We ourselves” if you developed it."),
            "use_case": _("The pilot of this use case starts only when its system is classified."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limit("use_case", usecases(organisation))
        self._limit("responsible", members(organisation))

    def _limit(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        field.empty_label = "–"


class ClassifyForm(forms.Form):
    """All questions on one page; "I do not know" is always possible and becomes an open point."""

    def __init__(self, *args: Any, recipe: str, known: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        because = {one.question: one for one in questions().recipes.get(recipe, ())}
        for question in questions().questions:
            proposed = because.get(question.id)
            field = _field(question)
            if proposed is not None:
                field.help_text = _("Proposal from the recipe: %(reason)s") % {"reason": proposed.because}
            if known is not None:
                field.initial = _shown(question, known.get(question.id))
            elif proposed is not None:
                field.initial = proposed.answer
            self.fields[question.id] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in questions().questions:
            ticked = cleaned.get(question.id)
            special = {NOTHING, UNKNOWN} & set(ticked or []) if question.kind == "many" else set()
            if special and len(ticked or []) > 1:
                self.add_error(
                    question.id, _("“None of these” and “I do not know” stand alone. Untick the others.")
                )
        return cleaned

    @property
    def answers(self) -> dict[str, str | list[str] | None]:
        """The answers as the service takes them."""
        return {
            question.id: _answer(self.cleaned_data.get(question.id)) for question in questions().questions
        }

    def groups(self) -> Iterator[tuple[Group, list[tuple[forms.BoundField, Question]]]]:
        """The fields with their questions, group by group."""
        for group in questions().groups:
            yield group, [(self[one.id], one) for one in questions().questions if one.group == group.id]


class DpiaForm(forms.Form):
    """A person's decision on the impact assessment."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (AISystem.Dpia.DONE.value, _("It is carried out")),
            (AISystem.Dpia.NOT_NEEDED.value, _("It is not needed")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason, or where it is kept"), max_length=1000, widget=forms.Textarea({"rows": 2})
    )


class DayForm(forms.Form):
    """The day for which duties are shown."""

    on = forms.DateField(
        label=_("On this day"),
        widget=forms.DateInput({"type": "date", "style": "width:auto;margin:0"}, format="%Y-%m-%d"),
    )


def _field(question: Question) -> forms.Field:
    options = [(option.value, option.text.text()) for option in question.options]
    if question.kind == "one":
        return forms.ChoiceField(
            label=question.text.text(),
            choices=[*options, (UNKNOWN, DO_NOT_KNOW)],
            widget=forms.RadioSelect,
            initial=UNKNOWN,
            error_messages={"required": _("Choose an answer. “I do not know” is one.")},
        )
    return forms.MultipleChoiceField(
        label=question.text.text(),
        choices=[*options, (NOTHING, _("None of these")), (UNKNOWN, DO_NOT_KNOW)],
        widget=forms.CheckboxSelectMultiple,
        initial=[UNKNOWN],
        error_messages={"required": _("Tick what applies, or “None of these”, or “I do not know”.")},
    )


def _shown(question: Question, answer: Any) -> Any:
    """A stored answer as the field shows it."""
    if answer is None:
        return [UNKNOWN] if question.kind == "many" else UNKNOWN
    return answer or [NOTHING]


def _answer(ticked: Any) -> str | list[str] | None:
    """What was ticked as it is stored."""
    if ticked in (None, "", UNKNOWN) or ticked == [UNKNOWN]:
        return None
    if isinstance(ticked, list):
        return [] if ticked == [NOTHING] else ticked
    return str(ticked)
