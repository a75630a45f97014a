"""Pages for connections to databases, and the import that begins with a query."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.processes import permissions, selectors, services, texts
from pilotwerk.processes.databases.address import dialects
from pilotwerk.processes.databases.forms import ConnectionForm, NewProcessQueryForm, QueryForm
from pilotwerk.processes.databases.selectors import connection_list, first_rows, last_query
from pilotwerk.processes.databases.services import (
    connection_delete as delete,
)
from pilotwerk.processes.databases.services import (
    connection_save,
    import_start_query,
)
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.models import DatabaseConnection, Process
from pilotwerk.web.render import page


@requires(permissions.CONNECT)
def connections(request: OrganisationRequest) -> HttpResponse:
    """All connections, and whether the installation allows any."""
    context = {"connections": connection_list(request.organisation), "allowed": dialects()}
    return page(request, "processes/databases/list.html", context)


@requires(permissions.CONNECT)
def connection_new(request: OrganisationRequest) -> HttpResponse:
    """Where the database is and who reads it."""
    form = ConnectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = connection_save(organisation=request.organisation, actor=request.actor, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The connection %(name)s is stored.") % {"name": row.name})
            return redirect(request.organisation.url("processes:database", pk=row.pk))
    context = {"connection": None, "allowed": dialects()}
    return page(request, "processes/databases/connection.html", context, form=form)


@requires(permissions.CONNECT)
def connection_change(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change a connection, or test it: the first rows of a table."""
    row = get_object_or_404(DatabaseConnection.objects.of(request.organisation), pk=pk)
    context: dict[str, Any] = {"connection": row, "allowed": dialects()}
    if request.method == "POST" and "table" in request.POST:
        context["table"] = request.POST["table"]
        try:
            context["seen"] = first_rows(row, request.POST["table"][:20_000])
        except Unreadable as error:
            context["fault"] = texts.unreadable(error)
        except Refused as refusal:
            context["fault"] = str(refusal)
        form = ConnectionForm(instance=row)
        status = 422 if "fault" in context else 200
        response = page(request, "processes/databases/connection.html", context, form=form)
        response.status_code = status
        return response
    form = ConnectionForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            connection_save(
                organisation=request.organisation, actor=request.actor, connection=row, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The connection %(name)s is stored.") % {"name": row.name})
            return redirect(request.organisation.url("processes:database", pk=row.pk))
    return page(request, "processes/databases/connection.html", context, form=form)


@requires(permissions.CONNECT)
@require_POST
def connection_delete(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The connection goes with its password."""
    row = get_object_or_404(DatabaseConnection.objects.of(request.organisation), pk=pk)
    delete(organisation=request.organisation, actor=request.actor, connection=row)
    messages.success(request, _("The connection %(name)s is deleted.") % {"name": row.name})
    return redirect(request.organisation.url("processes:databases"))


@requires(permissions.IMPORT)
def process_new(request: OrganisationRequest) -> HttpResponse:
    """A new process begins with a query."""
    form = NewProcessQueryForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        process = selectors.process_named(request.organisation, name)
        try:
            if process is not None and process.imports.exclude(state__in=selectors.GONE).exists():
                raise Refused(_("There is a process “%(name)s” already.") % {"name": process.name})
            process = process or services.process_create(
                organisation=request.organisation, actor=request.actor, name=name
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return _start(request, process, form, {})
    return page(request, "processes/databases/query.html", _context(request, {}), form=form)


@requires(permissions.IMPORT)
def query(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Newer data for a process out of a database; the last query stands there already."""
    process = get_object_or_404(Process.objects.of(request.organisation), pk=pk)
    form = QueryForm(request.POST or None, organisation=request.organisation, initial=last_query(process))
    context = {"process": process}
    if request.method == "POST" and form.is_valid():
        return _start(request, process, form, context)
    return page(request, "processes/databases/query.html", _context(request, context), form=form)


def _context(request: OrganisationRequest, context: dict[str, Any]) -> dict[str, Any]:
    return context | {"has_connections": connection_list(request.organisation).exists()}


def _start(
    request: OrganisationRequest, process: Process, form: QueryForm, context: dict[str, Any]
) -> HttpResponse:
    """Look at the first rows; what the database says against it stands at the field."""
    try:
        started = import_start_query(
            organisation=request.organisation,
            actor=request.actor,
            process=process,
            connection=form.cleaned_data["connection"],
            query=form.cleaned_data["query"],
        )
    except Unreadable as error:
        form.add_error("query", texts.unreadable(error))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    else:
        return redirect(request.organisation.url("processes:mapping", pk=started.pk))
    return page(request, "processes/databases/query.html", _context(request, context), form=form)
