"""The pilot's page: state and what to do next, stop and go on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import folders, permissions, recipe, selectors, services
from pilotwerk.pilots.forms.control import ReasonForm, StopForm
from pilotwerk.pilots.forms.handing_in import UploadForm
from pilotwerk.pilots.models import Case, Pilot
from pilotwerk.pilots.presenting import stop_rule_rows
from pilotwerk.pilots.presenting_control import level_row
from pilotwerk.web.render import page


def pilot_or_404(request: OrganisationRequest) -> Pilot:
    """The organisation's present pilot."""
    found = selectors.pilot_current(request.organisation)
    if found is None:
        raise Http404
    return found


def case_or_404(request: OrganisationRequest, pk: UUID) -> Case:
    """One case of this organisation."""
    found = selectors.case_get(request.organisation, pk)
    if found is None:
        raise Http404
    return found


@requires(permissions.VIEW)
def pilot(request: OrganisationRequest) -> HttpResponse:
    """Where the pilot stands and what to do next."""
    found = selectors.pilot_current(request.organisation)
    if found is None:
        return page(request, "pilots/none.html", {"may_manage": request.membership.may(permissions.MANAGE)})
    kind = recipe.of(found.recipe)
    people = kind.people_form()
    context = {
        "pilot": found,
        "summary": selectors.pilot_summary(found),
        "rules": stop_rule_rows(found),
        "standing": level_row(selectors.standing(found)),
        "fallen": selectors.fallen_recently(found),
        "obstacles": selectors.start_obstacles(found) if found.state == "draft" else [],
        "upload": UploadForm(),
        "resume": ReasonForm(),
        "inbox": folders.inbox(found),
        "outbox": folders.outbox(found),
        "kind": kind.about,
        "words": kind.words,
        "people": people(initial=people.shown(found.options)) if people else None,
        "figures": selectors.recipe_figures(found, request.organisation) if found.state != "draft" else (),
        "may_manage": request.membership.may(permissions.MANAGE),
        "may_resume_all": request.membership.may(permissions.RESUME_ALL),
        "may_decide": request.membership.may(permissions.DECIDE),
    }
    return page(request, "pilots/pilot.html", context)


@requires(permissions.STOP)
@require_POST
def stop(request: OrganisationRequest) -> HttpResponse:
    """The kill switch: at once, without asking for a reason."""
    form = StopForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    held = services.pilot_stop(
        organisation=request.organisation, actor=request.actor, pilot=pilot_or_404(request), reason=reason
    )
    messages.warning(
        request,
        ngettext(
            "The pilot is stopped. Nothing goes out. %(count)s approved case was held back.",
            "The pilot is stopped. Nothing goes out. %(count)s approved cases were held back.",
            held,
        )
        % {"count": held},
    )
    return redirect(request.organisation.url("pilots:pilot"))


@requires(permissions.STOP)
@require_POST
def stop_reason(request: OrganisationRequest) -> HttpResponse:
    """Tell the reason for a stop afterwards."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.stop_reason_add(
        organisation=request.organisation, actor=request.actor, pilot=pilot_or_404(request), reason=reason
    )
    return redirect(request.organisation.url("pilots:pilot"))


@requires(permissions.MANAGE)
@require_POST
def resume(request: OrganisationRequest) -> HttpResponse:
    """Go on after a stop, with a reason."""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.pilot_resume(
        organisation=request.organisation, actor=request.actor, pilot=pilot_or_404(request), reason=reason
    )
    messages.success(request, _("The pilot goes on. What was held back waits for a new decision."))
    return redirect(request.organisation.url("pilots:pilot"))


@requires(permissions.MANAGE)
@require_POST
def end(request: OrganisationRequest) -> HttpResponse:
    """End the pilot for good."""
    services.pilot_end(organisation=request.organisation, actor=request.actor, pilot=pilot_or_404(request))
    messages.success(request, _("The pilot has ended. Its records stay."))
    return redirect(request.organisation.url("pilots:pilot"))
