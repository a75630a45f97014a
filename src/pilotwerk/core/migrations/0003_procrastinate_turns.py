"""On PostgreSQL: the index by which the next organisation's oldest work is found in Procrastinate's table."""

from django.apps import apps
from django.db import migrations

PROCRASTINATE = apps.is_installed("procrastinate.contrib.django")


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_queue"),
        *([("procrastinate", "0041_post_retry_failed_job")] if PROCRASTINATE else []),
    ]

    operations = (
        [
            migrations.RunSQL(
                "CREATE INDEX pilotwerk_turns ON procrastinate_jobs (queue_name, id) WHERE status = 'todo'",
                "DROP INDEX pilotwerk_turns",
            )
        ]
        if PROCRASTINATE
        else []
    )
