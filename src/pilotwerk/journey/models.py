"""The plan of an organisation: tasks, gates, signed decisions, and addresses of calendar feeds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilotwerk.accounts.models import Membership, User
from pilotwerk.core import clock
from pilotwerk.core.models import TenantModel
from pilotwerk.journey.catalogue import PhaseText, TaskText, plan_catalogue
from pilotwerk.journey.domain.gates import Decision


class Plan(TenantModel):
    """The 90 days from `start`. An organisation has at most one that runs."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", pgettext_lazy("programme", "stopped")

    start = models.DateField(_("First day"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="running"), name="one_running_plan_each"
            )
        ]

    def __str__(self) -> str:
        return str(self.start)


class Task(TenantModel):
    """A task of the catalogue in a plan. `done_at` is set by a person; data can say "done" as well (selectors)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(max_length=40)
    phase = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    due = models.DateField()
    due_by_hand = models.BooleanField(default=False)
    owner = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["phase", "due", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="one_task_of_a_kind"),
            models.CheckConstraint(condition=Q(phase__gte=1, phase__lte=3), name="task_in_a_phase"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def text(self) -> TaskText | None:
        """Title and reason from the catalogue; None if a newer catalogue dropped the task."""
        return plan_catalogue().tasks_by_key.get(self.key)

    @property
    def title(self) -> str:
        """The title in the active language."""
        return str(self.text.title) if self.text else self.key


class Gate(TenantModel):
    """The decision at the end of a phase."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PASSED = "passed", _("passed")
        STOPPED = "stopped", pgettext_lazy("programme", "stopped")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="gates")
    number = models.PositiveSmallIntegerField()
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_gate_of_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=3), name="gate_number_1_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def text(self) -> PhaseText:
        """What the gate states and asks."""
        return plan_catalogue().phase(self.number)


class GateDecision(TenantModel):
    """A signed decision with the criteria as they were. Never changed; a later one stands beside it.

    `criteria` is a list of {id, title, state, required, measured, evidence_url, overridden}, in the language
    of the person who signed.
    """

    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, related_name="decisions")
    decision = models.CharField(max_length=4, choices=[(one.value, one.value) for one in Decision])
    reason = models.TextField()
    criteria = models.JSONField(default=list)
    signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField(default=clock.now)
    audit_entry = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="gate_decision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.gate_id} {self.decision}"


class CalendarToken(TenantModel):
    """The secret part of a member's feed address. Only a hash is kept."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=5, default="de")

    def __str__(self) -> str:
        return str(self.membership_id)
