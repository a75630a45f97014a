"""Pages about the company: profile, readiness check, AI tools."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.domain import REGIONS
from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.company import permissions, selectors, services, words
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import DISAGREEMENT_FROM, RESPONDENTS_NEEDED, DimensionScore
from pilotwerk.company.domain.size import AS_OF, CEILINGS, SizeResult
from pilotwerk.company.forms import UNKNOWN, DimensionForm, ProfileForm, RelatedForm, ToolForm
from pilotwerk.company.models import Profile, RelatedEnterprise, Tool, YesNo
from pilotwerk.company.questions import PROFILE_QUESTIONS, ProfileQuestion, question_named
from pilotwerk.core.permissions import requires
from pilotwerk.web.render import page

# A wizard has no navigation around it: without these the frame shows the bar only.
NO_FRAME: dict[str, Any] = {"organisation": None}
WEAK_BELOW = 50.0


def _answers(found: Profile) -> list[dict[str, Any]]:
    return [
        {"question": question, "answer": answer, "open": not getattr(found, question.id)}
        for question in PROFILE_QUESTIONS
        if (answer := words.answer_text(found, question.id))
    ]


def _first_open(found: Profile) -> ProfileQuestion | None:
    return next((question for question in PROFILE_QUESTIONS if question.id not in found.answered), None)


def _place(request: OrganisationRequest) -> str:
    organisation = request.organisation
    region = REGIONS[organisation.country].get(organisation.region, "")
    return ", ".join(part for part in (str(organisation.get_country_display()), region) if part)


@requires(permissions.VIEW)
def profile(request: OrganisationRequest) -> HttpResponse:
    """What is known about the company, and the size class that follows from it."""
    found, size = selectors.profile(request.organisation), selectors.size(request.organisation)
    context = {
        "profile": found,
        "place": _place(request),
        "size": size,
        "counted": size.counted if isinstance(size, SizeResult) else None,
        "headline": words.size_headline(request.organisation.name, size),
        "reason": words.size_reason(size),
        "ceilings": [words.ceiling_row(ceiling) for ceiling in CEILINGS],
        "as_of": AS_OF,
        "answers": _answers(found),
        "related": selectors.related(request.organisation),
        "first_open": _first_open(found),
        "open_count": len(PROFILE_QUESTIONS) - len(found.answered),
        "readiness_open": request.membership.may(permissions.ANSWER)
        and selectors.readiness_open(request.membership),
        "has_tools": selectors.tools(request.organisation).exists(),
    }
    return page(request, "company/profile.html", context)


@requires(permissions.EDIT)
def question(request: OrganisationRequest, name: str) -> HttpResponse:
    """Ask one question of the profile and go on to the next open one."""
    asked = question_named(name)
    if asked is None:
        raise Http404
    found = selectors.profile(request.organisation)
    unknown = UNKNOWN in request.POST
    form = ProfileForm(
        request.POST if request.method == "POST" and not unknown else None,
        question=asked,
        initial={"answer": getattr(found, asked.id)},
    )
    if unknown or form.is_valid():
        answer = None if unknown else form.cleaned_data["answer"]
        found = services.profile_save(
            organisation=request.organisation, actor=request.actor, answers={asked.id: answer}
        )
        if asked.id == "related" and answer == YesNo.YES:
            return redirect(request.organisation.url("company:related"))
        following = _first_open(found)
        if following is None:
            return redirect(request.organisation.url("company:profile"))
        return redirect(request.organisation.url("company:question", name=following.id))
    context = {
        **NO_FRAME,
        "question": asked,
        "number": PROFILE_QUESTIONS.index(asked) + 1,
        "total": len(PROFILE_QUESTIONS),
        "answers": _answers(found),
        "company": request.organisation,
        "place": _place(request),
    }
    return page(request, "company/question.html", context, form=form)


@requires(permissions.EDIT)
def related(request: OrganisationRequest) -> HttpResponse:
    """Companies that belong together with ours: list and one more."""
    form = RelatedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.related_add(organisation=request.organisation, actor=request.actor, **form.values())
        return redirect(request.organisation.url("company:related"))
    following = _first_open(selectors.profile(request.organisation))
    context = {
        **NO_FRAME,
        "enterprises": selectors.related(request.organisation),
        "following": following,
    }
    return page(request, "company/related.html", context, form=form)


@requires(permissions.EDIT)
@require_POST
def related_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """A company no longer belongs together with ours."""
    found = get_object_or_404(RelatedEnterprise.objects.of(request.organisation), pk=pk)
    services.related_remove(organisation=request.organisation, actor=request.actor, enterprise=found)
    messages.success(request, _("%(name)s no longer counts.") % {"name": found.name})
    return redirect(request.organisation.url("company:related"))


@requires(permissions.READINESS)
def readiness(request: OrganisationRequest) -> HttpResponse:
    """The result: averages and spread of several people, the weakest spot, the next step."""
    result = selectors.readiness_result(request.organisation)
    may_answer = request.membership.may(permissions.ANSWER)
    still_open = selectors.readiness_open(request.membership) if may_answer else []
    rows = [_row(dimension, result.dimensions[dimension.id], still_open) for dimension in check().dimensions]
    scored = [row for row in rows if row["score"]]
    weakest = min(scored, key=lambda row: row["score"].mean) if len(scored) == len(rows) else None
    context = {
        "result": result,
        "overall": result.overall if isinstance(result.overall, float) else None,
        "rows": rows,
        "weakest": weakest,
        "next_dimension": check().dimension(still_open[0]) if still_open else None,
        "begun": len(still_open) < len(rows),
        "needed": RESPONDENTS_NEEDED,
        "people": selectors.readiness_people(request.organisation),
        "disagreement": DISAGREEMENT_FROM,
    }
    return page(request, "company/readiness.html", context)


def _row(dimension: Any, score: Any, still_open: list[str]) -> dict[str, Any]:
    known = score if isinstance(score, DimensionScore) else None
    texts = check().question_text
    return {
        "dimension": dimension,
        "score": known,
        "few": None if known else score,
        "weak": bool(known and known.mean < WEAK_BELOW),
        "answered": dimension.id not in still_open,
        "weakest_question": texts(known.weakest.question) if known and known.weakest else None,
        "disputed_question": (
            texts(known.most_disputed.question) if known and known.disputed and known.most_disputed else None
        ),
    }


@requires(permissions.ANSWER)
def readiness_answer(request: OrganisationRequest, name: str) -> HttpResponse:
    """One dimension a page, answered by the member who is signed in."""
    dimension = check().dimension(name)
    if dimension is None:
        raise Http404
    own = selectors.readiness_own(request.membership)
    form = DimensionForm(request.POST or None, dimension=dimension, own=own)
    if request.method == "POST" and form.is_valid():
        services.readiness_answer(
            organisation=request.organisation,
            actor=request.actor,
            membership=request.membership,
            dimension=name,
            levels=form.levels(),
        )
        still_open = selectors.readiness_open(request.membership)
        if still_open:
            return redirect(request.organisation.url("company:readiness_answer", name=still_open[0]))
        messages.success(request, _("Thank you. All your answers are saved."))
        return redirect(request.organisation.url("company:readiness"))
    dimensions = check().dimensions
    context = {
        **NO_FRAME,
        "dimension": dimension,
        "number": dimensions.index(dimension) + 1,
        "total": len(dimensions),
        "needed": RESPONDENTS_NEEDED,
    }
    return page(request, "company/readiness_answer.html", context, form=form)


@requires(permissions.VIEW)
def tools(request: OrganisationRequest) -> HttpResponse:
    """AI tools in use, official and not."""
    found = list(selectors.tools(request.organisation))
    context = {
        "tools": found,
        "official": sum(tool.is_official for tool in found),
        "risky": [tool for tool in found if tool.is_risky],
    }
    return page(request, "company/tools.html", context)


def _tool_form(request: OrganisationRequest, tool: Tool | None) -> HttpResponse:
    form = ToolForm(request.POST or None, tool=tool)
    if request.method == "POST" and form.is_valid():
        common: dict[str, Any] = {"organisation": request.organisation, "actor": request.actor}
        if tool is None:
            tool = services.tool_add(**common, **form.values())
        else:
            tool = services.tool_change(**common, tool=tool, **form.values())
        messages.success(request, _("Saved: %(name)s.") % {"name": tool.name})
        return redirect(request.organisation.url("company:tools"))
    return page(request, "company/tool.html", {"tool": tool}, form=form)


@requires(permissions.EDIT)
def tool_add(request: OrganisationRequest) -> HttpResponse:
    """Put a tool on the list."""
    return _tool_form(request, None)


@requires(permissions.EDIT)
def tool(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change a tool."""
    return _tool_form(request, get_object_or_404(Tool.objects.of(request.organisation), pk=pk))


@requires(permissions.EDIT)
@require_POST
def tool_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """A tool is no longer used."""
    found = get_object_or_404(Tool.objects.of(request.organisation), pk=pk)
    services.tool_remove(organisation=request.organisation, actor=request.actor, tool=found)
    messages.success(request, _("%(name)s is off the list.") % {"name": found.name})
    return redirect(request.organisation.url("company:tools"))
