"""Form fields that other rooms use too."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pilotwerk.company.domain.amounts import parse_amount
from pilotwerk.web.templatetags.pw import number


class AmountField(forms.CharField):
    """A figure as people type it ("8,2 Mio", "1.480,50"): a float between `low` and `high`, or None."""

    def __init__(
        self, *, low: float = 0.0, high: float = 1e12, example: str | Promise = "48", **kwargs: Any
    ) -> None:
        self.low, self.high, self.example = low, high, example
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"})
        )
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> float | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        try:
            amount = parse_amount(text)
        except ValueError:
            raise forms.ValidationError(
                _("Enter a number, for example %(example)s. We cannot read “%(text)s”.")
                % {"example": self.example, "text": text}
            ) from None
        if not self.low <= amount <= self.high:
            raise forms.ValidationError(
                _("Enter a number between %(low)s and %(high)s.")
                % {"low": plain_number(self.low), "high": plain_number(self.high)}
            )
        return amount

    def prepare_value(self, value: Any) -> Any:
        return plain_number(float(value)) if isinstance(value, int | float) else value


def plain_number(value: float) -> str:
    """A figure with as few decimals as it has (at most 2), as people write it."""
    digits = 0 if value == int(value) else 1 if round(value, 1) == round(value, 2) else 2
    return number(value, digits)
