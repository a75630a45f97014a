"""A pilot and what was learned for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pilotwerk.core.models import TenantModel
from pilotwerk.pilots.domain.states import PilotState

if TYPE_CHECKING:
    from pilotwerk.pilots.models.autonomy import HumanControl


class SourceKind(models.TextChoices):
    UPLOAD = "upload", _("Upload of files")
    FOLDER = "folder", _("Watched folder")
    MAILBOX = "mailbox", _("Mailbox")


class TargetKind(models.TextChoices):
    OUTBOX = "outbox", _("Outbox folder")
    SMTP = "smtp", _("E-mail (SMTP)")
    MAILBOX = "mailbox", _("Mailbox")


class ModelState(models.TextChoices):
    TRAINING = "training", _("is being trained")
    READY = "ready", _("ready")
    CANNOT_TELL = "cannot_tell", _("nothing to learn from")
    FAILED = "failed", _("failed")


PILOT_STATES = [
    (PilotState.DRAFT.value, _("being set up")),
    (PilotState.RUNNING.value, _("running")),
    (PilotState.STOPPED.value, _("stopped")),
    (PilotState.ENDED.value, _("ended")),
]


class Pilot(TenantModel):
    """One use case that runs. An organisation has at most one that has not ended."""

    # The settings of human control as they were read together with this row; None where only the row was read.
    control_held: HumanControl | None = None
    use_case = models.ForeignKey("portfolio.UseCase", on_delete=models.CASCADE, related_name="pilots")
    name = models.CharField(_("Name"), max_length=120)
    recipe = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=PILOT_STATES, default=PilotState.DRAFT.value)
    share = models.FloatField(_("Share with AI"), default=0.5)
    stop_rules = models.JSONField(default=list)
    send_delay_seconds = models.PositiveIntegerField(default=60)
    deadline_hours = models.PositiveSmallIntegerField(default=24)
    urgent_categories = models.JSONField(default=list)
    enough_decisions = models.PositiveSmallIntegerField(default=30)
    source_kind = models.CharField(max_length=10, choices=SourceKind.choices, default=SourceKind.UPLOAD)
    target_kind = models.CharField(max_length=10, choices=TargetKind.choices, default=TargetKind.OUTBOX)
    source_connection = models.ForeignKey(
        "pilots.Connection", null=True, blank=True, on_delete=models.SET_NULL, related_name="pilots_in"
    )
    target_connection = models.ForeignKey(
        "pilots.Connection", null=True, blank=True, on_delete=models.SET_NULL, related_name="pilots_out"
    )
    training_import = models.ForeignKey(
        "processes.ProcessImport", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    model_version = models.ForeignKey(
        "pilots.ModelVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    untrained_reason = models.CharField(max_length=500, blank=True, default="")
    # The recipe's own part of the set-up, as plain JSON.
    options = models.JSONField(default=dict)
    # The day of the last daily check of a recipe that looks for cases by itself.
    looked_on = models.DateField(null=True)
    seed = models.CharField(max_length=64, blank=True, default="")
    seed_commitment = models.CharField(max_length=64, blank=True, default="")
    stop_reason = models.CharField(max_length=1000, blank=True, default="")
    stopped_by_rule = models.CharField(max_length=20, blank=True, default="")
    # When a person used the kill switch for the first time: gate 2 wants to see that it works.
    stop_tried_at = models.DateTimeField(null=True, blank=True)
    # Stop rules look at what happened since then; a resumed pilot is not stopped again for the old reason.
    watched_since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="pilot_state_known", condition=Q(state__in=[state.value for state in PilotState])
            ),
            models.CheckConstraint(name="pilot_share_within", condition=Q(share__gte=0, share__lte=1)),
            models.CheckConstraint(
                name="pilot_started_has_seed",
                condition=Q(state=PilotState.DRAFT.value) | (~Q(seed="") & ~Q(seed_commitment="")),
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=~Q(state=PilotState.ENDED.value),
                name="one_open_pilot_each",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.state == PilotState.RUNNING.value

    @property
    def is_stopped(self) -> bool:
        return self.state == PilotState.STOPPED.value


class ModelVersion(TenantModel):
    """What was learned from one import, with the honest check on rows that it had not seen."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ModelState.choices, default=ModelState.TRAINING)
    training_import = models.ForeignKey(
        "processes.ProcessImport", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The recipe's own name for this version: a hash over rows and seed, also the folder that holds it.
    version = models.CharField(max_length=64, blank=True, default="")
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                name="ready_version_is_named", condition=~Q(state=ModelState.READY) | ~Q(version="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pilot} {self.number}"
