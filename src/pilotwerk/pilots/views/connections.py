"""Connections to mailboxes: the list, one connection with its test, and its removal."""

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
from pilotwerk.pilots.presenting import connection_facts
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
def connection_new(request: OrganisationRequest) -> HttpResponse:
    """A new mailbox; after it is stored its test comes next."""
    form = FORMS[ConnectionKind.MAILBOX](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.connection_create(
                organisation=request.organisation,
                actor=request.actor,
                kind=ConnectionKind.MAILBOX,
                **form.values(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Stored. Test the connection now."))
            return redirect(request.organisation.url("pilots:connection", pk=row.pk))
    return page(request, "pilots/connection_form.html", {"connection": None}, form=form)


@requires(permissions.MANAGE)
def connection_change(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Change a connection; secrets that are left empty stay."""
    row = _connection_or_404(request, pk)
    form = FORMS[row.kind](request.POST or None, connection=row)
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
    return page(request, "pilots/connection_form.html", {"connection": row}, form=form)


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
    return page(request, "pilots/connection.html", {**context, "look": found})


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
