"""The AI register: systems, and what each classification said."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.accounts.models import Membership, User
from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.portfolio.models import Recipe, UseCase


class AISystem(TenantModel):
    """An AI system that the organisation uses, tries or plans. `provider` is the maker's name; empty is unknown."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        PILOT = "pilot", _("in a pilot")
        IN_USE = "in_use", _("in use")
        NOT_APPROVED = "not_approved", pgettext_lazy("AI system", "not approved")
        RETIRED = "retired", _("retired")

    class Dpia(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("carried out")
        NOT_NEEDED = "not_needed", _("not needed")

    name = models.CharField(_("Name of the system"), max_length=120)
    purpose = models.TextField(_("What is it used for?"), max_length=1000)
    recipe = models.CharField(_("Kind"), max_length=10, choices=Recipe.choices, default=Recipe.OTHER)
    provider = models.CharField(_("Made by"), max_length=120, blank=True)
    use_case = models.ForeignKey(
        UseCase, on_delete=models.SET_NULL, null=True, blank=True, related_name="systems"
    )
    responsible = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("State"), max_length=12, choices=State.choices, default=State.PLANNED)
    dpia = models.CharField(max_length=10, choices=Dpia.choices, default=Dpia.OPEN)
    dpia_reason = models.TextField(blank=True)
    dpia_name = models.CharField(max_length=120, blank=True)
    dpia_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_system_of_a_name"),
            models.UniqueConstraint(
                fields=["use_case"], condition=Q(use_case__isnull=False), name="one_system_each_use_case"
            ),
            models.CheckConstraint(
                condition=Q(dpia="open") | ~Q(dpia_reason=""), name="dpia_decision_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def classification(self) -> "Classification | None":
        """The one in force: the latest."""
        found: Classification | None = self.classifications.first()
        return found

    @property
    def role(self) -> str:
        """The organisation's roles after the AI Act, as "provider, deployer"; empty before a classification."""
        latest = self.classification
        return ", ".join(latest.result["roles"]) if latest else ""


class Classification(TenantModel):
    """One classification with its answers, kept as it was. Never changed; a later one stands beside it.

    `answers`: question -> value, list of values, or None for "I do not know". `result` is
    `governance.domain.classify.Classification.as_json`.
    """

    system = models.ForeignKey(AISystem, on_delete=models.CASCADE, related_name="classifications")
    answers = models.JSONField(default=dict)
    country = models.CharField(max_length=2)
    works_council = models.BooleanField(null=True)
    result = models.JSONField(default=dict)
    legal_state = models.DateField()
    questions_version = models.CharField(max_length=20)
    classified_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    classified_name = models.CharField(max_length=120)
    classified_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-classified_at"]

    def __str__(self) -> str:
        return f"{self.system_id}: {self.risk_class}"

    @property
    def risk_class(self) -> str:
        """What it said then."""
        result: dict[str, Any] = self.result
        return str(result.get("risk_class", "open"))
