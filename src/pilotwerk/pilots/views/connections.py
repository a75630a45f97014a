"""Connections: the list, a new one of a kind, one connection with its test, and its removal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import execution, permissions, selectors, services
from pilotwerk.pilots.connection_forms import FORMS
from pilotwerk.pilots.models import Connection, ConnectionKind
from pilotwerk.pilots.presenting_connections import OFFERED, connection_facts, look_table
from pilotwerk.web.render import page


def _connection_or_404(request: OrganisationRequest, pk: UUID) -> Connection:
    found = selectors.connection_get(request.organisation, pk)
    if found is None:
        raise Http404
    return found


@requires(permissions.MANAGE)
def connections(request: OrganisationRequest) -> HttpResponse:
    """All connections with their state."""
    rows = [connection_facts(one) for one in selectors.connections_of(request.organisation)]
    return page(request, "pilots/connections.html", {"rows": rows})


@requires(permissions.MANAGE)
def connection_choose(request: OrganisationRequest) -> HttpResponse:
    """Which kind of connection it is to be."""
    offered = [(ConnectionKind(kind), what, way) for kind, what, way in OFFERED]
    return page(request, "pilots/connection_choose.html", {"offered": offered})


@requires(permissions.MANAGE)
def connection_new(request: OrganisationRequest, kind: str) -> HttpResponse:
    """A new connection; after it is stored its test comes next."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.connection_create(
                organisation=request.organisation, actor=request.actor, kind=kind, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Stored. Test the connection now."))
            return redirect(request.organisation.url("pilots:connection", pk=row.pk))
    context = {"connection": None, "kind": ConnectionKind(kind)}
    return page(request, "pilots/connection_form.html", context, form=form)


@requires(permissions.MANAGE)
def connection_change(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Change a connection; secrets that are left empty stay."""
    row = _connection_or_404(request, pk)
    form = FORMS[row.kind](request.POST or None, organisation=request.organisation, connection=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.connection_change(
                organisation=request.organisation, actor=request.actor, connection=row, **form.values()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Stored. Test the connection now."))
            return redirect(request.organisation.url("pilots:connection", pk=row.pk))
    context = {"connection": row, "kind": ConnectionKind(row.kind)}
    return page(request, "pilots/connection_form.html", context, form=form)


def _context(row: Connection) -> dict[str, Any]:
    return {
        "facts": connection_facts(row),
        "connection": row,
        "aside": selectors.mails_aside(row),
        "pilots": list(selectors.connection_pilots(row)),
    }


@requires(permissions.MANAGE)
def connection(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One connection: its state, what came and was no request, and what may be done with it."""
    return page(request, "pilots/connection.html", _context(_connection_or_404(request, pk)))


@requires(permissions.MANAGE)
@require_POST
def connection_test(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Show what would be read, or what is wrong; nothing of it is stored."""
    row = _connection_or_404(request, pk)
    found = execution.connection_test(organisation=request.organisation, actor=request.actor, connection=row)
    context = {**_context(row), "tested": True}
    if isinstance(found, Exception):
        response = page(request, "pilots/connection.html", context)
        response.status_code = 422
        return response
    context |= {"look": found, "rows": look_table(found.columns, found.rows, row)}
    return page(request, "pilots/connection.html", context)


@requires(permissions.MANAGE)
def connection_remove(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Ask once, then remove."""
    row = _connection_or_404(request, pk)
    if request.method != "POST":
        return page(request, "pilots/connection_remove.html", _context(row))
    services.connection_remove(organisation=request.organisation, actor=request.actor, connection=row)
    messages.success(request, _("The connection %(name)s is removed.") % {"name": row.name})
    return redirect(request.organisation.url("pilots:connections"))


@requires(permissions.MANAGE)
@require_POST
def mail_take(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take what was set aside as a request after all."""
    mail = selectors.mail_get(request.organisation, pk)
    if mail is None:
        raise Http404
    case = services.mail_as_request(organisation=request.organisation, actor=request.actor, mail=mail)
    messages.success(request, _("%(case)s came in.") % {"case": case.label})
    return redirect(request.organisation.url("pilots:record", pk=case.pk))
