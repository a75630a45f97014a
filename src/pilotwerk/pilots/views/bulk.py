"""Approving several proposals of one category: the list is chosen, shown in full, and confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe, selectors, services
from pilotwerk.pilots.models import Case
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page


def _chosen(request: OrganisationRequest) -> list[tuple[Case, int, str]]:
    """The chosen cases with the revision and checksum that were on the page ("case revision checksum")."""
    found = []
    for value in request.POST.getlist("item"):
        try:
            pk, revision, digest = value.split()
            case, number = selectors.case_get(request.organisation, UUID(pk)), int(revision)
        except ValueError:
            raise Refused(_("The list was incomplete. Please choose again.")) from None
        if case is None:
            raise Refused(_("The list was incomplete. Please choose again."))
        found.append((case, number, digest))
    if not found:
        raise Refused(_("Choose at least one."))
    return found


@requires(permissions.DECIDE)
def together(request: OrganisationRequest) -> HttpResponse:
    """The proposals of one category to choose from (nothing is preselected), or the chosen ones in full."""
    pilot = pilot_or_404(request)
    categories = selectors.bulk_categories(pilot)
    category = request.GET.get("category", categories[0] if categories else "")
    offered = selectors.bulk_offered(pilot, category) if category else []
    confirming = request.method == "POST"
    if confirming:
        chosen = {(case.pk, revision, digest) for case, revision, digest in _chosen(request)}
        offered = [
            (case, one) for case, one in offered if (case.pk, one.revision, one.content_hash) in chosen
        ]
        if len(offered) != len(chosen):
            raise Refused(_("The list has changed in the meantime. Please choose again."))
    context: dict[str, Any] = {
        "pilot": pilot,
        "words": recipe.of(pilot.recipe).words,
        "category": category,
        "categories": categories,
        "offered": offered,
        "confirming": confirming,
    }
    return page(request, "pilots/together.html", context)


@requires(permissions.DECIDE)
@require_POST
def approve(request: OrganisationRequest) -> HttpResponse:
    """All of the list or none; each with exactly the words that were shown."""
    done = services.cases_approve(
        organisation=request.organisation, actor=request.actor, items=_chosen(request)
    )
    said = ngettext("%(count)s case is approved.", "%(count)s cases are approved.", len(done))
    messages.success(request, said % {"count": len(done)})
    return redirect(request.organisation.url("pilots:queue"))
