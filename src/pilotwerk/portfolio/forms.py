"""Forms of the portfolio: add, assess, decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.fields import AmountField, plain_number
from pilotwerk.portfolio import presenting, words
from pilotwerk.portfolio.catalogue import risk_catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.potential import INPUTS, MEASURED_ONLY, OPTIONAL, SHARES
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.models import Recipe, UseCase
from pilotwerk.portfolio.selectors import Known
from pilotwerk.portfolio.suggesting import Suggestion
from pilotwerk.processes.models import Process
from pilotwerk.processes.selectors import process_list

UNKNOWN = "unknown"


class UseCaseForm(forms.Form):
    """Name, description, process and kind of a use case."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("What should AI do, and who decides?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    process = forms.ModelChoiceField(
        queryset=Process.objects.none(),
        label=gettext_lazy("In which process?"),
        help_text=gettext_lazy("An imported process brings measured figures instead of estimates."),
        empty_label=gettext_lazy("not imported yet"),
        required=False,
    )
    recipe = forms.ChoiceField(
        label=gettext_lazy("Kind of pilot"), choices=Recipe.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        process = self.fields["process"]
        assert isinstance(process, forms.ModelChoiceField)
        process.queryset = process_list(organisation)


class RangeWidget(forms.MultiWidget):
    """Three small fields: low, likely, high."""

    template_name = "portfolio/widgets/range.html"
    use_fieldset = False

    def __init__(self, label: str) -> None:
        names = (_("at least"), _("likely"), _("at most"))
        inputs = [
            forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "aria-label": f"{label}: {name}"}
            )
            for name in names
        ]
        super().__init__(inputs)
        self.names = names

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, word in zip(context["widget"]["subwidgets"], self.names, strict=True):
            part["word"] = word
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else ""

    def decompress(self, value: Range | None) -> list[Any]:
        if value is None:
            return [None, None, None]
        return [plain_number(end) for end in (value.low, value.likely, value.high)]


class RangeField(forms.MultiValueField):
    """Low, likely and high of one input; cleans to a Range, or None where all three are empty."""

    def __init__(self, *, label: str, high: float, example: str, **kwargs: Any) -> None:
        parts = [AmountField(high=high, example=example, required=False) for _end in range(3)]
        super().__init__(parts, label=label, widget=RangeWidget(label), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[float | None]) -> Range | None:
        known = [value for value in data_list if value is not None]
        if not known:
            return None
        if len(known) < 3:
            raise forms.ValidationError(_("Fill in all three fields, or none."))
        low, likely, high = known
        if not low <= likely <= high:
            raise forms.ValidationError(_("“at least” must not exceed “likely”, nor “likely” “at most”."))
        return Range(low, likely, high)


HELP = {
    "cases_per_year": gettext_lazy("How many cases of this kind come in a year?"),
    "minutes_per_case": gettext_lazy("Only the work itself, without waiting."),
    "hourly_cost": gettext_lazy("In euro, with contributions and overhead."),
    "automatable_share": gettext_lazy("In percent of all cases. The rest is done as before."),
    "review_minutes": gettext_lazy("A person checks every proposal. This time is subtracted."),
    "realisation_factor": gettext_lazy("In percent. Saved minutes only count where other work fills them."),
    "avoided_error_cost": gettext_lazy("In euro a year. 0 if you do not know of any."),
    "setup_cost": gettext_lazy("In euro: set-up, training, time of your people."),
    "running_cost": gettext_lazy("In euro a year: licences, operation, care."),
    "added_margin": gettext_lazy("In euro a year. 0 if you do not expect more orders."),
}


ASKED = tuple(name for name in INPUTS if name not in MEASURED_ONLY)


