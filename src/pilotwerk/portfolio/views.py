"""Use cases: the picture, the ranking, one use case, and the decisions about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.portfolio import permissions, presenting, selectors, services, trials, words
from pilotwerk.portfolio.catalogue import risk_catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.matching import Fit
from pilotwerk.portfolio.domain.plane import plane
from pilotwerk.portfolio.domain.refusal import BENEFIT_BOUND, Verdict
from pilotwerk.portfolio.domain.simulation import DRAWS
from pilotwerk.portfolio.forms import AssessForm, ChooseForm, RefuseForm, UseCaseForm
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.portfolio.registry import runs
from pilotwerk.portfolio.suggesting import suggestions
from pilotwerk.web.render import page


def _find(request: OrganisationRequest, pk: str) -> UseCase:
    found: UseCase = get_object_or_404(selectors.usecases(request.organisation), pk=pk)
    return found


@requires(permissions.VIEW)
def usecases(request: OrganisationRequest) -> HttpResponse:
    """All use cases: picture, ranking, refused ones with their reason, the chosen one."""
    active = selectors.usecases_ranked(request.organisation)
    refused = list(selectors.usecases_refused(request.organisation))
    stable = selectors.usecases_stability(active)
    rows = [
        presenting.ranking_row(number, one, stable.get(one.name))
        for number, one in enumerate([*active, *refused], start=1)
    ]
    drawn = [row for row in rows if row["assessed"]]
    picture = plane([(row["bar"], row["use_case"].score("risk")) for row in drawn])
    for row, point in zip(drawn, picture.points, strict=True):
        row["point"] = point
    context = {
        "ranked": [row for row in rows[: len(active)] if row["assessed"]],
        "unassessed": [row for row in rows[: len(active)] if not row["assessed"]],
        "refused": [
            {
                **row,
                "why": words.rule_reason(row["use_case"]),
                "again": words.look_again_text(row["use_case"]),
            }
            for row in rows[len(active) :]
        ],
        "drawn": drawn,
        "stability": presenting.stability_sentence(rows[: len(active)]),
        "draws": DRAWS,
        "picture": picture,
        "chosen": next((row for row in rows if row["use_case"].state == State.CHOSEN), None),
        "best": next((row for row in rows[: len(active)] if row["assessed"]), None),
        "total": len(rows),
    }
    return page(request, "portfolio/usecases.html", context)


@requires(permissions.EDIT)
def usecase_add(request: OrganisationRequest) -> HttpResponse:
    """Add a use case: from the catalogue, best fit to the imported data first, or an own idea."""
    found = selectors.catalogue_matched(request.organisation)
    chosen = next((one for one in found if one.entry.id == request.GET.get("template")), None)
    wanted = presenting.Filter(request.GET.get("area", ""), request.GET.get("q", "")[:80])
    initial: dict[str, Any] = {"recipe": "other"}
    if chosen is not None:
        entry = chosen.entry
        fits = chosen.match is not None and chosen.match.fit in (Fit.GOOD, Fit.PARTLY)
        initial = {
            "name": entry.name.text(),
            "description": entry.description.text(),
            "recipe": entry.recipe,
            "process": chosen.process_import.process if chosen.process_import and fits else None,
        }
    form = UseCaseForm(request.POST or None, organisation=request.organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.usecase_add(
                organisation=request.organisation,
                actor=request.actor,
                template=chosen.entry.id if chosen else "",
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(request.organisation.url("portfolio:assess", pk=made.pk))
    rows = presenting.catalogue_rows(found, wanted)
    context = {
        "rows": rows,
        "areas": presenting.areas(found, wanted),
        "wanted": wanted,
        "template": chosen,
        "chosen_row": presenting.catalogue_rows([chosen], presenting.Filter())[0] if chosen else None,
        "measured": any(one.match for one in found),
        "fitting": sum(row["state"] == "ok" for row in rows),
        "total": len(found),
        "catalogue": usecase_catalogue(),
    }
    return page(request, "portfolio/usecase_add.html", context, form=form)


@requires(permissions.VIEW)
def usecase(request: OrganisationRequest, pk: str) -> HttpResponse:
    """One use case: result, calculation, risk, decision."""
    return page(request, "portfolio/usecase.html", _detail(request, _find(request, pk)))


def _detail(request: OrganisationRequest, found: UseCase, **forms: Any) -> dict[str, Any]:
    chosen = selectors.usecase_chosen(request.organisation)
    other = chosen if chosen is not None and chosen.pk != found.pk else None
    context: dict[str, Any] = {
        "use_case": found,
        "other_chosen": other,
        "choose_form": ChooseForm(change=other is not None),
        "refuse_form": RefuseForm(),
        "rule_reason": "",
        "trial": presenting.trial_panel(found),
        "entry": _entry(found),
        "runs": runs(found.recipe),
    }
    if found.is_assessed:
        context |= {
            "headline": words.verdict_text(found),
            "inputs": words.input_rows(found),
            "figures": {name: words.euro_span(found.score(name)) for name in ("benefit", "cost", "net")},
            "facts": words.facts(found),
            "risk": words.number_span(found.score("risk")),
            "groups": presenting.risk_groups(found),
            "rule_reason": words.rule_reason(found, verdict=False),
            "look_again": words.look_again_text(found),
            "no_benefit": found.verdict is Verdict.NONE,
            "may_be_chosen": found.state == State.CANDIDATE,
            "as_of": risk_catalogue().as_of,
            "bound": BENEFIT_BOUND,
        }
    return context | forms


def _entry(found: UseCase) -> dict[str, Any] | None:
    """What the catalogue says about the idea that it was taken from."""
    catalogue = usecase_catalogue()
    entry = catalogue.find(found.template)
    if entry is None:
        return None
    suggested = selectors.Suggested(entry, None, None, runs=runs(found.recipe))
    return {**presenting.catalogue_rows([suggested], presenting.Filter())[0], "as_of": catalogue.as_of}


@requires(permissions.EDIT)
@require_POST
def trial(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Try the recipe on the company's own past; the worker measures."""
    found = _find(request, pk)
    trials.trial_start(organisation=request.organisation, actor=request.actor, use_case=found)
    return redirect(request.organisation.url("portfolio:usecase", pk=found.pk) + "#h-trial")


