"""What this room hands to others: its entry in the navigation, what the facts lead to."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.kpis import permissions
from pilotwerk.processes import registry as processes
from pilotwerk.web import navigation

navigation.register(group="days", order=40, label=_("Goals"), view="kpis:goals", right=permissions.VIEW)
processes.register_next_step(
    order=20, label=_("Freeze a baseline"), view="kpis:goals", right=permissions.EDIT
)
