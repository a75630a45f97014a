"""Who is away, and who is told instead when a case waits too long."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, selectors, services
from pilotwerk.pilots.forms.control import AbsenceForm
from pilotwerk.pilots.models import Absence
from pilotwerk.web.render import page


@requires(permissions.DECIDE)
def deputies(request: OrganisationRequest) -> HttpResponse:
    """Present and coming absences, and a form for one more."""
    form = AbsenceForm(request.POST or None, people=selectors.deciders(request.organisation))
    if request.method == "POST" and form.is_valid():
        try:
            services.absence_add(organisation=request.organisation, actor=request.actor, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(request.organisation.url("pilots:deputies"))
    context = {
        "absences": selectors.absences(request.organisation),
        "alone": len(form.people) < 2,
    }
    return page(request, "pilots/deputies.html", context, form=form)


@requires(permissions.DECIDE)
@require_POST
def remove(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take an entry back."""
    absence = Absence.objects.of(request.organisation).filter(pk=pk).first()
    if absence is None:
        raise Http404
    services.absence_remove(organisation=request.organisation, actor=request.actor, absence=absence)
    return redirect(request.organisation.url("pilots:deputies"))
