"""The stock recipe's own part of the set-up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StockForm(forms.Form):
    """Target, rhythm of the history, and how an order is written."""

    target_fill_rate = forms.FloatField(
        label=_("Share of the demand to be met at once from stock, in %"),
        min_value=50,
        max_value=99.9,
        initial=95,
        help_text=_("Holds for every item for which your table names no target of its own."),
    )
    frequency = forms.ChoiceField(
        label=_("Past demand is summed up by"),
        required=False,
        choices=[
            ("", _("what fits its length")),
            ("D", pgettext_lazy("stock", "days")),
            ("W", _("weeks")),
            ("M", _("months")),
        ],
    )
    language = forms.ChoiceField(
        label=_("Language of the orders"), choices=[("de", _("German")), ("en", _("English"))]
    )
    order_file = forms.ChoiceField(
        label=_("The list of an order as a file"),
        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV"), ("", _("none, the text is enough"))],
        required=False,
        initial="xlsx",
        help_text=_("It lies beside the order in the outbox folder. An e-mail holds the lines in its text."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("target_fill_rate"):
            data["target_fill_rate"] = round(data["target_fill_rate"] / 100, 6)
        return data

    @staticmethod
    def shown(options: dict[str, Any]) -> dict[str, Any]:
        """Stored options as they stand in the form."""
        target = options.get("target_fill_rate")
        return {**options, **({"target_fill_rate": f"{target * 100:g}"} if target else {})}
