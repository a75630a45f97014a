"""Filters of the plan's pages."""

from django import template

from pilotwerk.accounts.models import Membership
from pilotwerk.journey.links import openable as may_open

register = template.Library()


@register.filter
def openable(url: str, membership: Membership) -> str:
    """The address if the member may open it, otherwise nothing."""
    return url if url and may_open(url, membership) else ""
