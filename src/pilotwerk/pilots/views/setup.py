"""Setting up a pilot: learn from past requests, decide how it runs, start."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe, selectors, services
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.forms import SetupForm, TrainForm
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.presenting import learned
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecase_chosen
from pilotwerk.processes.selectors import imports_with_text
from pilotwerk.web.render import page


def _draft(request: OrganisationRequest) -> tuple[UseCase | None, Pilot | None]:
    """The chosen use case and its pilot while it is being set up."""
    pilot = selectors.pilot_current(request.organisation)
    use_case = usecase_chosen(request.organisation)
    if pilot is not None and pilot.state == PilotState.ENDED:
        pilot = None
    return use_case, pilot


@requires(permissions.MANAGE)
def setup(request: OrganisationRequest) -> HttpResponse:
    """All of it on one page, in the order in which it is done."""
    use_case, pilot = _draft(request)
    if use_case is None or use_case.recipe not in recipe.kinds():
        return page(request, "pilots/no_choice.html", {"use_case": use_case})
    if pilot is not None and pilot.state != PilotState.DRAFT:
        return redirect(request.organisation.url("pilots:pilot"))
    initial = SetupForm.initial_for(pilot, use_case.name)
    form = SetupForm(request.POST or None, initial=initial, organisation=request.organisation, pilot=pilot)
    if request.method == "POST" and form.is_valid():
        try:
            services.pilot_setup(
                organisation=request.organisation, actor=request.actor, use_case=use_case, **_values(form)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(request.organisation.url("pilots:setup") + "#start")
    imports = list(imports_with_text(request.organisation))
    context = {
        "use_case": use_case,
        "pilot": pilot,
        "train": TrainForm(imports=imports) if imports else None,
        "learned": learned(pilot) if pilot else None,
        "training": selectors.version_in_training(pilot) if pilot else False,
        "obstacles": selectors.start_obstacles(pilot) if pilot else [],
    }
    return page(request, "pilots/setup.html", context, form=form)


def _values(form: SetupForm) -> dict[str, Any]:
    data = form.cleaned_data
    names = ("name", "send_delay_seconds", "deadline_hours", "enough_decisions", "source_kind", "target_kind")
    return {
        **{name: data[name] for name in names},
        "untrained_reason": data["untrained_reason"],
        "source_connection": data.get("source_connection"),
        "target_connection": data.get("target_connection"),
        "urgent_categories": data.get("urgent_categories") or [],
        "share": data["share"] / 100,
        "stop_rules": form.stop_rules(),
    }


@requires(permissions.MANAGE)
@require_POST
def train(request: OrganisationRequest) -> HttpResponse:
    """Order training; the worker does it, the page may be left."""
    use_case, pilot = _draft(request)
    if use_case is None:
        raise Http404
    form = TrainForm(request.POST, imports=list(imports_with_text(request.organisation)))
    if not form.is_valid():
        raise Refused(_("Choose from which import the pilot learns."))
    if pilot is None:
        pilot = services.pilot_setup(
            organisation=request.organisation, actor=request.actor, use_case=use_case
        )
    services.pilot_train(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot,
        process_import=form.imports[form.cleaned_data["process_import"]],
    )
    return redirect(request.organisation.url("pilots:setup"))


@requires(permissions.MANAGE)
@require_POST
def start(request: OrganisationRequest) -> HttpResponse:
    """Start the pilot, or be told why not yet."""
    _use_case, pilot = _draft(request)
    if pilot is None:
        raise Http404
    services.pilot_start(organisation=request.organisation, actor=request.actor, pilot=pilot)
    messages.success(request, _("The pilot runs. Requests can come in."))
    return redirect(request.organisation.url("pilots:pilot"))
