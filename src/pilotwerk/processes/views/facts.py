"""What was measured: the whole import, a part of it, and two parts side by side."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.core.results import CannotTell
from pilotwerk.processes import comparing, permissions, pictures, selectors, texts
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.engine.kept import categories
from pilotwerk.processes.models import Process, ProcessImport
from pilotwerk.processes.quality import pictures as quality_pictures
from pilotwerk.processes.registry import next_steps
from pilotwerk.processes.views.imported import import_of, kept_import, selection_of
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def process(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The facts of the latest import, or what is missing for them."""
    found = get_object_or_404(Process.objects.of(request.organisation), pk=pk)
    latest = selectors.import_latest(request.organisation, found)
    if latest is not None:
        return _facts_page(request, latest)
    context = {"process": found, "waiting": selectors.import_open(request.organisation, found)}
    return page(request, "processes/process_empty.html", context)


@requires(permissions.VIEW)
def facts(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The facts of one import, also of an older one; with conditions in the address those of a part of it."""
    found = import_of(request, pk)
    if found.state != ProcessImport.State.DONE:
        return redirect(request.organisation.url("processes:import", pk=found.pk))
    return _facts_page(request, found)


def _facts_page(request: OrganisationRequest, found: ProcessImport) -> HttpResponse:
    selection, fault = selection_of(request)
    measured: dict[str, Any] = found.facts
    known_categories: list[str] = []
    if found.cases_file.is_file():
        with selectors.kept(found, Selection()) as con:
            known_categories = categories(con)
        part = selectors.facts_of_part(found, selection) if selection else measured
        if isinstance(part, CannotTell):
            fault, selection = part.reason, Selection()
        else:
            measured = part
    context = {
        "import": found,
        "process": found.process,
        "facts": measured,
        "whole": found.facts,
        "selection": selection,
        "query": selection.query(),
        "conditions": texts.conditions(selection),
        "fault": fault,
        "categories": known_categories,
        "first": selectors.day_of(measured.get("first")),
        "last": selectors.day_of(measured.get("last")),
        "imported": found.rows - found.rejected,
        "quality": quality_pictures.summary(found.facts),
        "good_enough": pictures.good_enough(found.facts),
        "cost": pictures.cost(measured, selectors.hourly_cost(request.organisation)),
        "is_latest": selectors.import_latest(request.organisation, found.process) == found,
        "others": selectors.imports_of(found.process).exclude(pk=found.pk),
        "waiting": selectors.import_open(request.organisation, found.process),
        "next_steps": list(next_steps(request.membership)),
        **pictures.facts_context(measured),
    }
    return page(request, "processes/facts.html", context)


@requires(permissions.VIEW)
def compare(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Two periods or groups of one import, figure by figure."""
    found = kept_import(request, pk)
    sides, faults = [], []
    for prefix in ("a_", "b_"):
        selection, fault = selection_of(request, prefix)
        sides.append(selection)
        faults += [fault] if fault else []
    if not any(sides) and not faults:
        sides = list(comparing.halves(found.facts))
    measured = [selectors.facts_of_part(found, side) for side in sides]
    with selectors.kept(found, Selection()) as con:
        known_categories = categories(con)
    missing = [one.reason for one in measured if isinstance(one, CannotTell)]
    both = [] if missing else [one for one in measured if not isinstance(one, CannotTell)]
    shown = [
        {"key": key, "selection": side, "conditions": texts.conditions(side), "query": side.query()}
        for key, side in zip(("a", "b"), sides, strict=True)
    ]
    context = {
        "import": found,
        "sides": shown,
        "faults": faults or missing,
        "rows": [
            {"row": row, "sides": list(zip(shown, (row.first, row.second), strict=True))}
            for row in (comparing.rows(*both) if both else ())
        ],
        "headline": comparing.headline(*both) if both else "",
        "categories": known_categories,
    }
    return page(request, "processes/compare.html", context)
