"""Links only to pages that this member may open."""

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from pilotwerk.accounts.models import Membership
from pilotwerk.core.permissions import named_permission


def openable(url: str, membership: Membership) -> bool:
    """Whether the page at this address names a right that the member has."""
    try:
        right = named_permission(resolve(urlsplit(url).path).func)
    except Resolver404:
        return False
    return right is not None and membership.may(right)