@requires(permissions.EDIT)
@require_POST
def recalculate(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Assess again with what has been measured since."""
    found = _find(request, pk)
    services.usecase_recalculate(organisation=request.organisation, actor=request.actor, use_case=found)
    messages.success(request, _("Calculated again with the measured figures."))
    return redirect(request.organisation.url("portfolio:usecase", pk=found.pk))


@requires(permissions.EDIT)
def change(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change name, description, process or kind."""
    found = _find(request, pk)
    initial = {
        "name": found.name,
        "description": found.description,
        "process": found.process,
        "recipe": found.recipe,
    }
    form = UseCaseForm(request.POST or None, organisation=request.organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.usecase_change(
                organisation=request.organisation, actor=request.actor, use_case=found, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": found.name})
            return redirect(request.organisation.url("portfolio:usecase", pk=found.pk))
    return page(request, "portfolio/change.html", {"use_case": found}, form=form)


@requires(permissions.EDIT)
def assess(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Estimate what is not measured, answer the risk questions, and see what comes out."""
    found = _find(request, pk)
    known = selectors.known_inputs(request.organisation, found.process, found)
    form = AssessForm(request.POST or None, use_case=found, known=known, suggested=suggestions(found))
    if request.method == "POST" and form.is_valid():
        services.usecase_assess(
            organisation=request.organisation,
            actor=request.actor,
            use_case=found,
            inputs=form.inputs(),
            answers=form.answers(),
        )
        return redirect(request.organisation.url("portfolio:usecase", pk=found.pk))
    measured = sorted(words.input_name(name) for name, one in known.items() if one.source == "measured")
    context = {"use_case": found, "measured": measured}
    return page(request, "portfolio/assess.html", context, form=form)


@requires(permissions.EDIT)
@require_POST
def refuse(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Say no, with a reason."""
    found = _find(request, pk)
    form = RefuseForm(request.POST)
    if form.is_valid():
        services.usecase_refuse(
            organisation=request.organisation, actor=request.actor, use_case=found, **form.cleaned_data
        )
        messages.success(request, _("Refused: %(name)s.") % {"name": found.name})
        return redirect(request.organisation.url("portfolio:usecases"))
    return page(request, "portfolio/usecase.html", _detail(request, found, refuse_form=form), form=form)


@requires(permissions.EDIT)
@require_POST
def reopen(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Take a refused use case up again."""
    found = _find(request, pk)
    services.usecase_reopen(organisation=request.organisation, actor=request.actor, use_case=found)
    messages.success(request, _("%(name)s is a candidate again.") % {"name": found.name})
    return redirect(request.organisation.url("portfolio:usecase", pk=found.pk))


@requires(permissions.CHOOSE)
@require_POST
def choose(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Choose the use case for the pilot."""
    found = _find(request, pk)
    form = ChooseForm(request.POST, change=selectors.usecase_chosen(request.organisation) is not None)
    if form.is_valid():
        services.usecase_choose(
            organisation=request.organisation, actor=request.actor, use_case=found, **form.cleaned_data
        )
        messages.success(request, _("Chosen: %(name)s.") % {"name": found.name})
        return redirect(request.organisation.url("portfolio:usecases"))
    return page(request, "portfolio/usecase.html", _detail(request, found, choose_form=form), form=form)
