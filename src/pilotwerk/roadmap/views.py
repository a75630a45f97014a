"""The roadmap, laid by hand."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.portfolio.models import UseCase
from pilotwerk.roadmap import permissions, selectors, services
from pilotwerk.roadmap.domain import Quarter
from pilotwerk.roadmap.forms import ItemForm, LimitsForm
from pilotwerk.roadmap.models import RoadmapItem
from pilotwerk.roadmap.words import load_problems, quarter_name
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def roadmap(request: OrganisationRequest) -> HttpResponse:
    """Quarters with their use cases and sums, and the use cases that are left."""
    quarters = selectors.plan(request.organisation)
    first = selectors.quarters_offered(request.organisation)[0]
    context = {
        "quarters": [
            {
                "plan": each,
                "name": quarter_name(each.quarter),
                "earlier": each.quarter.plus(-1) if each.quarter > first else None,
                "later": each.quarter.plus(1),
                "problems": load_problems(each.load),
            }
            for each in quarters
        ],
        "item_count": sum(len(each.items) for each in quarters),
        "total": selectors.total_budget(quarters),
        "candidates": selectors.candidates(request.organisation),
        "limits": selectors.limits(request.organisation),
        "may_edit": request.membership.may(permissions.EDIT),
    }
    return page(request, "roadmap/roadmap.html", context)


@requires(permissions.EDIT)
def item_add(request: OrganisationRequest, use_case: str) -> HttpResponse:
    """Lay one use case on a quarter."""
    found = get_object_or_404(UseCase.objects.of(request.organisation), pk=use_case)
    form = ItemForm(request.POST or None, organisation=request.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            services.item_add(
                organisation=request.organisation, actor=request.actor, use_case=found, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is on the roadmap.") % {"name": found.name})
            return redirect(request.organisation.url("roadmap:roadmap"))
    return page(request, "roadmap/item.html", {"use_case": found}, form=form)


@requires(permissions.EDIT)
def item(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change what a use case on the roadmap asks for."""
    found = _item(request, pk)
    form = ItemForm(request.POST or None, organisation=request.organisation, instance=found)
    if request.method == "POST" and form.is_valid():
        services.item_change(
            organisation=request.organisation, actor=request.actor, item=found, **form.cleaned_data
        )
        messages.success(request, _("Saved: %(name)s.") % {"name": found.use_case.name})
        return redirect(request.organisation.url("roadmap:roadmap"))
    return page(request, "roadmap/item.html", {"use_case": found.use_case, "item": found}, form=form)


@requires(permissions.EDIT)
@require_POST
def item_move(request: OrganisationRequest, pk: str) -> HttpResponse:
    """One quarter earlier or later."""
    found = _item(request, pk)
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
    except ValueError:
        return HttpResponseBadRequest(_("This is not a quarter."))
    services.item_move(
        organisation=request.organisation, actor=request.actor, item=found, quarter=str(quarter)
    )
    values = {"name": found.use_case.name, "quarter": quarter_name(quarter)}
    messages.success(request, _("%(name)s is now in %(quarter)s.") % values)
    return redirect(request.organisation.url("roadmap:roadmap"))


@requires(permissions.EDIT)
@require_POST
def item_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Take a use case off the roadmap."""
    found = _item(request, pk)
    name = found.use_case.name
    services.item_remove(organisation=request.organisation, actor=request.actor, item=found)
    messages.success(request, _("%(name)s is off the roadmap. It stays a use case.") % {"name": name})
    return redirect(request.organisation.url("roadmap:roadmap"))


@requires(permissions.EDIT)
def limits(request: OrganisationRequest) -> HttpResponse:
    """What there is for each quarter."""
    form = LimitsForm(request.POST or None, instance=selectors.limits(request.organisation))
    if request.method == "POST" and form.is_valid():
        services.limits_save(organisation=request.organisation, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved. Every quarter is checked against it."))
        return redirect(request.organisation.url("roadmap:roadmap"))
    return page(request, "roadmap/limits.html", {}, form=form)


def _item(request: OrganisationRequest, pk: str) -> RoadmapItem:
    found: RoadmapItem = get_object_or_404(selectors.items(request.organisation), pk=pk)
    return found
