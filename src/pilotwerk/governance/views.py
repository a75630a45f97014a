"""Register, entries, classification."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.company.selectors import tools
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.governance import permissions, presenting, selectors, services
from pilotwerk.governance.forms import ClassifyForm, DayForm, DpiaForm, SystemForm
from pilotwerk.governance.models import AISystem
from pilotwerk.portfolio.selectors import usecase_chosen
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def register(request: OrganisationRequest) -> HttpResponse:
    """All systems with result, certainty and what is missing."""
    rows = [presenting.system_row(system) for system in selectors.systems(request.organisation)]
    results = [row.result for row in rows if row.result is not None and not row.off]
    context = {
        "rows": rows,
        "waiting": [row for row in rows if row.missing and not row.off],
        "dates": [
            presenting.legal_date(one, on=clock.today(request.organisation.timezone))
            for one in selectors.legal_dates(results)
        ],
        "legal": legal_state(request),
        "tools": tools(request.organisation).count(),
    }
    return page(request, "governance/register.html", context)


def legal_state(request: OrganisationRequest) -> dict[str, object]:
    """The legal state that stands on every page of this room."""
    sources = selectors.sources()
    return {
        "state": sources.legal_state,
        "as_of": sources.as_of,
        "review_by": sources.review_by,
        "due": selectors.review_is_due(request.organisation),
    }


@requires(permissions.EDIT)
def system_add(request: OrganisationRequest) -> HttpResponse:
    """A new entry; the chosen use case without a system is proposed."""
    form = SystemForm(request.POST or None, organisation=request.organisation, initial=_proposal(request))
    if request.method == "POST" and form.is_valid():
        try:
            system = services.system_register(
                organisation=request.organisation, actor=request.actor, **form.cleaned_data
            )
            return redirect(request.organisation.url("governance:classify", pk=system.pk))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(request, "governance/system_form.html", {"legal": legal_state(request)}, form=form)


def _proposal(request: OrganisationRequest) -> dict[str, object]:
    chosen = usecase_chosen(request.organisation)
    if chosen is None or selectors.system_for_use_case(chosen) is not None:
        return {"responsible": request.membership.pk}
    return {
        "name": chosen.name,
        "purpose": chosen.description,
        "recipe": chosen.recipe,
        "use_case": chosen.pk,
        "provider": "Pilotwerk",
        "responsible": request.membership.pk,
    }


@requires(permissions.EDIT)
def system_change(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change an entry."""
    system = _system(request, pk)
    form = SystemForm(request.POST or None, organisation=request.organisation, instance=_copy(system))
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            if changed:
                services.system_change(
                    organisation=request.organisation, actor=request.actor, system=system, **changed
                )
            return redirect(request.organisation.url("governance:system", pk=pk))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"system": system, "legal": legal_state(request)}
    return page(request, "governance/system_form.html", context, form=form)


def _copy(system: AISystem) -> AISystem:
    """The form writes into its instance while it checks; the service gets the untouched row."""
    return AISystem.objects.get(pk=system.pk)


@requires(permissions.VIEW)
def system(request: OrganisationRequest, pk: str) -> HttpResponse:
    """One system: result first, then what is missing, duties on a day, sources."""
    return _system_page(request, _system(request, pk))


def _system_page(request: OrganisationRequest, found: AISystem, dpia: DpiaForm | None = None) -> HttpResponse:
    today = clock.today(request.organisation.timezone)
    chosen = DayForm(request.GET or None, initial={"on": today})
    on: date = chosen.cleaned_data["on"] if chosen.is_bound and chosen.is_valid() else today
    result = selectors.classification_now(found)
    on_day = result if on == today else selectors.classification_on(found, on)
    context = {
        "system": found,
        "latest": found.classification,
        "earlier": list(found.classifications.all())[1:],
        "legal": legal_state(request),
        "result": result,
        "row": presenting.system_row(found),
        "reasons": presenting.reason_rows(result) if result else [],
        "open": presenting.open_rows(result) if result else [],
        "duties": presenting.duty_rows(on_day) if on_day else [],
        "sources": presenting.source_rows(result) if result else [],
        "day_form": chosen,
        "on": on,
        "dpia": dpia or DpiaForm(),
        "dpia_open": result is not None and selectors.dpia_is_open(found, result),
    }
    return page(request, "governance/system.html", context, form=dpia)


@requires(permissions.EDIT)
def classify(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The questions about one system, all on one page."""
    found = _system(request, pk)
    latest = found.classification
    form = ClassifyForm(request.POST or None, recipe=found.recipe, known=latest.answers if latest else None)
    if request.method == "POST" and form.is_valid():
        services.system_classify(
            organisation=request.organisation, actor=request.actor, system=found, answers=form.answers
        )
        messages.success(request, _("Classified: %(name)s.") % {"name": found.name})
        return redirect(request.organisation.url("governance:system", pk=pk))
    context = {"system": found, "legal": legal_state(request)}
    return page(request, "governance/classify.html", context, form=form)


@requires(permissions.EDIT)
@require_POST
def dpia(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The decision on the impact assessment."""
    found = _system(request, pk)
    form = DpiaForm(request.POST)
    if form.is_valid():
        services.dpia_decide(
            organisation=request.organisation, actor=request.actor, system=found, **form.cleaned_data
        )
        messages.success(request, _("The decision on the impact assessment is recorded."))
        return redirect(request.organisation.url("governance:system", pk=pk))
    return _system_page(request, found, form)


def _system(request: OrganisationRequest, pk: str) -> AISystem:
    found: AISystem = get_object_or_404(selectors.systems(request.organisation), pk=pk)
    return found
