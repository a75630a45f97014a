"""Reads of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pilotwerk.audit.models import INSTALLATION, AuditCheckpoint, AuditHead


@dataclass(frozen=True)
class State:
    """How long a log is and when it was last attested."""

    entries: int
    last_checkpoint_at: datetime | None


def state(organisation_id: UUID | None) -> State:
    """For the foot of every page: number of entries, time of the last checkpoint (None if there is none)."""
    log = organisation_id or INSTALLATION
    size = AuditHead.objects.filter(pk=log).values_list("size", flat=True).first()
    last = AuditCheckpoint.objects.filter(organisation_id=log).values_list("created_at", flat=True).first()
    return State(size or 0, last)
