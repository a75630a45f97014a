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
from pilotwerk.portfolio import permissions, selectors, services, words
from pilotwerk.portfolio.catalogue import risk_catalogue, templates
from pilotwerk.portfolio.domain.plane import plane
from pilotwerk.portfolio.domain.potential import Verdict
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.ranking import adjusted_benefit
from pilotwerk.portfolio.forms import AssessForm, ChooseForm, RefuseForm, UseCaseForm
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.portfolio.suggestions import suggested_answers
from pilotwerk.web.render import page


def _find(request: OrganisationRequest, pk: str) -> UseCase:
    found: UseCase = get_object_or_404(selectors.usecases(request.organisation), pk=pk)
    return found


def _row(number: int, one: UseCase) -> dict[str, Any]:
    row: dict[str, Any] = {"number": number, "use_case": one, "assessed": one.is_assessed}
    if one.is_assessed:
        net, risk = one.score("net"), one.score("risk")
        row |= {
            "net": words.euro_span(net),
            "hours": words.number_span(one.score("hours")),
            "risk": words.number_span(risk),
            "adjusted": adjusted_benefit(net, risk),
            "verdict": one.verdict,
        }
    return row


@requires(permissions.VIEW)
def usecases(request: OrganisationRequest) -> HttpResponse:
    """All use cases: picture, ranking, refused ones with their reason, the chosen one."""
    active = selectors.usecases_ranked(request.organisation)
    refused = list(selectors.usecases_refused(request.organisation))
    rows = [_row(number, one) for number, one in enumerate([*active, *refused], start=1)]
    drawn = [row for row in rows if row["assessed"]]
    picture = plane([(row["use_case"].score("net"), row["use_case"].score("risk")) for row in drawn])
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
        "picture": picture,
        "chosen": next((row for row in rows if row["use_case"].state == State.CHOSEN), None),
        "best": next((row for row in rows[: len(active)] if row["assessed"]), None),
        "total": len(rows),
    }
    return page(request, "portfolio/usecases.html", context)


@requires(permissions.EDIT)
def usecase_add(request: OrganisationRequest) -> HttpResponse:
    """Add a use case: from a template, or an own idea."""
    template = templates().find(request.GET.get("template", ""))
    initial = {"recipe": "other"}
    if template is not None:
        initial = {
            "name": template.name.text(),
            "description": template.description.text(),
            "recipe": template.recipe,
        }
    form = UseCaseForm(request.POST or None, organisation=request.organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.usecase_add(
                organisation=request.organisation,
                actor=request.actor,
                template=template.id if template else "",
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(request.organisation.url("portfolio:assess", pk=made.pk))
    context = {"templates": templates().templates, "template": template}
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
    }
    if found.is_assessed:
        context |= {
            "headline": words.verdict_text(found),
            "inputs": words.input_rows(found),
            "figures": {name: words.euro_span(found.score(name)) for name in ("benefit", "cost", "net")},
            "facts": words.facts(found),
            "risk": words.number_span(found.score("risk")),
            "groups": _risk_groups(found),
            "rule_reason": words.rule_reason(found),
            "look_again": words.look_again_text(found),
            "no_benefit": found.verdict is Verdict.NONE,
            "may_be_chosen": found.state == State.CANDIDATE,
            "as_of": risk_catalogue().as_of,
        }
    return context | forms


def _risk_groups(found: UseCase) -> list[dict[str, Any]]:
    groups = []
    for group in risk_catalogue().groups:
        answered = [
            (question, question.option(found.answers.get(question.id))) for question in group.questions
        ]
        score = found.scores["groups"].get(group.id)
        value = words.number_span(Range(*score)) if score else ""
        groups.append({"title": group.title, "score": value, "answers": answered})
    return groups


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
    known = selectors.known_inputs(request.organisation, found.process)
    form = AssessForm(request.POST or None, use_case=found, known=known)
    form.suggest(suggested_answers(request.organisation, found.process))
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
