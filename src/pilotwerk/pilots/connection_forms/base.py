"""What the forms of all kinds of connections share. Fields of secrets are always empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.pilots.models import Connection


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading. With `only`, a field and its value, they are folded until that is chosen."""

    title: Any
    fields: tuple[str, ...]
    only: tuple[str, str] | None = None


def secret_field(label: Any) -> forms.CharField:
    """A secret: entered, never shown."""
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Is kept encrypted and never shown again."),
    )


class ConnectionForm(forms.Form):
    """Name, settings and secrets of a connection."""

    # What is needed depends on other fields, which a browser does not know.
    use_required_attribute = False
    SECRETS: tuple[str, ...] = ()
    GROUPS: tuple[Group, ...] = ()
    # Fields that are needed where another one has this value.
    NEEDED: Mapping[str, tuple[str, str]] = MappingProxyType({})
    # Fields in which several lines are wanted.
    LINES: frozenset[str] = frozenset()

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As people call it, for example: customer service."),
    )

    def __init__(
        self,
        *args: Any,
        organisation: Organisation,
        connection: Connection | None = None,
        **kwargs: Any,
    ) -> None:
        self.organisation, self.connection = organisation, connection
        if connection is not None:
            kwargs["initial"] = {**self.shown(connection.settings), "name": connection.name}
        super().__init__(*args, **kwargs)
        # Errors are listed in the order in which the fields stand on the page.
        self.order_fields([name for group in self.GROUPS for name in group.fields])
        self.stored = bool(connection and connection.sealed)
        for name in self.SECRETS if self.stored else ():
            self.fields[name].help_text = _(
                "Is kept encrypted and never shown again. Leave empty to keep the present one."
            )

    def shown(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Stored settings as the fields show them."""
        return settings

    def groups(self) -> list[dict[str, Any]]:
        """The fields under their headings; those that few need are folded until they are wanted.

        What is needed once it is wanted does not call itself optional, although nothing asks for it before.
        """
        folded = {name for group in self.GROUPS if group.only for name in group.fields}
        for name in self.NEEDED:
            self.fields[name].required = name in folded or self._is_wanted(name)
        return [
            {
                "title": group.title,
                "fields": [self[name] for name in group.fields],
                "folded": group.only is not None,
                "open": self._is_open(group),
            }
            for group in self.GROUPS
        ]

    def _is_wanted(self, name: str) -> bool:
        other, value = self.NEEDED[name]
        return bool(self[other].value() == value)

    def _is_open(self, group: Group) -> bool:
        wanted = group.only is not None and self[group.only[0]].value() == group.only[1]
        return wanted or any(name in self.errors for name in group.fields)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(data.items()):
            if name not in self.LINES and isinstance(value, str) and not value.isprintable():
                self.add_error(name, _("Please enter this on one line."))
        for name, (other, value) in self.NEEDED.items():
            kept = self.stored and name in self.SECRETS
            if data.get(other) == value and not data.get(name) and not kept and name not in self.errors:
                self.add_error(name, _("This is needed for what you chose."))
        return data

    def values(self) -> dict[str, Any]:
        """Name, settings and secrets, as the service takes them."""
        data = dict(self.cleaned_data)
        secrets = {name: data.pop(name, "") for name in self.SECRETS}
        return {"name": data.pop("name"), "settings": data, "secrets": secrets}
