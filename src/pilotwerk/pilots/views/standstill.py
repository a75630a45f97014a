"""Stopping everything of the organisation, and letting a pilot go on after that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, selectors, services
from pilotwerk.pilots.forms.control import ReasonForm, StopForm
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


@requires(permissions.STOP_ALL)
def stop_all(request: OrganisationRequest) -> HttpResponse:
    """What would stand still; with the button it does, with or without a reason."""
    organisation = request.organisation
    if request.method != "POST":
        context = {
            "pilots": selectors.pilots_running(organisation),
            "models": selectors.models_on(organisation),
        }
        return page(request, "pilots/stop_all.html", context)
    form = StopForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    done = services.organisation_stop(organisation=organisation, actor=request.actor, reason=reason)
    messages.warning(request, _told(done))
    return redirect(organisation.url("pilots:pilot"))


def _told(done: services.Standstill) -> str:
    said = [
        ngettext(
            "Everything is stopped. %(count)s approved case was held back.",
            "Everything is stopped. %(count)s approved cases were held back.",
            done.held_back,
        )
        % {"count": done.held_back}
    ]
    if done.in_flight:
        said.append(
            ngettext(
                "%(count)s case was being sent at this moment. Its record will say whether it left the house.",
                "%(count)s cases were being sent at this moment. Their records will say whether they left the house.",
                done.in_flight,
            )
            % {"count": done.in_flight}
        )
    return " ".join(said)


@requires(permissions.RESUME_ALL)
@require_POST
def resume_all(request: OrganisationRequest) -> HttpResponse:
    """The managing director lets a pilot go on after everything was stopped, with a reason."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.pilot_resume(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot_or_404(request),
        reason=reason,
        after_all=True,
    )
    messages.success(request, _("The pilot goes on. Language models stay off until you switch them on."))
    return redirect(request.organisation.url("pilots:pilot"))
