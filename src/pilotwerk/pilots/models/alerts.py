"""Rules for alerts, the alerts that they raised, who was told, and who wants a daily mail about what is overdue."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.domain.monitoring.alerting import UNITS as UNIT_OF
from pilotwerk.pilots.domain.monitoring.alerting import Comparison, Measure, Unit

MEASURES = [
    (Measure.ACCEPTANCE.value, _("Accepted proposals (%)")),
    (Measure.REJECTED.value, _("Rejected proposals (%)")),
    (Measure.EDIT_DISTANCE.value, _("Words changed, median (%)")),
    (Measure.TO_DECISION.value, _("Proposal to decision, nine of ten (hours)")),
    (Measure.TO_SENDING.value, _("Decision to sending, nine of ten (hours)")),
    (Measure.OLDEST_OPEN.value, _("Oldest open case now (hours)")),
    (Measure.OPEN.value, _("Open cases now (number)")),
    (Measure.OVERDUE.value, _("Overdue cases now (number)")),
    (Measure.FAULTS.value, _("Answers not sent or unclear now (number)")),
    (Measure.RECEIVED.value, _("Cases that came in (number)")),
    (Measure.COST_CASE.value, _("Language model a case (euro)")),
    (Measure.CALIBRATION.value, _("Calibration error of the confidence (%)")),
    (Measure.DRIFT_CATEGORY.value, _("Change of the categories (PSI)")),
    (Measure.DRIFT_LANGUAGE.value, _("Change of the languages (PSI)")),
    (Measure.DRIFT_LENGTH.value, _("Change of the lengths (PSI)")),
]
COMPARISONS = [(Comparison.ABOVE.value, _("above the bound")), (Comparison.BELOW.value, _("below the bound"))]


class Channel(models.TextChoices):
    MAIL = "mail", _("e-mail")
    WEBHOOK = "webhook", _("webhook")


class Turn(models.TextChoices):
    RAISED = "raised", _("raised")
    RESOLVED = "resolved", _("over")


class AlertRule(TenantModel):
    """One figure of a pilot with a bound. ``bound`` is in the measure's unit: shares 0..1, hours, cases, euro, index.

    ``secret`` signs webhooks and is sealed (core/secrets.py); nothing shows it again.
    """

    pilot = models.ForeignKey("pilots.Pilot", on_delete=models.CASCADE, related_name="alert_rules")
    measure = models.CharField(max_length=20, choices=MEASURES)
    comparison = models.CharField(max_length=5, choices=COMPARISONS)
    bound = models.FloatField()
    days = models.PositiveSmallIntegerField(default=7)
    emails = models.JSONField(default=list, blank=True)
    webhook = models.URLField(max_length=500, blank=True, default="")
    secret = models.TextField(blank=True, default="", editable=False)
    last_value = models.FloatField(null=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                name="alert_measure_known", condition=Q(measure__in=[one.value for one in Measure])
            ),
            models.CheckConstraint(
                name="alert_comparison_known", condition=Q(comparison__in=[one.value for one in Comparison])
            ),
            models.CheckConstraint(name="alert_window_within", condition=Q(days__gte=1, days__lte=90)),
            models.CheckConstraint(name="webhook_is_signed", condition=Q(webhook="") | ~Q(secret="")),
        ]

    def __str__(self) -> str:
        return f"{self.pilot} {self.measure}"

    @property
    def unit(self) -> Unit:
        return UNIT_OF[Measure(self.measure)]

    @property
    def webhook_host(self) -> str:
        """The name of the server that the messages go to; empty without a webhook."""
        return urlsplit(self.webhook).hostname or ""


class Alert(TenantModel):
    """A figure crossed its bound. Over when it came well back; a rule has at most one that is not over."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    value = models.FloatField()
    raised_at = models.DateTimeField(default=clock.now)
    resolved_value = models.FloatField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule"], condition=Q(resolved_at=None), name="one_open_alert_each_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.raised_at}"


class AlertNotice(TenantModel):
    """That one recipient is told about one turn of an alert; sent once, at least."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notices")
    turn = models.CharField(max_length=8, choices=Turn.choices)
    channel = models.CharField(max_length=7, choices=Channel.choices)
    address = models.CharField(max_length=500)
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "turn", "channel", "address"], name="told_once_a_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.alert} {self.turn} {self.address}"


class DigestRule(TenantModel):
    """That everybody who decides in a pilot gets the daily mail about overdue cases, unless they said no."""

    pilot = models.OneToOneField("pilots.Pilot", on_delete=models.CASCADE, related_name="digest")
    to_deciders = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.pilot} {self.to_deciders}"


class DigestChoice(TenantModel):
    """A member's own choice about the daily mail (None: as the pilot says), and the day of the last one."""

    member = models.OneToOneField("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    wanted = models.BooleanField(null=True)
    sent_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.member} {self.wanted}"
