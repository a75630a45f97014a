"""What this room hands to the navigation."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.company import permissions
from pilotwerk.web import navigation

navigation.register(
    group="company", order=10, label=_("Company profile"), view="company:profile", right=permissions.VIEW
)
navigation.register(
    group="company",
    order=15,
    label=_("Readiness check"),
    view="company:readiness",
    right=permissions.READINESS,
)
navigation.register(
    group="company", order=17, label=_("Team survey"), view="company:survey", right=permissions.SURVEY
)
navigation.register(
    group="company", order=20, label=_("AI tools in use"), view="company:tools", right=permissions.VIEW
)
