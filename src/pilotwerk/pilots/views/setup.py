"""Setting up a pilot: learn from the past, decide how it runs, start. Each recipe brings its own part of the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import PilotwerkError, Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import intake, permissions, recipe, selectors, services
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.forms.setup import SetupForm
from pilotwerk.pilots.forms.tables import TablesForm, TrainForm
from pilotwerk.pilots.models import Connection, Pilot
from pilotwerk.pilots.presenting import learned
from pilotwerk.pilots.unreadable import said
from pilotwerk.pilots.uploads import kept
from pilotwerk.portfolio.catalogue import usecase_catalogue
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecase_chosen, usecases
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import imports_done, imports_with_text
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
        return page(request, "pilots/no_choice.html", {"use_case": use_case, **_to_choose_from(request)})
    if pilot is not None and pilot.state != PilotState.DRAFT:
        return redirect(request.organisation.url("pilots:pilot"))
    kind = recipe.of(use_case.recipe)
    initial = SetupForm.initial_for(pilot, use_case.name, kind.about)
    form = SetupForm(
        request.POST or None, initial=initial, organisation=request.organisation, pilot=pilot, kind=kind
    )
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
    return page(request, "pilots/setup.html", _context(request, use_case, pilot), form=form)


def _to_choose_from(request: OrganisationRequest) -> dict[str, Any]:
    """The ideas that can become a pilot, and the catalogue's first entry of each kind that runs."""
    kinds = recipe.kinds()
    entries = [next((e for e in usecase_catalogue().entries if e.recipe == kind), None) for kind in kinds]
    ideas = [
        one for one in usecases(request.organisation) if one.recipe in kinds and one.state == "candidate"
    ]
    return {"ideas": ideas, "offered": [one for one in entries if one is not None]}


def _context(request: OrganisationRequest, use_case: UseCase, pilot: Pilot | None) -> dict[str, Any]:
    kind = recipe.of(use_case.recipe)
    context: dict[str, Any] = {
        "use_case": use_case,
        "kind": kind.about,
        "pilot": pilot,
        "learned": learned(pilot) if pilot else None,
        "training": selectors.version_in_training(pilot) if pilot else False,
        "obstacles": selectors.start_obstacles(pilot) if pilot else [],
        "advised": selectors.advised(request.organisation),
    }
    if kind.about.tables:
        tables, options = _own_forms(request, use_case, pilot, bound=False)
        return {
            **context,
            "tables": tables,
            "options": options,
            "known": [(kind.roles()[role][0], one) for role, one in tables.known.items()],
        }
    imports = list(imports_with_text(request.organisation))
    return {**context, "train": TrainForm(imports=imports) if imports else None}


def _own_forms(
    request: OrganisationRequest, use_case: UseCase, pilot: Pilot | None, *, bound: bool
) -> tuple[TablesForm, Any]:
    """The recipe's tables, and its own options where it has some."""
    kind = recipe.of(use_case.recipe)
    data = (request.POST, request.FILES) if bound else ()
    known = selectors.tables_of(pilot) if pilot else {}
    imports = list(imports_done(request.organisation))
    tables = TablesForm(
        *data,
        roles=kind.roles(),
        imports=imports,
        connections=selectors.connections_with_tables(request.organisation, kind.about),
        known=known,
        optional=kind.about.optional,
    )
    facts = pilot.model_version.facts if pilot and pilot.model_version else {}
    maker = kind.options_form({role: one.columns for role, one in known.items()}, facts)
    if maker is None:
        return tables, None
    options = pilot.options if pilot else {}
    initial = maker.shown(options) if options or facts else None
    return tables, maker(request.POST if bound else None, initial=initial)


def _values(form: SetupForm) -> dict[str, Any]:
    data = form.cleaned_data
    names = ("name", "send_delay_seconds", "deadline_hours", "enough_decisions", "source_kind", "target_kind")
    return {
        **{name: data[name] for name in names},
        "untrained_reason": data.get("untrained_reason", ""),
        "source_connection": data.get("source_connection"),
        "target_connection": data.get("target_connection"),
        "urgent_categories": data.get("urgent_categories") or [],
        "share": data["share"] / 100,
        "stop_rules": form.stop_rules(),
    }


@requires(permissions.MANAGE)
@require_POST
def train(request: OrganisationRequest) -> HttpResponse:
    """Take in what the recipe learns from and order training; the worker does it, the page may be left."""
    use_case, pilot = _draft(request)
    if use_case is None or use_case.recipe not in recipe.kinds():
        raise Http404
    if recipe.of(use_case.recipe).about.tables:
        return _prepare(request, use_case, pilot)
    form = TrainForm(request.POST, imports=list(imports_with_text(request.organisation)))
    if not form.is_valid():
        raise Refused(_("Choose from which import the pilot learns."))
    services.pilot_train(
        organisation=request.organisation,
        actor=request.actor,
        pilot=pilot or _begun(request, use_case),
        process_import=form.imports[form.cleaned_data["process_import"]],
    )
    return redirect(request.organisation.url("pilots:setup"))


def _begun(request: OrganisationRequest, use_case: UseCase) -> Pilot:
    return services.pilot_setup(organisation=request.organisation, actor=request.actor, use_case=use_case)


def _prepare(request: OrganisationRequest, use_case: UseCase, pilot: Pilot | None) -> HttpResponse:
    """Options, tables, learning: one form and one button. What is wrong with a table is said beside it."""
    tables, options = _own_forms(request, use_case, pilot, bound=True)
    right = [tables.is_valid(), options is None or options.is_valid()]
    if all(right):
        pilot = pilot or _begun(request, use_case)
        try:
            _take(request, pilot, tables, options)
        except PilotwerkError as error:
            tables.add_error(None, said(error, use_case.recipe))
        else:
            return redirect(request.organisation.url("pilots:setup"))
    kind = recipe.of(use_case.recipe)
    initial = SetupForm.initial_for(pilot, use_case.name, kind.about)
    context = _context(request, use_case, pilot) | {"tables": tables, "options": options}
    context["form"] = SetupForm(initial=initial, organisation=request.organisation, pilot=pilot, kind=kind)
    response = page(request, "pilots/setup.html", context)
    response.status_code = 422
    return response


def _take(request: OrganisationRequest, pilot: Pilot, tables: TablesForm, options: Any) -> None:
    by: dict[str, Any] = {"organisation": request.organisation, "actor": request.actor, "pilot": pilot}
    if options is not None:
        services.options_set(**by, options=options.cleaned_data)
    for role, chosen in tables.given():
        if isinstance(chosen, ProcessImport):
            services.table_take(**by, role=role, process_import=chosen)
        elif isinstance(chosen, Connection):
            intake.table_draw(**by, role=role, connection=chosen)
        else:
            with kept(pilot, chosen) as path:
                services.table_take(**by, role=role, path=path, filename=chosen.name)
    services.pilot_train(**by)


@requires(permissions.MANAGE)
@require_POST
def start(request: OrganisationRequest) -> HttpResponse:
    """Start the pilot, or be told why not yet."""
    _use_case, pilot = _draft(request)
    if pilot is None:
        raise Http404
    services.pilot_start(organisation=request.organisation, actor=request.actor, pilot=pilot)
    messages.success(request, _("The pilot runs. Cases can come in."))
    return redirect(request.organisation.url("pilots:pilot"))
