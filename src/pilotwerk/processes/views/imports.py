"""Pages about processes: list, import in four steps, facts."""

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.processes import permissions, selectors, services, texts
from pilotwerk.processes.analysis import Peek
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.roles import Kind
from pilotwerk.processes.forms import MappingForm, NewProcessForm, UploadForm
from pilotwerk.processes.models import Process, ProcessImport
from pilotwerk.processes.quality import pictures as quality_pictures
from pilotwerk.processes.views.imported import import_of
from pilotwerk.web.render import page

ROWS_A_PAGE = 50
State = ProcessImport.State


@requires(permissions.VIEW)
def process_list(request: OrganisationRequest) -> HttpResponse:
    """All processes with what was measured last."""
    context = {"lines": selectors.overview(request.organisation)}
    return page(request, "processes/list.html", context)


@requires(permissions.IMPORT)
def process_new(request: OrganisationRequest) -> HttpResponse:
    """A new process begins with its first file."""
    form = NewProcessForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        process = selectors.process_named(request.organisation, form.cleaned_data["name"])
        try:
            if process is None:
                process = services.process_create(
                    organisation=request.organisation, actor=request.actor, name=form.cleaned_data["name"]
                )
            elif process.imports.exclude(state__in=selectors.GONE).exists():
                raise Refused(_("There is a process “%(name)s” already.") % {"name": process.name})
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return _start(request, process, form, "processes/new.html", {})
    return page(request, "processes/new.html", form=form)


