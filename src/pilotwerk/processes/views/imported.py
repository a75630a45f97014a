"""Shared by the pages about one import: finding it, and reading which of its cases are meant."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.models import ProcessImport


def import_of(request: OrganisationRequest, pk: str) -> ProcessImport:
    """An import of this organisation, or 404."""
    found: ProcessImport = get_object_or_404(
        ProcessImport.objects.of(request.organisation).select_related("process", "organisation"), pk=pk
    )
    return found


def kept_import(request: OrganisationRequest, pk: str) -> ProcessImport:
    """An import whose cases are kept, or 404."""
    found = import_of(request, pk)
    if found.state != ProcessImport.State.DONE or not found.cases_file.is_file():
        raise Http404
    return found


def selection_of(request: OrganisationRequest, prefix: str = "") -> tuple[Selection, str]:
    """Which cases the address asks for, and what is wrong with it ("" for nothing): then all cases are meant."""
    try:
        return Selection.read(request.GET.dict(), prefix), ""
    except BadInput as error:
        if error.column == "last":
            return Selection(), _("The last day lies before the first one.")
        return Selection(), _("Not a day: write it as 31.12.2026.") if error.column in (
            "first",
            "last",
        ) else _("One of the conditions cannot be read. All cases are shown.")