class AssessForm(forms.Form):
    """All inputs and risk questions of a use case. Known inputs may stay empty: the measured value counts.

    What is suggested is filled in with its source; who sends the form confirms it.
    """

    def __init__(
        self,
        *args: Any,
        use_case: UseCase,
        known: dict[str, Known],
        suggested: dict[str, Suggestion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        catalogue = usecase_catalogue()
        entry = catalogue.find(use_case.template or use_case.recipe)
        defaults = catalogue.inputs_of(entry) if entry else {}
        for name in ASKED:
            field = RangeField(
                label=words.input_name(name),
                high=100.0 if name in SHARES else 1e9,
                example="50",
                required=name not in known and name not in OPTIONAL,
                help_text=_help(name, known.get(name), use_case, defaults),
            )
            field.initial = _initial(name, use_case, known, defaults)
            self.fields[name] = field
        for group in risk_catalogue().groups:
            for question in group.questions:
                options = [(option.id, option.text.text()) for option in question.options]
                hint, given = suggested.get(question.id), use_case.answers.get(question.id)
                source = presenting.suggestion_text(hint.as_json()) if hint else ""
                named = question.option(hint.option) if hint else None
                self.fields[f"risk_{question.id}"] = forms.ChoiceField(
                    label=question.text.text(),
                    choices=[*options, (UNKNOWN, pgettext_lazy("answer", "I do not know"))],
                    initial=given or (hint.option if hint and not use_case.answers else UNKNOWN),
                    help_text=_("Suggested: %(answer)s (%(source)s). Please check.")
                    % {"answer": named.text, "source": source}
                    if named
                    else "",
                )

    def sections(self) -> list[dict[str, Any]]:
        """Fields in their groups, for the page."""
        groups = [{"title": _("Potential"), "fields": [self[name] for name in ASKED]}]
        for group in risk_catalogue().groups:
            fields = [self[f"risk_{question.id}"] for question in group.questions]
            groups.append({"title": _("Risk: %(group)s") % {"group": group.title.text()}, "fields": fields})
        return groups

    def inputs(self) -> dict[str, Range]:
        """Given inputs in the units of the rules (shares 0..1)."""
        given = {name: self.cleaned_data[name] for name in ASKED if self.cleaned_data[name] is not None}
        return {name: value / 100 if name in SHARES else value for name, value in given.items()}

    def answers(self) -> dict[str, str | None]:
        """Risk question -> option, None for "I do not know"."""
        asked = (question.id for group in risk_catalogue().groups for question in group.questions)
        chosen = {name: self.cleaned_data[f"risk_{name}"] for name in asked}
        return {name: None if value == UNKNOWN else value for name, value in chosen.items()}


def _help(
    name: str, known: Known | None, use_case: UseCase, defaults: dict[str, tuple[float, float, float]]
) -> str:
    """What is asked, and where the value that is filled in or used comes from."""
    if known is None:
        stored = use_case.inputs.get(name, {})
        if stored.get("source") == "estimated" and stored.get("by"):
            origin = words.source_text("estimated", stored["by"], stored["on"])
            return _("%(help)s Filled in: %(origin)s.") % {"help": HELP[name], "origin": origin}
        if name in defaults and not (stored or name in OPTIONAL):
            return _("%(help)s Filled in: an estimate of the catalogue, not measured.") % {"help": HELP[name]}
        return str(HELP[name])
    value = words.span(
        *(words.input_value(name, end) for end in (known.value.low, known.value.likely, known.value.high))
    )
    values = {"help": HELP[name], "value": value}
    if known.source == "measured":
        return _("%(help)s Measured: %(value)s. Leave it empty to use the measured figure.") % values
    return _("%(help)s From the company profile: %(value)s. Leave it empty to use it.") % values


def _initial(
    name: str, use_case: UseCase, known: dict[str, Known], defaults: dict[str, tuple[float, float, float]]
) -> Range | None:
    stored = use_case.inputs.get(name)
    if stored is not None:
        if stored["source"] not in ("estimated", "catalogue") or name in known:
            return None
        value = Range(stored["low"], stored["likely"], stored["high"])
        return value * 100 if name in SHARES else value
    return None if name in known or name not in defaults else Range(*defaults[name])


class RefuseForm(forms.Form):
    """A person's no."""

    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    look_again = forms.CharField(
        label=gettext_lazy("When shall it be looked at again?"), max_length=300, required=False
    )


class ChooseForm(forms.Form):
    """The choice; a change of it needs a reason."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(self, *args: Any, change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = change
