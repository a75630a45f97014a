"""What belongs to single recipes: checking now, and the list of addresses that must not be written to."""

from __future__ import annotations

import mimetypes
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe, selectors, services
from pilotwerk.pilots.forms.handing_in import OptOutForm, errors_of
from pilotwerk.pilots.views.pilot import case_or_404, pilot_or_404
from pilotwerk.web.render import page


@requires(permissions.MANAGE)
@require_POST
def watch(request: OrganisationRequest) -> HttpResponse:
    """Let the worker look now instead of tomorrow morning."""
    services.watch_later(pilot_or_404(request))
    messages.success(request, _("The check runs. Reload the page to see what it found."))
    return redirect(request.organisation.url("pilots:pilot"))


@requires(permissions.VIEW)
def case_file(request: OrganisationRequest, pk: UUID, number: int) -> HttpResponse:
    """A file as it goes out beside the present text, or went out beside it."""
    case = case_or_404(request, pk)
    proposal = selectors.draft_of(case).proposal
    if proposal is None or not proposal.details:
        raise Http404
    place = selectors.place_of(case.pilot, request.organisation)
    try:
        attached = recipe.of(case.pilot.recipe).outgoing(proposal.content(), place).attached
    except BadInput:
        raise Http404 from None
    if number >= len(attached):
        raise Http404
    file = attached[number]
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = HttpResponse(file.content, content_type=kind)
    shown = "inline" if kind == "application/pdf" else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{file.name}"'
    return response


@requires(permissions.MANAGE)
@require_POST
def people(request: OrganisationRequest) -> HttpResponse:
    """Change to whom the pilot's results go, also while it runs."""
    pilot = pilot_or_404(request)
    maker = recipe.of(pilot.recipe).people_form()
    if maker is None:
        raise Http404
    form = maker(request.POST)
    if not form.is_valid():
        raise Refused(errors_of(form))
    services.people_set(
        organisation=request.organisation, actor=request.actor, pilot=pilot, options=form.cleaned_data
    )
    messages.success(request, _("Saved."))
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
