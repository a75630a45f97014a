"""How far a pilot may go by itself: settings, levels with their history, signatures, deputies, reminders."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.models.cases import LEVELS, Case
from pilotwerk.pilots.models.pilots import Pilot


class Cause(models.TextChoices):
    """Why a level began."""

    SIGNED = "signed", _("signed by two people")
    BY_HAND = "by_hand", _("lowered by a person")
    FALL = "fall", _("lowered by itself: quality fell")


class Step(models.TextChoices):
    """Who is told about a case that waits."""

    REMINDER = "reminder", _("reminder")
    DEPUTY = "deputy", _("deputy")
    LEAD = "lead", _("AI lead")


class HumanControl(TenantModel):
    """How people keep control of a pilot. Without this row everything is as at the start: suggest, one person."""

    pilot = models.OneToOneField(Pilot, on_delete=models.CASCADE, related_name="control")
    # Agreement must be above it before a level rises; shares in 0..1.
    bound = models.FloatField(default=0.90, validators=[MinValueValidator(0.6), MaxValueValidator(0.99)])
    sample_share = models.FloatField(default=0.20)
    # Both draws (sample, planted mistakes) follow from this secret; its fingerprint is in the audit trail.
    seed = models.CharField(max_length=64)
    seed_commitment = models.CharField(max_length=64)
    amount_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    four_eyes_categories = models.JSONField(default=list)
    four_eyes_confidence = models.FloatField(null=True, blank=True)
    four_eyes_complaints = models.BooleanField(default=False)
    escalates = models.BooleanField(default=False)
    # Hours before the deadline of the reminder, and after it until the lead is told.
    remind_hours = models.PositiveSmallIntegerField(default=4)
    lead_hours = models.PositiveSmallIntegerField(default=4)
    planted_share = models.FloatField(default=0)
    planted_announced_at = models.DateTimeField(null=True, blank=True)
    planted_announced_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="control_bound_within", condition=Q(bound__gte=0.6, bound__lte=0.99)),
            models.CheckConstraint(
                name="control_sample_within", condition=Q(sample_share__gt=0, sample_share__lte=1)
            ),
            models.CheckConstraint(
                name="planted_few_and_announced",
                condition=Q(planted_share=0)
                | Q(planted_share__gt=0, planted_share__lte=0.05, planted_announced_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pilot)


class LevelPeriod(TenantModel):
    """From when to when a level held, for a category or (empty) the whole pilot, and why it began."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="levels")
    category = models.CharField(max_length=120, blank=True, default="")
    level = models.CharField(max_length=10, choices=LEVELS)
    cause = models.CharField(max_length=10, choices=Cause.choices)
    reason = models.CharField(max_length=1000, blank=True, default="")
    figures = models.JSONField(default=dict)
    first_name = models.CharField(max_length=200, blank=True, default="")
    second_name = models.CharField(max_length=200, blank=True, default="")
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-began_at", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "category"], condition=Q(ended_at=None), name="one_level_at_a_time"
            ),
            models.CheckConstraint(
                name="signed_level_has_two_names",
                condition=~Q(cause=Cause.SIGNED) | (~Q(first_name="") & ~Q(second_name="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot} {self.category} {self.level}"


class Promotion(TenantModel):
    """The offer to go one level up: one person has signed, a second one must."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="promotions")
    category = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=10, choices=LEVELS)
    target = models.CharField(max_length=10, choices=LEVELS)
    figures = models.JSONField(default=dict)
    first_id = models.CharField(max_length=64)
    first_name = models.CharField(max_length=200)
    first_at = models.DateTimeField(default=clock.now)
    second_id = models.CharField(max_length=64, blank=True, default="")
    second_name = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-first_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "category"], condition=Q(closed_at=None), name="one_open_promotion_each"
            ),
            models.CheckConstraint(
                name="second_signature_of_another", condition=~Q(first_id="") & ~Q(second_id=F("first_id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot} {self.category} {self.source} > {self.target}"


class Absence(TenantModel):
    """A member is away from one day to another, both counted; who is told instead."""

    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(name="deputy_is_another", condition=~Q(member=F("deputy"))),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.first_day}"


class Reminder(TenantModel):
    """One member was told once that a case waits."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reminders")
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "member", "step"], name="told_once_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.case.label} {self.step}"
