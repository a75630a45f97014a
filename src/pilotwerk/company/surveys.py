"""Pages of the anonymous team survey."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.accounts.selectors import members
from pilotwerk.company import permissions, selectors, services, words
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.survey import ANSWERS_NEEDED, Published, View, Withheld
from pilotwerk.company.forms import SurveyForm
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.web.render import page


@requires(permissions.SURVEY)
def survey(request: OrganisationRequest) -> HttpResponse:
    """What the last round showed, and whether one can be answered now."""
    result = selectors.survey_result(request.organisation)
    current = selectors.survey_open(request.organisation)
    shown = result if isinstance(result, Published) else None
    rows = _rows(shown) if shown else []
    context = {
        "current": current,
        "answered": len(current.participants) if current else 0,
        "members": members(request.organisation).count(),
        "done": selectors.survey_done(request.organisation, request.membership),
        "closed": selectors.survey_closed(request.organisation),
        "shown": shown,
        "withheld_few": result is Withheld.FEW,
        "withheld_overlap": result is Withheld.OVERLAP,
        "rows": rows,
        "weakest": _weakest(rows),
        "divided": _divided(shown) if shown else [],
        "needed": ANSWERS_NEEDED,
    }
    return page(request, "company/survey.html", context)


def _rows(shown: Published) -> list[dict[str, Any]]:
    """Each dimension with its band and its questions; None where too few answered."""
    return [
        {
            "dimension": dimension,
            "view": shown.dimensions.get(dimension.id),
            "text": words.view_text(shown.dimensions.get(dimension.id)),
            "questions": [
                {
                    "text": question.text,
                    "view": shown.questions.get(question.id),
                    "points": words.view_text(shown.questions.get(question.id)),
                }
                for question in dimension.questions
            ],
        }
        for dimension in check().dimensions
    ]


def _weakest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dimensions in the lowest band; none where all lie in the same one."""
    order = [View.LOW, View.MIDDLE, View.HIGH]
    found = sorted({order.index(row["view"]) for row in rows if row["view"]})
    return [row for row in rows if row["view"] is order[found[0]]] if len(found) > 1 else []


def _divided(shown: Published) -> list[str]:
    texts = check().question_text
    return [str(texts(name)) for name, view in shown.questions.items() if view is View.DIVIDED]


@requires(permissions.SURVEY)
def answer(request: OrganisationRequest) -> HttpResponse:
    """All questions on one page; the answers are final."""
    if selectors.survey_open(request.organisation) is None or selectors.survey_done(
        request.organisation, request.membership
    ):
        return redirect(request.organisation.url("company:survey"))
    form = SurveyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.survey_answer(
            organisation=request.organisation, membership=request.membership, levels=form.levels()
        )
        messages.success(request, _("Thank you. Your answers are counted; nobody can tell which were yours."))
        return redirect(request.organisation.url("company:survey"))
    return page(request, "company/survey_answer.html", {"needed": ANSWERS_NEEDED}, form=form)


@requires(permissions.RUN_SURVEY)
@require_POST
def open_round(request: OrganisationRequest) -> HttpResponse:
    """Open a round for everybody."""
    return _moved(
        request, services.survey_open, _("The survey is open. Everybody finds it in the navigation.")
    )


@requires(permissions.RUN_SURVEY)
@require_POST
def close_round(request: OrganisationRequest) -> HttpResponse:
    """Close the round and publish what may be shown."""
    return _moved(request, services.survey_close, _("The survey is closed."))


def _moved(request: OrganisationRequest, move: Any, said: str) -> HttpResponse:
    try:
        move(organisation=request.organisation, actor=request.actor)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(request.organisation.url("company:survey"))
