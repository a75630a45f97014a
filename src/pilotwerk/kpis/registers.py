"""What this room hands to the navigation."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.kpis import permissions
from pilotwerk.web import navigation

navigation.register(group="days", order=40, label=_("Goals"), view="kpis:goals", right=permissions.VIEW)
