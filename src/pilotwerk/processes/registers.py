"""What this room hands to others: its work in the queue, its entry in the navigation."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.core import jobs
from pilotwerk.processes import permissions, services
from pilotwerk.processes.quality import services as quality
from pilotwerk.web import navigation

jobs.register(services.JOB, services.import_job)
jobs.register(quality.JOB, quality.quality_job)

navigation.register(
    group="days", order=20, label=_("Processes"), view="processes:list", right=permissions.VIEW
)
