"""Use cases: what AI could do in a process, what it would bring, what became of the idea."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.portfolio.domain.potential import Inputs, Verdict
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.processes.models import Process


class Recipe(models.TextChoices):
    SUPPORT = "support", _("Support requests")
    LEADS = "leads", _("Lead follow-ups")
    STOCK = "stock", _("Stock warnings")
    REPORTS = "reports", _("Recurring reports")
    OTHER = "other", _("Something else")


class State(models.TextChoices):
    CANDIDATE = "candidate", _("candidate")
    REFUSED = "refused", _("refused")
    CHOSEN = "chosen", _("chosen")


class UseCase(TenantModel):
    """A process plus an idea what AI should do in it.

    `inputs`: name -> {"low", "likely", "high", "source": "measured"|"profile"|"estimated", "n"} in the units of
    domain.potential.Inputs. `answers`: risk question -> option or None. `scores`: ranges as [low, likely, high]
    ("hours", "benefit", "cost", "net", "risk", groups), the verdict, and the volume from which to look again.
    `reason` is the deciding person's; the reason in figures follows from the scores. `refused_by_rule`: the
    assessment refused it (no clear benefit in 12 months, or a prohibited practice), not a person.
    """

    name = models.CharField(_("Name"), max_length=120)
    description = models.TextField(_("What should AI do?"), blank=True)
    process = models.ForeignKey(
        Process, on_delete=models.SET_NULL, null=True, blank=True, related_name="usecases"
    )
    recipe = models.CharField(_("Kind of pilot"), max_length=10, choices=Recipe.choices, default=Recipe.OTHER)
    template = models.CharField(max_length=20, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    scores = models.JSONField(default=dict, blank=True)
    assessed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CANDIDATE)
    reason = models.TextField(blank=True)
    look_again = models.CharField(max_length=300, blank=True)
    refused_by_rule = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_use_case_of_a_name"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="chosen"), name="one_chosen_use_case_each"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_assessed(self) -> bool:
        """Whether potential and risk are known."""
        return bool(self.scores)

    def score(self, name: str) -> Range:
        """A score as a range; KeyError where the use case is not assessed."""
        return Range(*self.scores[name])

    @property
    def verdict(self) -> Verdict | None:
        """What the net benefit in 12 months says; None before the assessment."""
        return Verdict(self.scores["verdict"]) if self.scores else None

    @property
    def values(self) -> Inputs | None:
        """The inputs as the rules take them; None before the assessment."""
        if not self.inputs:
            return None
        found: dict[str, dict[str, Any]] = self.inputs
        return Inputs(**{name: Range(one["low"], one["likely"], one["high"]) for name, one in found.items()})
