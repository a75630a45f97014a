"""What this room hands to others: the daily checkpoint and its way out of the database."""

from pilotwerk.audit import services
from pilotwerk.audit.models import AuditCheckpoint
from pilotwerk.core import jobs

DAY = 86_400


def _make(job: jobs.Work) -> None:
    services.checkpoint_due()


def _publish(job: jobs.Work) -> None:
    checkpoint = AuditCheckpoint.objects.filter(pk=job.payload["checkpoint"]).first()
    if checkpoint:  # its organisation may have been deleted meanwhile
        services.checkpoint_publish(checkpoint=checkpoint)


jobs.register("audit.checkpoint", _make)
jobs.register(services.PUBLISH, _publish)
jobs.every("audit.checkpoint", DAY)
