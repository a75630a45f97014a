"""The one place that checks rights: before any view runs, and closed where nothing is named."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from pilotwerk.accounts.rights import right_of
from pilotwerk.accounts.selectors import membership_find

log = logging.getLogger("pilotwerk.accounts")


class RightsMiddleware:
    """Sets `request.organisation`, `.membership`, `.actor`; strangers get 404, members without the right 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = None  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        right = right_of(view, request.resolver_match.view_name)
        if right is None:
            log.error("%s names no right and is refused", request.resolver_match.view_name)
            raise PermissionDenied
        slug = kwargs.pop("organisation", None)
        if right.scope == "public":
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if right.scope == "signed_in":
            return None
        if slug is None:
            raise ImproperlyConfigured(
                f"{request.resolver_match.view_name} has no organisation in its address"
            )
        membership = membership_find(user=request.user, slug=slug)
        if membership is None:
            raise Http404
        request.organisation = membership.organisation
        request.membership = membership
        request.actor = membership.actor
        if not membership.may(right):
            raise PermissionDenied
        return None
