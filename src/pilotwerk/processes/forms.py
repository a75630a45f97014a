"""Forms for new processes, uploads and the meaning of columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pilotwerk.processes import texts
from pilotwerk.processes.analysis import Peek
from pilotwerk.processes.domain.roles import MEANINGS, Kind, Meaning
from pilotwerk.processes.models import Process
from pilotwerk.processes.reading.limits import MEGABYTE
from pilotwerk.processes.reading.opening import ACCEPT
from pilotwerk.processes.selectors import upload_limits

REQUIRED = {Kind.EVENT_LOG: {Meaning.CASE, Meaning.ACTIVITY, Meaning.TIME}, Kind.CASE_TABLE: set()}


class UploadForm(forms.Form):
    """A file with process data."""

    file = forms.FileField(
        label=_("File with past cases"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(
            "CSV, Excel (.xlsx), XES or Parquet, at most %(limit)s MB. One row for each step of a case, or "
            "one row for each case."
        ) % {"limit": upload_limits().file_bytes // MEGABYTE}


class NewProcessForm(UploadForm):
    """A new process with its first file."""

    name = forms.CharField(
        label=_("Name of the process"),
        max_length=Process._meta.get_field("name").max_length,
        help_text=_("As people call it, for example: customer requests by e-mail."),
    )
    field_order = ["name", "file"]


class MappingForm(forms.Form):
    """Which column holds what. One field for each meaning; the guess is chosen, its reasons stand below."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind], widget=forms.HiddenInput)
    unite = forms.ChoiceField(
        label=_("What becomes of the earlier imports?"),
        choices=[
            ("yes", _("They stay: new cases are added, known ones brought up to date.")),
            ("no", _("They are replaced: only the cases of this file count from now on.")),
        ],
        required=False,
        initial="yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, seen: Peek, kind: Kind, first: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_kind = kind
        self.fields["kind"].initial = kind.value
        unite = self.fields.pop("unite")
        columns = [(name, name) for name in seen.columns]
        for meaning in MEANINGS[kind]:
            required = meaning in REQUIRED[kind]
            reasons = [texts.why(reason) for reason in seen.guess.reasons.get(meaning, ())]
            empty = _("please choose") if required else _("not in the file")
            self.fields[meaning.value] = forms.ChoiceField(
                label=texts.MEANINGS[meaning],
                required=required,
                choices=[("", empty), *columns],
                initial=seen.guess.mapping.get(meaning) or "",
                help_text=" ".join([*reasons, str(texts.HELP.get(meaning, ""))]).strip(),
            )

        if not first:
            self.fields["unite"] = unite

    def mapping(self) -> dict[str, str]:
        """The chosen column for each meaning, without those that are not in the file."""
        return {
            meaning.value: self.cleaned_data[meaning.value]
            for meaning in MEANINGS[self.chosen_kind]
            if self.cleaned_data.get(meaning.value)
        }
