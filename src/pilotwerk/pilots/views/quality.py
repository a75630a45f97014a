"""Blind check of sent answers, and what customers said afterwards."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe, selectors, services
from pilotwerk.pilots.forms.deciding import CheckForm
from pilotwerk.pilots.forms.handing_in import UploadForm, errors_of
from pilotwerk.pilots.outcomes import read_outcomes
from pilotwerk.pilots.presenting_control import reliability
from pilotwerk.pilots.unreadable import said
from pilotwerk.pilots.uploads import kept
from pilotwerk.pilots.views.pilot import case_or_404, pilot_or_404
from pilotwerk.web.render import page
from pilotwerk.web.templatetags.pw import number


@requires(permissions.DECIDE)
def quality(request: OrganisationRequest) -> HttpResponse:
    """The next answer to check: request and reply, nothing about how the reply came about."""
    pilot = selectors.pilot_current(request.organisation)
    if pilot is None:
        return redirect(request.organisation.url("pilots:pilot"))
    waiting = selectors.to_check(pilot)
    case = waiting.first()
    context = {
        "pilot": pilot,
        "words": recipe.of(pilot.recipe).words,
        "case": case,
        "reply": selectors.sent_reply(case) if case else None,
        "waiting": waiting.count(),
        "checked": selectors.checked(pilot),
        "upload": UploadForm(),
        "may_manage": request.membership.may(permissions.MANAGE),
        **reliability(pilot),
        "again": selectors.to_check_again(pilot, request.actor.id).count(),
    }
    return page(request, "pilots/quality.html", context)


@requires(permissions.DECIDE)
def again(request: OrganisationRequest) -> HttpResponse:
    """The next answer for a second rating: request and reply only, not what the first person said."""
    pilot = pilot_or_404(request)
    waiting = selectors.to_check_again(pilot, request.actor.id)
    case = waiting.first()
    context = {
        "pilot": pilot,
        "words": recipe.of(pilot.recipe).words,
        "case": case,
        "reply": selectors.sent_reply(case) if case else None,
        "waiting": waiting.count(),
    }
    return page(request, "pilots/quality_again.html", context)


@requires(permissions.DECIDE)
@require_POST
def check_again(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Keep the second verdict; the next answer opens."""
    case = case_or_404(request, pk)
    form = CheckForm(request.POST)
    if form.is_valid():
        services.quality_check_again(
            organisation=request.organisation, actor=request.actor, case=case, ok=form.cleaned_data["ok"]
        )
    return redirect(request.organisation.url("pilots:quality_again"))


@requires(permissions.DECIDE)
@require_POST
def check(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Keep the verdict; the next answer opens."""
    case = case_or_404(request, pk)
    form = CheckForm(request.POST)
    if form.is_valid():
        services.quality_check(
            organisation=request.organisation, actor=request.actor, case=case, **form.cleaned_data
        )
    return redirect(request.organisation.url("pilots:quality"))


@requires(permissions.MANAGE)
@require_POST
def outcomes(request: OrganisationRequest) -> HttpResponse:
    """Take in a file with satisfaction and whether customers wrote again."""
    pilot = pilot_or_404(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Refused(errors_of(form))
    file = form.cleaned_data["file"]
    try:
        with kept(pilot, file) as path:
            count = services.outcomes_load(
                organisation=request.organisation,
                actor=request.actor,
                pilot=pilot,
                outcomes=read_outcomes(path, name=file.name),
                source=file.name,
            )
    except PilotwerkError as error:
        messages.error(request, said(error, pilot.recipe))
    else:
        told = ngettext(
            "What %(count)s customer said is kept.", "What %(count)s customers said is kept.", count
        )
        messages.success(request, told % {"count": number(count)})
    return redirect(request.organisation.url("pilots:quality"))
