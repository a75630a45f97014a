"""Forms for language models, the rules for them, and the preview of what would be sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.money import from_micro, to_micro
from pilotwerk.pilots.models import Fallback, ModelPolicy, ModelUse, Provider, ProviderKind, ProviderRegion

LARGEST = Decimal(100_000)


def _euro(label: Any, *, help_text: Any = "", required: bool = True, digits: int = 2) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_value=LARGEST,
        decimal_places=digits,
        help_text=help_text,
    )


def _micro(value: Decimal | None) -> int | None:
    return None if value is None else to_micro(value)


class ProviderForm(forms.ModelForm[Provider]):
    """Where the model is, where it runs, what it costs and what may be sent. The key is written only."""

    price_in = _euro(
        _("Own price in euro for a million tokens in"),
        required=False,
        digits=4,
        help_text=_("Leave both empty to take the price list. In your own house: 0 or what it costs you."),
    )
    price_out = _euro(_("Own price in euro for a million tokens out"), required=False, digits=4)
    # Not Django's URL field: it takes no host without a dot ("http://ollama:11434"). The service looks the host up.
    base_url = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        help_text=_(
            "For example http://localhost:11434/v1 for Ollama. Leave empty for AWS, and for Mistral's own address."
        ),
        widget=forms.URLInput(attrs={"autocapitalize": "none"}),
    )
    new_key = forms.CharField(
        label=_("Access key"),
        required=False,
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Is kept encrypted and never shown again."),
    )

    class Meta:
        model = Provider
        fields = ["name", "kind", "model", "base_url", "cloud_region", "api_version", "region", "contract_date",
                  "contract_reference", "data_allowed", "eur_per_usd", "max_tokens", "timeout_seconds"]  # fmt: skip
        widgets = {"contract_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "cloud_region": _("Only for AWS, for example eu-central-1."),
            "api_version": _("Only for Azure, for example 2024-10-21."),
            "contract_date": _("Not needed where the model runs in your own house."),
            "eur_per_usd": _("Converts the price list, which is in US dollars. Rather a little too high."),
            "max_tokens": _("A token is about three quarters of a word."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_tokens"].min_value = 16  # type: ignore[attr-defined]
        for name, choices in (("kind", ProviderKind.choices), ("region", ProviderRegion.choices)):
            self.fields[name].choices = [("", _("please choose")), *choices]  # type: ignore[attr-defined]
        if self.instance.key:
            self.fields["new_key"].help_text = _(
                "Is kept encrypted and never shown again. Leave empty to keep the present key."
            )
        for name, micro in (
            ("price_in", self.instance.price_in_micro),
            ("price_out", self.instance.price_out_micro),
        ):
            if micro is not None:
                self.initial[name] = from_micro(micro)
        self.order_fields(
            [*self.Meta.fields[:6], "new_key", *self.Meta.fields[6:10], "price_in", "price_out"]
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("price_in") is None) != (data.get("price_out") is None):
            self.add_error("price_out", _("Enter both prices, or none."))
        for name, low, high in (("max_tokens", 16, 8000), ("timeout_seconds", 1, 300)):
            value = data.get(name)
            if value is not None and not low <= value <= high:
                self.add_error(name, _("Between %(low)s and %(high)s, please.") % {"low": low, "high": high})
        return data

    def values(self) -> dict[str, Any]:
        """What the service takes: prices in micro-euro."""
        found = dict(self.cleaned_data)
        return found | {
            "key": found.pop("new_key"),
            "price_in_micro": _micro(found.pop("price_in")),
            "price_out_micro": _micro(found.pop("price_out")),
        }

    def _post_clean(self) -> None:
        """The row is written by the service; a form that fails must not leave half of it in memory."""


class SwitchOnForm(forms.Form):
    """The second step: the name, typed."""

    name = forms.CharField(label=_("Name of the language model"), max_length=80)


class PolicyForm(forms.Form):
    """The rules for all language models of the organisation."""

    regions = forms.MultipleChoiceField(
        label=_("Regions where language models may run"),
        choices=ProviderRegion.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = _euro(_("Budget a day in euro, for all pilots"))
    month = _euro(_("Budget a month in euro, for all pilots"))
    customer_pattern = forms.CharField(
        label=_("Pattern of your customer numbers"),
        required=False,
        max_length=200,
        help_text=_("A regular expression, for example KD-[0-9]{6}. What it matches is masked."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )

    @staticmethod
    def initial_for(policy: ModelPolicy) -> dict[str, Any]:
        return {
            "regions": policy.regions,
            "day": None if policy.day_micro is None else from_micro(policy.day_micro),
            "month": None if policy.month_micro is None else from_micro(policy.month_micro),
            "customer_pattern": policy.customer_pattern,
        }

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "regions": data["regions"],
            "day_micro": to_micro(data["day"]),
            "month_micro": to_micro(data["month"]),
            "customer_pattern": data["customer_pattern"],
        }


class UseForm(forms.Form):
    """Which language model a pilot asks, and its budget."""

    provider = forms.ModelChoiceField(
        queryset=Provider.objects.none(),
        label=_("Language model of the pilot"),
        required=False,
        empty_label=_("none, only the built-in method"),
    )
    day = _euro(_("Budget of the pilot a day in euro"), required=False)
    month = _euro(_("Budget of the pilot a month in euro"), required=False)
    fallback = forms.ChoiceField(label=_("If the language model does not answer"), choices=Fallback.choices)

    def __init__(self, *args: Any, providers: Any, use: ModelUse | None, **kwargs: Any) -> None:
        if use is not None:
            kwargs["initial"] = {
                "provider": use.provider_id,
                "day": from_micro(use.day_micro),
                "month": from_micro(use.month_micro),
                "fallback": use.fallback,
            }
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("provider") and not (data.get("day") and data.get("month")):
            self.add_error("day", _("A pilot that asks a language model needs a budget a day and a month."))
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "provider": data["provider"],
            "day_micro": to_micro(data["day"] or 0),
            "month_micro": to_micro(data["month"] or 0),
            "fallback": data["fallback"],
        }


class PreviewForm(forms.Form):
    """A text of which a person wants to see what would be sent."""

    text = forms.CharField(
        label=_("Text of a request"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8})
    )
    sender_name = forms.CharField(label=_("Name of the sender"), max_length=200, required=False)