@requires(permissions.IMPORT)
def upload(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Newer data for a process."""
    process = get_object_or_404(Process.objects.of(request.organisation), pk=pk)
    form = UploadForm(request.POST or None, request.FILES or None)
    context = {"process": process}
    if request.method == "POST" and form.is_valid():
        return _start(request, process, form, "processes/upload.html", context)
    return page(request, "processes/upload.html", context, form=form)


def _start(
    request: OrganisationRequest, process: Process, form: Form, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Hand the file in; what is wrong with it is said at its field."""
    file = form.cleaned_data["file"]
    try:
        started = services.import_start(
            organisation=request.organisation,
            actor=request.actor,
            process=process,
            file=file,
            filename=file.name,
        )
    except Unreadable as error:
        form.add_error("file", texts.unreadable(error))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    else:
        return redirect(request.organisation.url("processes:mapping", pk=started.pk))
    return page(request, template, context, form=form)


@requires(permissions.IMPORT)
def mapping(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Show the first rows and what the columns seem to mean; a person confirms or corrects."""
    found = import_of(request, pk)
    if found.state != State.UPLOADED:
        return redirect(request.organisation.url("processes:import", pk=found.pk))
    wanted = request.POST.get("kind") or request.GET.get("kind") or found.kind
    kind = Kind(wanted) if wanted in set(Kind) else Kind(found.kind)
    try:
        seen = selectors.import_preview(found, kind)
    except Unreadable as error:  # the database of a query may be away by now
        raise Refused(texts.unreadable(error)) from error
    earlier = selectors.import_latest(request.organisation, found.process)
    form = MappingForm(request.POST or None, seen=seen, kind=kind, first=earlier is None)
    if request.method == "POST" and form.is_valid():
        try:
            services.import_confirm(
                organisation=request.organisation,
                actor=request.actor,
                process_import=found,
                mapping=form.mapping(),
                kind=kind,
                unite=form.cleaned_data.get("unite") != "no",
            )
        except Unreadable as error:
            form.add_error(None, texts.unreadable(error))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(request.organisation.url("processes:import", pk=found.pk))
    other = Kind.CASE_TABLE if kind is Kind.EVENT_LOG else Kind.EVENT_LOG
    context = {
        "import": found,
        "seen": seen,
        "kind": kind,
        "kind_label": texts.KINDS[kind],
        "other": other,
        "other_label": texts.KINDS[other],
        "columns": _columns(seen),
        "formulas": int(seen.facts.get("formulas", "0")),
        "remembered": selectors.mapping_remembered(found.process, seen.columns, kind) is not None,
        "fault": _fault(found),
    }
    return page(request, "processes/mapping.html", context, form=form)


@requires(permissions.IMPORT)
@require_POST
def part(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Another sheet of the workbook, or another table of the ZIP file, is what the process consists of."""
    found = import_of(request, pk)
    try:
        services.import_part_choose(
            organisation=request.organisation,
            actor=request.actor,
            process_import=found,
            part=request.POST.get("part", ""),
        )
    except Unreadable as error:
        raise Refused(texts.unreadable(error)) from error
    return redirect(request.organisation.url("processes:mapping", pk=found.pk))


def _columns(seen: Peek) -> list[dict[str, Any]]:
    meanings = {name: texts.MEANINGS[one] for one, name in seen.guess.mapping.columns.items()}
    return [{"name": name, "meaning": meanings.get(name)} for name in seen.columns]


def _fault(found: ProcessImport) -> str:
    return texts.placed(**found.fault) if found.fault else ""


@requires(permissions.VIEW)
def import_state(request: OrganisationRequest, pk: str) -> HttpResponse:
    """How far an import is, and how it ended. The page asks again by itself while it runs."""
    found = import_of(request, pk)
    running = found.state in (State.QUEUED, State.RUNNING)
    context = {
        "import": found,
        "running": running,
        "imported": found.rows - found.rejected,
        "fault": _fault(found),
        "reasons": quality_pictures.rejections(found.facts),
    }
    return page(request, "processes/import.html", context)


@requires(permissions.IMPORT)
@require_POST
def import_discard(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The upload goes, and its file with it."""
    found = import_of(request, pk)
    services.import_discard(organisation=request.organisation, actor=request.actor, process_import=found)
    messages.success(request, _("%(filename)s is discarded.") % {"filename": found.filename})
    return redirect(request.organisation.url("processes:process", pk=found.process_id))


@requires(permissions.IMPORT)
@require_POST
def import_cancel(request: OrganisationRequest, pk: str) -> HttpResponse:
    """A waiting or running import ends; the process is as it was before."""
    found = import_of(request, pk)
    services.import_cancel(organisation=request.organisation, actor=request.actor, process_import=found)
    messages.success(
        request, _("%(filename)s is not imported. Nothing was changed.") % {"filename": found.filename}
    )
    return redirect(request.organisation.url("processes:process", pk=found.process_id))


@requires(permissions.IMPORT)
def import_undo(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Asks, then takes the latest import back; what was known before it holds again."""
    found = import_of(request, pk)
    if request.method == "POST":
        services.import_undo(organisation=request.organisation, actor=request.actor, process_import=found)
        messages.success(request, _("The import of %(filename)s is undone.") % {"filename": found.filename})
        return redirect(request.organisation.url("processes:process", pk=found.process_id))
    if found.state != State.DONE:
        return redirect(request.organisation.url("processes:import", pk=found.pk))
    return page(request, "processes/undo.html", {"import": found})


@requires(permissions.VIEW)
def rejected(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The rows that were not imported, each with its reason."""
    found = import_of(request, pk)
    shown = Paginator(selectors.rejected_rows(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        {"row": one.row, "column": one.column, "reason": texts.say(one.code, one.params)} for one in shown
    ]
    return page(request, "processes/rejected.html", {"import": found, "page": shown, "lines": lines})


@requires(permissions.VIEW)
def rejected_csv(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The same as a file for a table program."""
    found = import_of(request, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{found.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Row"), _("Column"), pgettext("rejected row", "Reason")])
    for one in selectors.rejected_rows(found).iterator(chunk_size=2000):
        writer.writerow([one.row, harmless(one.column), harmless(texts.say(one.code, one.params))])
    return response


def harmless(text: str) -> str:
    """A text that no table program takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
