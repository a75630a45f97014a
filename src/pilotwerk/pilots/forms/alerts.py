"""What people fill in for a rule: a figure, a bound as people say it, and who is told."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.domain.monitoring.alerting import UNITS, Comparison, Measure, Unit
from pilotwerk.pilots.models import AlertRule
from pilotwerk.pilots.models.alerts import COMPARISONS, MEASURES

MOST_MAILS: Final = 10
WINDOWS: Final = [
    (1, gettext_lazy("one day")),
    (7, gettext_lazy("7 days")),
    (30, gettext_lazy("30 days")),
    (90, gettext_lazy("90 days")),
]


class AlertRuleForm(forms.Form):
    """One rule. Shares are entered in percent."""

    use_required_attribute = False

    measure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=MEASURES)
    comparison = forms.ChoiceField(
        label=gettext_lazy("Raise an alert when the figure is"),
        choices=COMPARISONS,
        widget=forms.RadioSelect,
        initial="above",
    )
    bound = forms.FloatField(
        label=gettext_lazy("Bound"),
        min_value=0,
        max_value=1_000_000,
        localize=True,
        help_text=gettext_lazy("In the unit that stands behind the figure, for example 70 for 70%."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Over the last"),
        choices=WINDOWS,
        coerce=int,
        initial=7,
        help_text=gettext_lazy("Does not matter for figures of this moment."),
    )
    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line. The mail holds the figure and a link, no case."),
    )
    webhook = forms.CharField(
        label=gettext_lazy("Webhook"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("An address (https://…) that gets a signed message."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret of the webhook"),
        required=False,
        strip=False,
        min_length=16,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 16 signs. Is kept encrypted and never shown again."),
    )

    def __init__(self, *args: Any, rule: AlertRule | None = None, **kwargs: Any) -> None:
        if rule is not None:
            scale = 100 if rule.unit is Unit.SHARE else 1
            kwargs["initial"] = {
                "measure": rule.measure,
                "comparison": rule.comparison,
                "bound": round(rule.bound * scale, 6),
                "days": rule.days,
                "emails": "\n".join(rule.emails),
                "webhook": rule.webhook,
            }
        super().__init__(*args, **kwargs)
        if rule is not None and rule.secret:
            self.fields["secret"].help_text = _(
                "Is kept encrypted and never shown again. Leave empty to keep the present one."
            )

    def clean_emails(self) -> list[str]:
        found = list(dict.fromkeys(self.cleaned_data["emails"].split()))
        if len(found) > MOST_MAILS:
            raise ValidationError(_("At most %(most)s addresses.") % {"most": MOST_MAILS})
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    _("“%(address)s” is not an e-mail address.") % {"address": address}
                ) from None
        return found

    def clean_webhook(self) -> str:
        url: str = self.cleaned_data["webhook"].strip()
        parts = urlsplit(url)
        if url and (parts.scheme not in ("https", "http") or not parts.hostname or parts.username):
            raise ValidationError(_("Enter a whole address, for example https://example.com/alerts."))
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        bound, measure = data.get("bound"), data.get("measure")
        if bound is not None and measure and UNITS[Measure(measure)] is Unit.SHARE:
            if bound > 100:
                self.add_error("bound", _("A share is at most 100%."))
            data["bound"] = bound / 100
        return data

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        data = dict(self.cleaned_data)
        return {
            **data,
            "measure": Measure(data["measure"]),
            "comparison": Comparison(data["comparison"]),
        }


class PlaceForm(forms.Form):
    """Which of the usual rules is taken over."""

    place = forms.IntegerField(min_value=0, max_value=100)


class SwitchForm(forms.Form):
    """On or off."""

    on = forms.TypedChoiceField(choices=[("1", "on"), ("0", "off")], coerce=lambda value: value == "1")
