"""The pilot's cases: where every figure leads to, and the way in for a file."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import intake, permissions, recipe, selectors
from pilotwerk.pilots.domain.incoming import Ingested
from pilotwerk.pilots.forms.handing_in import UploadForm, errors_of
from pilotwerk.pilots.presenting import case_context
from pilotwerk.pilots.unreadable import placed, said
from pilotwerk.pilots.uploads import kept
from pilotwerk.pilots.views.pilot import case_or_404, pilot_or_404
from pilotwerk.web.render import page
from pilotwerk.web.templatetags.pw import number

PER_PAGE = 50
SHOWN_ROWS = 5
LONGEST_SEARCH = 100


@requires(permissions.VIEW)
def cases(request: OrganisationRequest) -> HttpResponse:
    """All cases, newest first, by the filter that a figure's link carries and the words of a search."""
    pilot = pilot_or_404(request)
    chosen, words = request.GET.get("show", "all"), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    shown, filters = selectors.cases_filtered(pilot, chosen, words)
    listed = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    # What the links to other filters and pages carry on.
    search = f"&{urlencode({'q': words}, quote_via=quote)}" if words else ""
    context = {
        "pilot": pilot,
        "listed": listed,
        "filters": filters,
        "chosen": chosen,
        "words": words,
        "search": search,
    }
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
    try:
        with kept(pilot, file) as path:
            done, read = intake.upload_ingest(pilot=pilot, actor=request.actor, path=path, filename=file.name)
    except BadInput as error:
        raise Refused(said(error, pilot.recipe)) from error
    if recipe.of(pilot.recipe).about.renewed:
        messages.success(request, _("The figures are taken over. The check runs now."))
        return redirect(request.organisation.url("pilots:pilot"))
    messages.success(request, _taken_in(done, [(one.row, one.column, one.message) for one in read.rejected]))
    return redirect(request.organisation.url("pilots:pilot"))


def _taken_in(done: Ingested, rejected: Sequence[tuple[int, str | None, str]]) -> str:
    """How much came in, and what did not: the first rows with the reason."""
    new, known, unread = len(done.new), len(done.known), len(rejected) + len(done.empty)
    told = [ngettext("%(count)s case came in.", "%(count)s cases came in.", new) % {"count": number(new)}]
    if known:
        text = ngettext(
            "%(count)s was known before and left out.", "%(count)s were known before and left out.", known
        )
        told.append(text % {"count": number(known)})
    if unread:
        text = ngettext("%(count)s row could not be read.", "%(count)s rows could not be read.", unread)
        told.append(text % {"count": number(unread)})
    shown = rejected[:SHOWN_ROWS]
    for row, column, why in shown:
        where = placed(row, column)
        told.append(f"{where[:1].upper()}{where[1:]}: {why}")
    if shown and unread > len(shown):
        told.append(_("The first %(count)s are named here.") % {"count": len(shown)})
    return " ".join(told)
