"""How much the pilot does by itself: levels with their evidence, two signatures, lowering, and the limits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, selectors, services
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.forms.control import ControlForm, LowerForm
from pilotwerk.pilots.forms.handing_in import errors_of
from pilotwerk.pilots.models import Promotion
from pilotwerk.pilots.presenting_control import history_rows, level_rows
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def autonomy(request: OrganisationRequest) -> HttpResponse:
    """The levels with what is known about agreement, and what may be signed or lowered."""
    pilot = pilot_or_404(request)
    rows = level_rows(pilot)
    context = {
        "pilot": pilot,
        "whole": rows[0],
        "lower": max((row["lower"] for row in rows), key=len),
        "rows": rows,
        "offers": [row for row in rows if row["promotion"] or row["standing"].offered],
        "history": history_rows(pilot),
        "control": selectors.control_of(pilot),
        "fallen": selectors.fallen_recently(pilot),
        "may_manage": request.membership.may(permissions.MANAGE),
        "may_decide": request.membership.may(permissions.DECIDE),
        "me": request.actor.id,
    }
    return page(request, "pilots/autonomy.html", context)


@requires(permissions.MANAGE)
def control(request: OrganisationRequest) -> HttpResponse:
    """Bound, sample, four eyes, reminders, planted mistakes."""
    pilot = pilot_or_404(request)
    known = selectors.categories(pilot)
    initial = ControlForm.initial_for(selectors.control_of(pilot))
    form = ControlForm(request.POST or None, known=known, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.control_set(
                organisation=request.organisation, actor=request.actor, pilot=pilot, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request.organisation.url("pilots:autonomy"))
    return page(request, "pilots/control.html", {"pilot": pilot}, form=form)


def _promotion(request: OrganisationRequest, pk: UUID) -> Promotion:
    found = Promotion.objects.of(request.organisation).filter(pk=pk).select_related("pilot").first()
    if found is None:
        raise Http404
    return found


@requires(permissions.MANAGE)
@require_POST
def sign(request: OrganisationRequest) -> HttpResponse:
    """The first of two signatures under the next level."""
    services.promotion_sign(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot_or_404(request),
        category=request.POST.get("category", "")[:120],
    )
    messages.success(request, _("You have signed. The level rises when a second person signs."))
    return redirect(request.organisation.url("pilots:autonomy"))


@requires(permissions.MANAGE)
@require_POST
def confirm(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """The second signature; the level is in force."""
    promotion = _promotion(request, pk)
    services.promotion_confirm(
        organisation=request.organisation, actor=request.actor, pilot=promotion.pilot, promotion=promotion
    )
    messages.success(request, _("The new level is in force."))
    return redirect(request.organisation.url("pilots:autonomy"))


@requires(permissions.MANAGE)
@require_POST
def withdraw(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take the offer back before the second signature."""
    services.promotion_withdraw(
        organisation=request.organisation, actor=request.actor, promotion=_promotion(request, pk)
    )
    return redirect(request.organisation.url("pilots:autonomy"))


@requires(permissions.DECIDE)
@require_POST
def lower(request: OrganisationRequest) -> HttpResponse:
    """Lower a level at once, with a reason."""
    form = LowerForm(request.POST)
    if not form.is_valid():
        raise Refused(errors_of(form))
    services.level_lower(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot_or_404(request),
        level=Level(form.cleaned_data["level"]),
        reason=form.cleaned_data["reason"],
        category=form.cleaned_data["category"],
    )
    messages.success(request, _("The level is lowered, at once."))
    return redirect(request.organisation.url("pilots:autonomy"))
