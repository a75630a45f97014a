"""What every row of an organisation has: an unguessable id, its organisation, the moment it was made."""

import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models

from pilotwerk.core import clock

Row = TypeVar("Row", bound=models.Model)


class TenantQuerySet(models.QuerySet[Row]):
    """Queries start with `.of(organisation)`, so that no row of another organisation is ever seen."""

    def of(self, organisation: Any) -> Self:
        """Rows of this organisation (a model instance or its id)."""
        return self.filter(organisation=organisation)


class TenantModel(models.Model):
    """Base of all rows that belong to one organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        settings.PILOTWERK_TENANT_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[Any] = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class Job(models.Model):
    """A piece of work of the leased queue that waits, runs under a lease, or was given up. See `core.jobs`."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        # Only regular work: the mark that its period is served. All other work that is done is deleted.
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # jobs.NOBODY for work of the installation, so that it takes turns like an organisation.
    organisation_id = models.UUIDField(default=uuid.UUID(int=0))
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation_id", "run_at"], condition=models.Q(state="queued"), name="job_turns"
            ),
            models.Index(fields=["leased_until"], condition=models.Q(state="running"), name="job_abandoned"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
