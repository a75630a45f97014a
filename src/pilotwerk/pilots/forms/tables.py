"""What a pilot learns from or works with: an import, or tables by role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.forms.handing_in import too_large
from pilotwerk.pilots.models import Connection
from pilotwerk.processes.models import ProcessImport

# What may be handed in for a role: names of fields begin so.
WAYS: Final = ("file", "import", "connection")


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
    """The tables a recipe works with, each from a file, an import or a connection."""

    def __init__(
        self,
        *args: Any,
        roles: Mapping[str, tuple[str, str]],
        imports: Sequence[ProcessImport],
        connections: Sequence[Connection] = (),
        known: Mapping[str, Any],
        optional: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.imports = {str(one.pk): one for one in imports}
        self.connections = {str(one.pk): one for one in connections}
        self.roles = roles
        self.known = known
        for role, (label, hint) in roles.items():
            self.fields[f"file_{role}"] = forms.FileField(
                label=_("%(table)s: file") % {"table": label},
                help_text=hint,
                required=not (imports or connections) and role not in known,
                error_messages={"required": self._choose()},
            )
            self._choice(
                f"import_{role}",
                _("%(table)s: or an import") % {"table": label},
                [(key, f"{one.filename} · {one.process}") for key, one in self.imports.items()],
            )
            self._choice(
                f"connection_{role}",
                _("%(table)s: or a connection") % {"table": label},
                [(key, f"{one.name} · {one.get_kind_display()}") for key, one in self.connections.items()],
            )
            for way in WAYS:
                # One of them is needed: none of them is optional by itself.
                if f"{way}_{role}" in self.fields:
                    self.fields[f"{way}_{role}"].one_of = role not in optional  # type: ignore[attr-defined]

    def _choice(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        if choices:
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", _("none")), *choices], required=False
            )

    def _choose(self) -> str:
        return (
            _("Choose a file, an import or a connection.")
            if self.connections
            else _("Choose a file or an import.")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for role in self.roles:
            file = data.get(f"file_{role}")
            if file and (why := too_large(file)):
                self.add_error(f"file_{role}", why)
            missing = role not in self.known and not any(data.get(f"{way}_{role}") for way in WAYS)
            if missing and f"file_{role}" not in self.errors:
                self.add_error(f"file_{role}", self._choose())
        return data

    def given(self) -> list[tuple[str, Any]]:
        """Role and what was chosen for it: an uploaded file, else an import, else a connection."""
        data = self.cleaned_data
        found = [
            (
                role,
                data.get(f"file_{role}")
                or self.imports.get(data.get(f"import_{role}") or "")
                or self.connections.get(data.get(f"connection_{role}") or ""),
            )
            for role in self.roles
        ]
        return [(role, one) for role, one in found if one]
