"""What this room hands to others: its entry in the navigation, its work in the queue."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.core import jobs
from pilotwerk.portfolio import permissions, trials
from pilotwerk.processes import registry as processes
from pilotwerk.web import navigation

navigation.register(
    group="days", order=30, label=_("Use cases"), view="portfolio:usecases", right=permissions.VIEW
)

processes.register_next_step(
    order=10, label=_("Find fitting use cases"), view="portfolio:usecase_add", right=permissions.EDIT
)

jobs.register(trials.JOB, trials.trial_job)
