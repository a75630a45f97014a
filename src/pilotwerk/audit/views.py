"""The pages of the audit trail."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path
from typing import IO, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pilotwerk.audit import keys, permissions, registry, selectors, services
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.domain.entry import entry_read
from pilotwerk.audit.domain.export import checkpoint_filename
from pilotwerk.audit.forms import SearchForm
from pilotwerk.audit.verifier.verify import FINDINGS_SHOWN
from pilotwerk.core import clock
from pilotwerk.core.permissions import requires

PAGE = 50


class Request(HttpRequest):
    """For annotations: what the rights middleware has put onto the request. Organisations lie above this room."""

    organisation: Any
    actor: Actor


@requires(permissions.VIEW)
@require_GET
def log(request: Request) -> HttpResponse:
    """All entries, newest first, with search; beside them what the trail proves."""
    organisation = request.organisation
    form = SearchForm(organisation.id, request.GET or None)
    found = selectors.entries(organisation.id, **(form.criteria if form.is_bound else {}))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": selectors.lines(page.object_list),
        "searching": any(request.GET.get(name) for name in form.fields),
        "query": query.urlencode(),
        "state": selectors.state(organisation.id),
        "checkpoints": selectors.checkpoints(organisation.id)[:3],
        "last_check": selectors.last_check(organisation.id),
    }
    return render(request, "audit/log.html", context, status=422 if form.errors else 200)


@requires(permissions.VIEW)
@require_GET
def entry(request: Request, sequence: int) -> HttpResponse:
    """One entry with its proof."""
    found = selectors.entry_find(request.organisation.id, sequence)
    if found is None:
        raise Http404
    (line,) = selectors.lines([found])
    context = {
        "line": line,
        "entry": found,
        "action": registry.known(found.action),
        "data": json.dumps(entry_read(found.leaf)["data"], ensure_ascii=False, indent=2, sort_keys=True),
        "texts": found.texts.order_by("key"),
        "inclusion": selectors.inclusion(found),
        "size": selectors.state(request.organisation.id).entries,
    }
    return render(request, "audit/entry.html", context)


@requires(permissions.VIEW)
@require_POST
def check(request: Request) -> HttpResponse:
    """Check the whole log in the database now and show the result."""
    report = services.log_check(organisation_id=request.organisation.id, actor=request.actor)
    language = get_language() or "de"
    findings = [(finding.sequence, finding.text(language)) for finding in report.findings[:FINDINGS_SHOWN]]
    context = {
        "report": report,
        "findings": findings,
        "more": len(report.findings) - len(findings),
        "last": selectors.checkpoints(request.organisation.id).first(),
    }
    return render(request, "audit/check.html", context)


@requires(permissions.VIEW)
@require_POST
def export(request: Request) -> FileResponse:
    """The whole trail as a zip file with everything that is needed to check it."""
    organisation = request.organisation
    name = f"audit-{organisation.slug}-{clock.now():%Y-%m-%d}"
    packed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / name
        services.log_export(organisation_id=organisation.id, actor=request.actor, directory=directory)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(directory.rglob("*")):
                archive.write(path, path.relative_to(folder))
    packed.seek(0)
    return FileResponse(packed, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")


@requires(permissions.VIEW)
@require_GET
def checkpoints(request: Request) -> HttpResponse:
    """All checkpoints, to be downloaded and kept elsewhere."""
    page = Paginator(selectors.checkpoints(request.organisation.id), PAGE).get_page(request.GET.get("page"))
    state = selectors.state(request.organisation.id)
    first = page.object_list[0] if page.number == 1 and page.object_list else None
    context = {"page": page, "state": state, "attested": first is not None and first.size == state.entries}
    return render(request, "audit/checkpoints.html", context)


@requires(permissions.VIEW)
@require_POST
def checkpoint_new(request: Request) -> HttpResponse:
    """Sign what the log is now."""
    services.checkpoint_create(organisation_id=request.organisation.id)
    messages.success(request, _("The checkpoint is made. Download it and keep it outside this server."))
    return redirect(request.organisation.url("audit:checkpoints"))


@requires(permissions.VIEW)
@require_GET
def checkpoint(request: Request, size: int) -> HttpResponse:
    """One checkpoint as a file."""
    found = selectors.checkpoints(request.organisation.id).filter(size=size).first()
    if found is None:
        raise Http404
    name = f"checkpoint-{request.organisation.slug}-{checkpoint_filename(size)}"
    return _file(found.note, name)


@requires(permissions.VIEW)
@require_GET
def public_key(request: Request) -> HttpResponse:
    """The key that verifies the checkpoints of this organisation."""
    key = keys.signer(request.organisation.id).key
    return _file(f"{key}\n", f"public-{request.organisation.slug}.key")


def _file(text: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(), content_type="text/plain; charset=utf-8", headers=disposition)
