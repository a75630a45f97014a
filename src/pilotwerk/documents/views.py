"""The page "Documents": create, download, and the origins of all figures."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.documents import permissions, selectors, services
from pilotwerk.documents.domain import LANGUAGES, Language, Open
from pilotwerk.documents.forms import CreateForm
from pilotwerk.documents.models import CreatedDocument, Format
from pilotwerk.web.render import page

CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@requires(permissions.VIEW)
def documents(request: OrganisationRequest) -> HttpResponse:
    """What can be created, what is still open in it, and what was created."""
    return _documents(request, CreateForm(initial={"language": _language()}))


@requires(permissions.VIEW)
@require_POST
def create(request: OrganisationRequest) -> HttpResponse:
    """Create the strategy from the records as they stand now. Takes about a second."""
    form = CreateForm(request.POST)
    if not form.is_valid():
        return _documents(request, form)
    made = services.strategy_create(
        organisation=request.organisation, actor=request.actor, **form.cleaned_data
    )
    messages.success(
        request, _("%(filename)s is created and can be downloaded.") % {"filename": made.filename}
    )
    return redirect(request.organisation.url("documents:documents"))


@requires(permissions.VIEW)
def figures(request: OrganisationRequest) -> HttpResponse:
    """All figures of the strategy with their origins."""
    document = selectors.strategy(request.organisation, _language())
    rows = [
        {"number": number, "section": section, "label": label, "figure": figure}
        for number, (section, label, figure) in enumerate(document.figures(), start=1)
    ]
    return page(request, "documents/figures.html", {"document": document, "rows": rows})


@requires(permissions.VIEW)
def download(request: OrganisationRequest, pk: str) -> FileResponse:
    """One file as it was created."""
    found = CreatedDocument.objects.of(request.organisation).filter(pk=pk).first()
    if found is None or not found.path.is_file():
        raise Http404
    return FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.filename,
        content_type=CONTENT_TYPES[Format(found.format)],
    )


def _documents(request: OrganisationRequest, form: CreateForm) -> HttpResponse:
    document = selectors.strategy(request.organisation, _language())
    still_open = [
        section.heading for section in document.sections if any(isinstance(b, Open) for b in section.blocks)
    ]
    context = {
        "document": document,
        "still_open": still_open,
        "figure_count": sum(1 for _figure in document.figures()),
        "created": selectors.created(request.organisation),
    }
    return page(request, "documents/documents.html", context, form=form)


def _language() -> Language:
    """The language of the page, as far as documents are offered in it."""
    active = (get_language() or "de")[:2]
    return next((each for each in LANGUAGES if each == active), "de")
