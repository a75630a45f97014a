"""What belongs to single recipes: checking now, and the list of addresses that must not be written to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, selectors, services
from pilotwerk.pilots.forms import OptOutForm, errors_of
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


@requires(permissions.MANAGE)
@require_POST
def watch(request: OrganisationRequest) -> HttpResponse:
    """Let the worker look now instead of tomorrow morning."""
    services.watch_later(pilot_or_404(request))
    messages.success(request, _("The check runs. Reload the page to see what it found."))
    return redirect(request.organisation.url("pilots:pilot"))


@requires(permissions.DECIDE)
def optouts(request: OrganisationRequest) -> HttpResponse:
    """Who must not be written to; a further address can be added."""
    form = OptOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.optout_add(
            organisation=request.organisation, actor=request.actor, address=form.cleaned_data["address"]
        )
        messages.success(request, _("Nothing goes out to this address any more."))
        return redirect(request.organisation.url("pilots:optouts"))
    return page(
        request, "pilots/optouts.html", {"listed": selectors.optouts(request.organisation)}, form=form
    )


@requires(permissions.DECIDE)
@require_POST
def optout_remove(request: OrganisationRequest) -> HttpResponse:
    """Take an address off the list."""
    form = OptOutForm(request.POST)
    if not form.is_valid():
        raise Refused(errors_of(form))
    services.optout_remove(
        organisation=request.organisation, actor=request.actor, address=form.cleaned_data["address"]
    )
    return redirect(request.organisation.url("pilots:optouts"))
