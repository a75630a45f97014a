"""What a pilot learns from or works with: an import, or tables by role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class TrainForm(forms.Form):
    """From which import the pilot learns."""

    process_import = forms.ChoiceField(label=gettext_lazy("Past requests"))

    def __init__(self, *args: Any, imports: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(one.pk): one for one in imports}
        self.fields["process_import"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.filename} · {one.process}") for key, one in self.imports.items()
        ]


class TablesForm(forms.Form):
    """The tables a recipe works with, each from a file or an import."""

    def __init__(
        self,
        *args: Any,
        roles: Mapping[str, tuple[str, str]],
        imports: list[Any],
        known: Mapping[str, Any],
        optional: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(one.pk): one for one in imports}
        self.roles = roles
        self.known = known
        for role, (label, hint) in roles.items():
            self.fields[f"file_{role}"] = forms.FileField(
                label=_("%(table)s: file") % {"table": label},
                help_text=hint,
                required=not imports and role not in known,
                error_messages={"required": _("Choose a file or an import.")},
            )
            # One of the two is needed: neither of them is optional by itself.
            self.fields[f"file_{role}"].one_of = role not in optional  # type: ignore[attr-defined]
            if self.imports:
                choices = [(key, f"{one.filename} · {one.process}") for key, one in self.imports.items()]
                self.fields[f"import_{role}"] = forms.ChoiceField(
                    label=_("%(table)s: or an import") % {"table": label},
                    choices=[("", _("none")), *choices],
                    required=False,
                )
                self.fields[f"import_{role}"].one_of = role not in optional  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for role in self.roles:
            file = data.get(f"file_{role}")
            if file and file.size > settings.PILOTWERK_UPLOAD_MAX_BYTES:
                limit = settings.PILOTWERK_UPLOAD_MAX_BYTES // 1024 // 1024
                self.add_error(f"file_{role}", _("The file is larger than %(limit)s MB.") % {"limit": limit})
            missing = not file and not data.get(f"import_{role}") and role not in self.known
            if missing and f"file_{role}" not in self.errors:
                self.add_error(f"file_{role}", _("Choose a file or an import."))
        return data

    def given(self) -> list[tuple[str, Any, Any]]:
        """Role, file and import of what was chosen; one of the two is None."""
        data = self.cleaned_data
        found = [
            (role, data.get(f"file_{role}"), self.imports.get(data.get(f"import_{role}") or ""))
            for role in self.roles
        ]
        return [(role, file, None if file else chosen) for role, file, chosen in found if file or chosen]
