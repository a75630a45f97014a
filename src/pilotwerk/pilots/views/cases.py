"""The pilot's cases: where every figure leads to, and the way in for a file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import intake, permissions, recipe, selectors
from pilotwerk.pilots.forms.handing_in import UploadForm, errors_of
from pilotwerk.pilots.presenting import case_context
from pilotwerk.pilots.uploads import kept
from pilotwerk.pilots.views.pilot import case_or_404, pilot_or_404
from pilotwerk.web.render import page

PER_PAGE = 50


@requires(permissions.VIEW)
def cases(request: OrganisationRequest) -> HttpResponse:
    """All cases, newest first, by the filter that a figure's link carries."""
    pilot = pilot_or_404(request)
    chosen = request.GET.get("show", "all")
    shown, filters = selectors.cases_filtered(pilot, chosen)
    listed = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {"pilot": pilot, "listed": listed, "filters": filters, "chosen": chosen}
    return page(request, "pilots/cases.html", context)


@requires(permissions.VIEW)
def record(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One case from its arrival to its end, for reading."""
    return page(request, "pilots/record.html", case_context(case_or_404(request, pk), None, {}))


@requires(permissions.MANAGE)
@require_POST
def upload(request: OrganisationRequest) -> HttpResponse:
    """Take in the requests of a file; what was known before or unreadable is said."""
    pilot = pilot_or_404(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, errors_of(form))
        return redirect(request.organisation.url("pilots:pilot"))
    file = form.cleaned_data["file"]
    with kept(pilot, file) as path:
        done, read = intake.upload_ingest(pilot=pilot, actor=request.actor, path=path, filename=file.name)
    if recipe.of(pilot.recipe).about.renewed:
        messages.success(request, _("The figures are taken over. The check runs now."))
        return redirect(request.organisation.url("pilots:pilot"))
    said = [
        ngettext("%(count)s case came in.", "%(count)s cases came in.", len(done.new))
        % {"count": len(done.new)}
    ]
    if done.known:
        said.append(_("%(count)s were known before and left out.") % {"count": len(done.known)})
    rejected = len(read.rejected) + len(done.empty)
    if rejected:
        said.append(_("%(count)s rows could not be read.") % {"count": rejected})
    said += [_("Row %(row)s: %(why)s") % {"row": one.row, "why": one.message} for one in read.rejected[:5]]
    messages.success(request, " ".join(said))
    return redirect(request.organisation.url("pilots:pilot"))
