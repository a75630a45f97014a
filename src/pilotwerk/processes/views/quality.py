"""How good the data of an import are."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.processes import permissions, selectors, texts
from pilotwerk.processes.domain.quality.profile import profile_of
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.quality import pictures as quality_pictures
from pilotwerk.processes.quality import services
from pilotwerk.processes.views.imported import import_of
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def quality(request: OrganisationRequest, pk: str) -> HttpResponse:
    """How good the data of an import are, and what changed from the import before."""
    found = import_of(request, pk)
    if found.state != ProcessImport.State.DONE:
        return redirect(request.organisation.url("processes:import", pk=found.pk))
    context: dict[str, Any] = {"import": found, "process": found.process, "profile": None}
    profile = profile_of(found.facts)
    if profile is None:
        fault = found.facts.get("quality_fault")
        context["why"] = texts.say(fault["code"], fault["params"]) if fault else ""
        context["running"] = bool(fault) and selectors.quality_running(found)
        context["again"] = bool(fault) and selectors.readable_again(found)
    else:
        context |= quality_pictures.page_of(profile, selectors.import_before(found))
    return page(request, "processes/quality.html", context)


@requires(permissions.IMPORT)
@require_POST
def again(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Order the measurement that failed; the page shows when it is done."""
    found = import_of(request, pk)
    services.quality_again(organisation=request.organisation, actor=request.actor, process_import=found)
    return redirect(request.organisation.url("processes:quality", pk=found.pk))
