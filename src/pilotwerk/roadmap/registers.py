"""What the roadmap hands to navigation and plan."""

from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.journey.registry import register_step
from pilotwerk.roadmap import permissions, selectors
from pilotwerk.web import navigation


def _laid(organisation: Organisation) -> bool:
    """At least one use case is on the roadmap, and each there has somebody who answers for it."""
    owners = list(selectors.items(organisation).values_list("owner_id", flat=True))
    return bool(owners) and None not in owners


navigation.register(
    group="days", order=80, label=gettext_lazy("Roadmap"), view="roadmap:roadmap", right=permissions.VIEW
)
register_step("roadmap", "roadmap:roadmap", _laid)
