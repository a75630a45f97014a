"""Goals: what is measured, where it shall go, who looks after it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.kpis import permissions, selectors, services, words
from pilotwerk.kpis.catalogue import Kpi, catalogue
from pilotwerk.kpis.domain.measures import Measure, TooLittle
from pilotwerk.kpis.domain.smart import Direction
from pilotwerk.kpis.forms import GoalForm
from pilotwerk.kpis.models import Goal
from pilotwerk.kpis.registry import plan_window
from pilotwerk.processes.models import ProcessImport
from pilotwerk.web.render import page


def _goal_row(goal: Goal) -> dict[str, Any]:
    baseline = goal.baseline
    kpi = baseline.kpi_entry
    return {
        "goal": goal,
        "baseline": words.value_text(baseline.value, baseline.unit),
        "basis": words.basis_text(kpi, baseline.n, *baseline.period) if kpi else "",
        "behind": words.BEHIND.get(baseline.kpi, ""),
        "target": words.value_text(goal.target, baseline.unit),
        "at_most": bool(kpi and kpi.direction is Direction.LOWER),
        "change": words.change_text(goal.relative_change),
    }


def _measure_row(kpi: Kpi, result: Measure | TooLittle) -> dict[str, Any]:
    if isinstance(result, TooLittle):
        return {"kpi": kpi, "why": words.too_little_text(result)}
    return {
        "kpi": kpi,
        "value": words.value_text(result.value, kpi.unit),
        "basis": words.basis_text(kpi, result.n, result.first, result.last),
        "behind": words.BEHIND.get(kpi.id, ""),
    }


@requires(permissions.VIEW)
def goals(request: OrganisationRequest) -> HttpResponse:
    """The goals, and every figure that can be measured from the imports."""
    found = list(selectors.goals(request.organisation))
    groups = [
        {"import": one, "rows": [_measure_row(kpi, result) for kpi, result in selectors.measures(one)]}
        for one in selectors.imports_measured(request.organisation)
    ]
    context = {
        "rows": [_goal_row(goal) for goal in found],
        "groups": groups,
        "next_due": found[0] if found else None,
        "waiting": [kpi for kpi in catalogue().kpis if not kpi.computable],
        "version": catalogue().version,
    }
    return page(request, "kpis/goals.html", context)


@requires(permissions.EDIT)
def goal_set(request: OrganisationRequest, import_pk: str, kpi: str) -> HttpResponse:
    """Freeze the baseline and set the goal against it."""
    entry = catalogue().find(kpi)
    process_import = get_object_or_404(ProcessImport.objects.of(request.organisation), pk=import_pk)
    if entry is None or not entry.computable:
        raise Http404
    measured = selectors.measure(kpi, process_import)
    if isinstance(measured, TooLittle):
        raise Refused(words.too_little_text(measured))
    window = plan_window(request.organisation)
    form = GoalForm(request.POST or None, organisation=request.organisation, kpi=entry, window=window)
    points: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        checked = selectors.smart(
            organisation=request.organisation,
            kpi=entry,
            baseline=measured.value,
            cases=measured.n,
            **form.cleaned_data,
        )
        if all(checked.values()):
            _freeze_and_set(request, kpi, process_import, form)
            messages.success(request, _("The goal is set. Its baseline is frozen."))
            return redirect(request.organisation.url("kpis:goals"))
        points = [
            {"met": met, "text": words.smart_text(point, kpi=entry, met=met, window=window)}
            for point, met in checked.items()
        ]
        form.add_error(None, _("The goal is not set yet. The check beside the form says what to change."))
    context = {
        "kpi": entry,
        "process_import": process_import,
        "value": words.value_text(measured.value, entry.unit),
        "basis": words.basis_text(entry, measured.n, measured.first, measured.last),
        "behind": words.BEHIND.get(entry.id, ""),
        "source": catalogue().source_of(entry),
        "lower": entry.direction is Direction.LOWER,
        "window": window,
        "points": points,
    }
    return page(request, "kpis/goal_set.html", context, form=form)


@transaction.atomic
def _freeze_and_set(
    request: OrganisationRequest, kpi: str, process_import: ProcessImport, form: GoalForm
) -> None:
    common: dict[str, Any] = {"organisation": request.organisation, "actor": request.actor}
    baseline = services.baseline_freeze(**common, kpi=kpi, process_import=process_import)
    services.goal_set(**common, baseline=baseline, **form.cleaned_data)


@requires(permissions.VIEW)
def goal(request: OrganisationRequest, pk: str) -> HttpResponse:
    """One goal with its frozen baseline, its definition, and the baseline computed again."""
    found = get_object_or_404(selectors.goals(request.organisation), pk=pk)
    kpi = found.baseline.kpi_entry
    window = plan_window(request.organisation)
    points = {}
    if kpi is not None:
        points = selectors.smart(
            organisation=request.organisation,
            kpi=kpi,
            baseline=found.baseline.value,
            cases=found.baseline.n,
            target=found.target,
            due=found.due,
            owner=found.owner,
        )
    context = {
        "row": _goal_row(found),
        "goal": found,
        "points": [
            {"met": met, "text": words.smart_text(point, kpi=kpi, met=met, window=window)}
            for point, met in points.items()
            if kpi is not None
        ],
        "again": selectors.baseline_check(found.baseline).value,
    }
    return page(request, "kpis/goal.html", context)


@requires(permissions.EDIT)
@require_POST
def goal_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Take a goal back."""
    found = get_object_or_404(selectors.goals(request.organisation), pk=pk)
    services.goal_remove(organisation=request.organisation, actor=request.actor, goal=found)
    messages.success(request, _("The goal is removed. Its baseline stays."))
    return redirect(request.organisation.url("kpis:goals"))
