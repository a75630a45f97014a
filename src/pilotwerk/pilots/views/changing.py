"""Changing a pilot that runs, as far as its measurement allows it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, services
from pilotwerk.pilots.forms.changing import ChangeForm
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


@requires(permissions.MANAGE)
def change(request: OrganisationRequest) -> HttpResponse:
    """Name, deadline, time to withdraw, urgent categories, and what the recipe lets be changed."""
    pilot = pilot_or_404(request)
    if pilot.state not in services.STARTED:
        raise Http404
    form = ChangeForm(request.POST or None, pilot=pilot)
    if request.method == "POST" and form.is_valid():
        try:
            services.pilot_change(
                organisation=request.organisation, actor=request.actor, pilot=pilot, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request.organisation.url("pilots:pilot"))
    return page(request, "pilots/change.html", {"pilot": pilot}, form=form)
