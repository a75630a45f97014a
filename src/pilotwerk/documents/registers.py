"""What the documents hand to navigation and plan."""

from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.documents import permissions, selectors
from pilotwerk.journey.registry import register_step
from pilotwerk.web import navigation


def _strategy_exists(organisation: Organisation) -> bool:
    return bool(selectors.created(organisation).exists())


navigation.register(
    group="evidence",
    order=20,
    label=gettext_lazy("Documents"),
    view="documents:documents",
    right=permissions.VIEW,
)
register_step("strategy", "documents:documents", _strategy_exists)
