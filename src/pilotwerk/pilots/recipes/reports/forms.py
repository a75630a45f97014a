"""The report recipe's own part of the set-up: rhythm, columns, readers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.recipes.reports.spec import MOST_DIMENSIONS, MOST_MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_READERS = 30
ROWS = json.dumps(["count", "", ""])
KINDS = {
    "sum": gettext_lazy("sum of %(column)s"),
    "mean": gettext_lazy("mean of %(column)s"),
    "median": gettext_lazy("median of %(column)s"),
    "share": gettext_lazy("share of “%(value)s” in %(column)s"),
}


class ReadersForm(forms.Form):
    """To whom reports go. This may change while the pilot runs."""

    readers = forms.CharField(
        label=gettext_lazy("Readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "E-mail addresses, one a line. Needed when reports go out by e-mail; everybody gets the same mail."
        ),
    )

    def clean_readers(self) -> list[str]:
        found = [one for one in re.split(r"[\s,;]+", self.cleaned_data["readers"].strip()) if one]
        for one in found:
            try:
                validate_email(one)
            except ValidationError:
                raise ValidationError(
                    _("“%(text)s” is not an e-mail address.") % {"text": one[:80]}
                ) from None
        unique = list(dict.fromkeys(found))
        if len(unique) > MOST_READERS:
            raise ValidationError(_("At most %(most)s readers.") % {"most": MOST_READERS})
        return unique

    @classmethod
    def shown(cls, options: Mapping[str, Any]) -> dict[str, Any]:
        """Stored options as they stand in the form."""
        return {"readers": "\n".join(options.get("readers") or ())}


class ReportsForm(ReadersForm):
    """What a report is about. Columns can be chosen once the table was read; before, they are found by name."""

    # What each column can serve for, and what was taken, from the version that was prepared.
    columns: ClassVar[Sequence[Mapping[str, Any]]] = ()
    taken: ClassVar[Mapping[str, Any]] = {}

    title = forms.CharField(
        label=gettext_lazy("Title of the report"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Without one it is called like the file."),
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often a report is due"),
        required=False,
        choices=[
            ("", gettext_lazy("what fits the length of the table")),
            ("W", gettext_lazy("every week, Monday to Sunday")),
            ("M", gettext_lazy("every month")),
        ],
    )
    wait_days = forms.IntegerField(
        label=gettext_lazy("Days to wait after the end of the period"),
        min_value=0,
        max_value=20,
        initial=0,
        help_text=gettext_lazy("0: the morning after. More, where rows still come in late."),
    )
    rows_name = forms.CharField(
        label=gettext_lazy("What a row of the table is"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("In the plural, for example orders. It names the number of rows."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the reports"),
        choices=[("de", gettext_lazy("German")), ("en", gettext_lazy("English"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.columns:
            self._column_fields()
        self.order_fields(["title", "frequency", "time", *_measures(), *_dimensions(), "rows_name"])

    def _column_fields(self) -> None:
        times = [one["name"] for one in self.columns if one["times"]]
        names = [one["name"] for one in self.columns]
        self.fields["time"] = forms.ChoiceField(
            label=_("Column with the date"), choices=[(one, one) for one in times or names]
        )
        for place, name in enumerate(_measures()):
            self.fields[name] = forms.ChoiceField(
                label=_("Figure %(number)s") % {"number": place + 1},
                required=not place,
                choices=[*([("", _("no further figure"))] if place else []), *self._figures()],
            )
        for place, name in enumerate(_dimensions()):
            self.fields[name] = forms.ChoiceField(
                label=_("Group %(number)s") % {"number": place + 1},
                required=False,
                choices=[("", _("no group")), *((one, one) for one in names)],
                help_text=_("Figures are also shown by its values, for example by region.")
                if not place
                else "",
            )

    def _figures(self) -> list[tuple[str, Any]]:
        """What can be counted, by column."""
        found: list[tuple[str, Any]] = [(ROWS, _("number of rows"))]
        for one in self.columns:
            ways = [(kind, "") for kind in ("sum", "mean", "median")] if one["numbers"] else []
            ways += [("share", value) for value in one["values"]]
            choices = [
                (
                    json.dumps([kind, one["name"], value], ensure_ascii=False),
                    KINDS[kind] % {"column": one["name"], "value": value},
                )
                for kind, value in ways
            ]
            if choices:
                found.append((one["name"], choices))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.columns:
            return data
        chosen = [data.pop(name, "") for name in _measures()]
        figures = [json.loads(one) for one in chosen if one]
        if len({tuple(one) for one in figures}) < len(figures):
            raise ValidationError(_("A figure is chosen twice."))
        groups = [one for one in (data.pop(name, "") for name in _dimensions()) if one]
        if len(set(groups)) < len(groups) or data.get("time") in groups:
            raise ValidationError(_("A column is chosen twice."))
        data["measures"] = [
            {"kind": kind, "column": column, "value": value} for kind, column, value in figures
        ]
        data["dimensions"] = groups
        return data

    @classmethod
    def shown(cls, options: Mapping[str, Any]) -> dict[str, Any]:
        # What a person left open was found; it is shown so that it can be checked.
        given = {**cls.taken, **{name: one for name, one in options.items() if one not in ("", None)}}
        shown: dict[str, Any] = {
            name: given[name] for name in ("title", "frequency", "time", "wait_days", "rows_name", "language")
            if name in given
        }  # fmt: skip
        for name, one in zip(_measures(), given.get("measures") or (), strict=False):
            shown[name] = json.dumps(
                [one["kind"], one.get("column", ""), one.get("value", "")], ensure_ascii=False
            )
        shown |= dict(zip(_dimensions(), given.get("dimensions") or (), strict=False))
        return shown | super().shown(options)


def _measures() -> list[str]:
    return [f"measure_{place}" for place in range(1, MOST_MEASURES + 1)]


def _dimensions() -> list[str]:
    return [f"dimension_{place}" for place in range(1, MOST_DIMENSIONS + 1)]


def form_for(columns: Sequence[str], facts: Mapping[str, Any]) -> type[ReportsForm]:
    """The form for a table: with what each column can serve for where it was read, else with all for all."""
    unread = [{"name": name, "times": True, "numbers": True, "values": []} for name in columns]
    read = facts.get("columns") or []
    known = read if [one["name"] for one in read] == list(columns) else unread
    mapping = facts.get("mapping") or {}
    taken = {**mapping, "frequency": facts["frequency"], "title": facts["title"]} if mapping else {}
    return type("ReportsForm", (ReportsForm,), {"columns": known, "taken": taken, "__module__": __name__})
