"""Putting work into the queue and reporting how far it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from pilotwerk.core import clock
from pilotwerk.core.jobs import registry
from pilotwerk.core.models import Job


def enqueue(
    *,
    kind: str,
    organisation_id: UUID | None,
    payload: dict[str, Any] | None = None,
    run_at: datetime | None = None,
    key: str | None = None,
) -> Job:
    """Store a piece of work in the running transaction. With a `key`, work that already waits is not doubled."""
    registry.handler(kind)
    values = {
        "kind": kind,
        "organisation_id": organisation_id,
        "payload": payload or {},
        "run_at": run_at or clock.now(),
        "key": key,
    }
    if key is not None:
        try:
            with transaction.atomic():
                return Job.objects.create(**values)
        except IntegrityError:
            return Job.objects.get(key=key)
    return Job.objects.create(**values)


def progress(job: Job, *, done: int, total: int) -> None:
    """Write how far the work is, for the page that shows it. Visible at once, so call it outside a transaction."""
    Job.objects.filter(pk=job.pk, token=job.token).update(done=done, total=total)
