"""What this room hands to the navigation."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.portfolio import permissions
from pilotwerk.web import navigation

navigation.register(
    group="days", order=30, label=_("Use cases"), view="portfolio:usecases", right=permissions.VIEW
)
