"""Use cases: what AI could do in a process, what it would bring, what became of the idea."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.portfolio.domain.potential import Inputs
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.refusal import Condition, Lever, Verdict
from pilotwerk.portfolio.domain.simulation import Candidate
from pilotwerk.processes.models import Process, ProcessImport


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

    `inputs`: name -> {"low", "likely", "high", "source", "n"} in the units of domain.potential.Inputs; source is
    "measured", "profile", "estimated" (then with "by" and "on"), "catalogue" (with "version") or "left_out".
    `answers`: risk question -> option or None; `answer_sources`: where each comes from and who confirmed it.
    `scores`: ranges as [low, likely, high] ("hours", "benefit", "cost", "net", "risk", groups: from the worst to the
    best of all inputs at once), "chance" of a net benefit in 12 months (0..1), "spread" (its EUR at 5, 50, 95 %),
    the verdict, and the "conditions" under which a refused one is looked at again.
    `reason` is the deciding person's; the reason in figures follows from the scores. `refused_by_rule`: the
    assessment refused it (a benefit in 12 months is too unlikely, or a prohibited practice), not a person.
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
    answer_sources = models.JSONField(default=dict, blank=True)
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
    def conditions(self) -> list[Condition]:
        """What would lift a refused use case over the bound, one change at a time."""
        found: list[dict[str, Any]] = self.scores.get("conditions", [])
        return [Condition(Lever(one["lever"]), one["now"], one["needed"]) for one in found]

    @property
    def values(self) -> Inputs | None:
        """The inputs as the rules take them; None before the assessment."""
        if not self.inputs:
            return None
        found: dict[str, dict[str, Any]] = self.inputs
        return Inputs(**{name: Range(one["low"], one["likely"], one["high"]) for name, one in found.items()})

    @property
    def candidate(self) -> Candidate | None:
        """The use case as it is drawn, by its name; None before the assessment.

        The wage is the company's, so all use cases share it; volume and minutes are shared where they were measured
        on the same process.
        """
        values = self.values
        if values is None:
            return None
        measured = frozenset(name for name, one in self.inputs.items() if one["source"] == "measured")
        shared = {"hourly_cost": "wage"}
        for name in ("cases_per_year", "minutes_per_case"):
            if name in measured and self.process_id is not None:
                shared[name] = f"{name}:{self.process_id}"
        groups = {name: Range(*value) for name, value in self.scores.get("groups", {}).items()}
        return Candidate(self.name, values, groups, shared, measured)


class Trial(TenantModel):
    """A recipe tried on the company's own past before any pilot: ordered by a person, done by the worker.

    `step` counts from 1 while it runs. `share`: cases whose proposal was right as [low, likely, high] in 0..1,
    measured on `n` cases; `figures` are the recipe's, shares in 0..1.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting for the worker")
        RUNNING = "running", _("running")
        DONE = "done", _("measured")
        CANNOT_TELL = "cannot_tell", _("cannot tell")
        FAILED = "failed", _("failed")

    use_case = models.ForeignKey(UseCase, on_delete=models.CASCADE, related_name="trials")
    process_import = models.ForeignKey(ProcessImport, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    step = models.PositiveSmallIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    share = models.JSONField(default=list)
    n = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    ordered_by = models.CharField(max_length=120)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case"], condition=Q(state__in=["queued", "running"]), name="one_trial_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.use_case}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def range(self) -> Range:
        """The measured share; only of one that is done."""
        return Range(*self.share)
