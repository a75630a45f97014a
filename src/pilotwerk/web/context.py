"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pilotwerk.audit.selectors import state as audit_state
from pilotwerk.core import clock
from pilotwerk.web import bar, navigation


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation, bar and foot, read only when a template uses them."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {"organisation": None, "membership": None, "page_time": clock.now()}
    return {
        "organisation": membership.organisation,
        "membership": membership,
        "page_time": clock.now(),
        "navigation": SimpleLazyObject(lambda: navigation.entries_for(membership, request.path)),
        "bar_pieces": SimpleLazyObject(lambda: bar.pieces_for(request)),
        "page_pieces": SimpleLazyObject(lambda: bar.pieces_for(request, "page")),
        "audit_state": SimpleLazyObject(lambda: audit_state(membership.organisation_id)),
    }
