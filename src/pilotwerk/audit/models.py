"""The log's tables. The organisation is a plain UUID, because this room lies below the organisations."""

from uuid import UUID

from django.db import models

from pilotwerk.audit.domain.merkle import Frontier, frontier_read
from pilotwerk.core import clock

INSTALLATION = UUID(int=0)
"""Stands for the installation's own log: what belongs to no organisation, such as signing in."""


class AuditEntry(models.Model):
    """A leaf of the tree. Only `leaf` counts; the other columns repeat it for searching, and are checked.

    Written by `store.append` only. Triggers refuse to update or delete (see `triggers`).
    """

    organisation_id = models.UUIDField()
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    leaf = models.TextField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "sequence"], name="audit_no_number_twice"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="audit_numbers_from_1"),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "actor_id"], name="audit_actor"),
            models.Index(fields=["subject_id"], name="audit_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class AuditHead(models.Model):
    """Where a log ends: its size and the frontier of its tree. Its row lock puts writers into an order."""

    organisation_id = models.UUIDField(primary_key=True)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.size}"

    @property
    def tree(self) -> Frontier:
        """The tree so far, ready to grow."""
        return frontier_read(self.size, self.frontier)


class PersonalText(models.Model):
    """A text that names or describes a person, beside its commitment in the leaf; erasing empties it."""

    entry = models.ForeignKey(AuditEntry, on_delete=models.CASCADE, related_name="texts")
    key = models.CharField(max_length=40)
    salt = models.BinaryField(max_length=32, null=True)
    text = models.TextField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "key"], name="audit_one_text_a_key"),
            models.CheckConstraint(
                condition=models.Q(erased_at=None, salt__isnull=False, text__isnull=False)
                | models.Q(erased_at__isnull=False, salt=None, text=None),
                name="audit_erased_wholly",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class AuditCheckpoint(models.Model):
    """A signed statement about the first `size` entries, as it was handed out."""

    organisation_id = models.UUIDField()
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-size"]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "size"], name="audit_one_checkpoint_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.size}"


class AuditPurge(models.Model):
    """An organisation that is being deleted right now, so that its log may be deleted as well."""

    organisation_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.organisation_id)
