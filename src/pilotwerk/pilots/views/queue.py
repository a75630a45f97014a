"""The approval queue: a workbench with the list on the left, the case on the right, and the decisions below."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, recipe, selectors, services
from pilotwerk.pilots.domain.content import normalised
from pilotwerk.pilots.domain.editing import changed_lines
from pilotwerk.pilots.domain.editing import changes as count_changes
from pilotwerk.pilots.domain.states import OPEN_FOR_DECISION
from pilotwerk.pilots.forms.deciding import (
    AnswerForm,
    ApproveForm,
    CloseForm,
    DeferForm,
    GiveBackForm,
    RejectForm,
    tomorrow,
)
from pilotwerk.pilots.models import Case, Closed, RejectReason
from pilotwerk.pilots.presenting import case_context
from pilotwerk.pilots.presenting_control import four_eyes
from pilotwerk.pilots.recipes.base import Details
from pilotwerk.pilots.views.pilot import case_or_404
from pilotwerk.pilots.views.said import said, said_decided, said_deferred, said_rejected
from pilotwerk.web.render import page

KEYS_OFF = "pilots_keys_off"


@requires(permissions.DECIDE)
def queue(request: OrganisationRequest) -> HttpResponse:
    """The list with its first case open, or what to do when nothing waits."""
    found = selectors.queue_for(request.membership)
    first = found.next_after(None) if found else None
    return _show(request, found, selectors.case_get(request.organisation, first.pk) if first else None)


@requires(permissions.DECIDE)
def case(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """One case open for a decision; one that is decided already is shown as a record."""
    found = case_or_404(request, pk)
    if found.state == "done":
        return redirect(request.organisation.url("pilots:record", pk=pk))
    return _show(request, selectors.queue_of(found.pilot), found)


def _show(
    request: OrganisationRequest,
    found: selectors.Queue | None,
    case: Case | None,
    *,
    refusal: str = "",
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "queue": found,
        "pilot": case.pilot if case else selectors.pilot_current(request.organisation),
        "withdrawable": selectors.withdrawable(request.organisation, request.actor.id),
        "decided_today": selectors.decided_today(request.organisation, request.actor.id),
        "keys_on": not request.session.get(KEYS_OFF),
        "refusal": refusal,
        "tomorrow": tomorrow(request.organisation),
        "ways_to_close": [c for c in Closed.choices if c[0] != Closed.SENT],
    }
    if case is not None:
        services.case_open(organisation=request.organisation, actor=request.actor, case=case)
        context |= case_context(case, found, typed or {}) | four_eyes(case, request.actor.id)
        context["reasons"] = [
            one for one in RejectReason.choices if one[0] != RejectReason.CATEGORY or context["categories"]
        ]
    if context["pilot"] is not None:
        context["announced"] = selectors.announcement(context["pilot"])
        context["words"] = recipe.of(context["pilot"].recipe).words
        context["together"] = selectors.bulk_categories(context["pilot"])
    response = page(request, "pilots/queue.html", context)
    response.status_code = 422 if refusal else 200
    return response


def _open(request: OrganisationRequest, case: Case) -> HttpResponse:
    return redirect(request.organisation.url("pilots:case", pk=case.pk) + "#vorgang")


def _next(request: OrganisationRequest, decided: Case) -> HttpResponse:
    """After a decision the next case opens."""
    found = selectors.queue_of(decided.pilot)
    following = found.next_after(decided)
    if following is None:
        return redirect(request.organisation.url("pilots:queue"))
    return _open(request, following)


def _refused(request: OrganisationRequest, case: Case, refusal: object) -> HttpResponse:
    """The same case again, with the reason on top and what was typed kept."""
    case.refresh_from_db()
    typed: dict[str, Any] = {
        name: request.POST[name] for name in ("body", "category") if name in request.POST
    }
    typed["posted"] = request.POST if "body" in request.POST else None
    return _show(request, selectors.queue_of(case.pilot), case, refusal=str(refusal), typed=typed)


@requires(permissions.DECIDE)
@require_POST
def approve(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Approve, with the changes in the fields if there are any."""
    found = case_or_404(request, pk)
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, _("Nothing was decided: the page was incomplete. Please try again."))
    values = form.cleaned_data
    if "category" not in request.POST:
        values["category"] = None
    try:
        values["details"] = _details(request, found, values["revision"])
        services.case_edit_and_approve(
            organisation=request.organisation, actor=request.actor, case=found, **values
        )
    except Refused as refusal:
        return _refused(request, found, refusal)
    said_decided(request, found)
    return _next(request, found)


def _details(request: OrganisationRequest, case: Case, revision: int) -> Details | None:
    """The details of the revision that was seen, with what was changed in the form; None where it is gone."""
    seen = selectors.proposal_of(case, revision)
    if seen is None:
        return None
    place = selectors.place_of(case.pilot, request.organisation)
    return recipe.of(case.pilot.recipe).edited(seen.details, request.POST, place)


def _details_by_hand(request: OrganisationRequest, case: Case) -> Details | None:
    """What stays of the proposal's details in an answer by hand, with what was changed in the form."""
    model = selectors.draft_of(case).model
    if model is None or not model.details:
        return None
    kind, place = recipe.of(case.pilot.recipe), selectors.place_of(case.pilot, request.organisation)
    return kind.edited(kind.by_hand(model.details), request.POST, place)


@requires(permissions.DECIDE)
@require_POST
def changes(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """What the text in the field changes against the proposal, as a fragment; nothing is stored."""
    found = case_or_404(request, pk)
    draft = selectors.draft_of(found)
    before = draft.model.body if draft.model else ""
    after = normalised(request.POST.get("body", ""))
    services.case_signal(organisation=request.organisation, actor=request.actor, case=found)
    kind, place = recipe.of(found.pilot.recipe), selectors.place_of(found.pilot, request.organisation)
    refusal = ""
    if draft.proposal is not None and after:
        refusal = kind.refusal({**draft.proposal.content(), "body": after}, place)
    context = {
        "refusal": refusal,
        "changes": count_changes(before, after),
        "lines": changed_lines(before, after),
        "placeholders": list(dict.fromkeys(kind.unfilled(after))),
        "open": True,
    }
    return page(request, "pilots/parts/changes.html", context)


@requires(permissions.DECIDE)
@require_POST
def reject(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Reject with a reason; the same case stays open to be answered by hand."""
    found = case_or_404(request, pk)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, _("Choose why the proposal is rejected."))
    try:
        services.case_reject(
            organisation=request.organisation, actor=request.actor, case=found, **form.cleaned_data
        )
    except Refused as refusal:
        return _refused(request, found, refusal)
    said_rejected(request, found)
    if found.state not in OPEN_FOR_DECISION:
        return _next(request, found)
    return _open(request, found)


@requires(permissions.DECIDE)
@require_POST
def answer(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Send an answer that a person wrote."""
    found = case_or_404(request, pk)
    form = AnswerForm(request.POST)
    try:
        form.is_valid()
        services.case_answer_manually(
            organisation=request.organisation,
            actor=request.actor,
            case=found,
            details=_details_by_hand(request, found),
            **form.cleaned_data,
        )
    except Refused as refusal:
        return _refused(request, found, refusal)
    said_decided(request, found)
    return _next(request, found)


@requires(permissions.DECIDE)
@require_POST
def give_back(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """The second person does not approve, or the first one takes the approval back."""
    found = case_or_404(request, pk)
    form = GiveBackForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    try:
        services.case_give_back(organisation=request.organisation, actor=request.actor, case=found, text=text)
    except Refused as refusal:
        return _refused(request, found, refusal)
    said(request, _("%(case)s waits for a decision again."), found)
    return _open(request, found)


@requires(permissions.DECIDE)
@require_POST
def defer(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Put back until a day."""
    found = case_or_404(request, pk)
    form = DeferForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, _("Choose a day, for example 24.11.2026."))
    try:
        services.case_defer(
            organisation=request.organisation,
            actor=request.actor,
            case=found,
            until=form.moment(request.organisation),
            text=form.cleaned_data["text"],
        )
    except Refused as refusal:
        return _refused(request, found, refusal)
    said_deferred(request, found)
    return _next(request, found)


@requires(permissions.DECIDE)
@require_POST
def take_back(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take a deferred case back today."""
    found = case_or_404(request, pk)
    services.case_take_back(organisation=request.organisation, actor=request.actor, case=found)
    said(request, _("%(case)s waits for a decision again."), found)
    return _open(request, found)


@requires(permissions.DECIDE)
@require_POST
def close(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Close without sending anything."""
    found = case_or_404(request, pk)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, _("Choose how the case was settled."))
    services.case_close(
        organisation=request.organisation, actor=request.actor, case=found, **form.cleaned_data
    )
    said(request, _("%(case)s is closed. Nothing was sent."), found)
    return _next(request, found)


@requires(permissions.DECIDE)
@require_POST
def withdraw(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """Take back an approval that has not gone out."""
    found = case_or_404(request, pk)
    services.approval_withdraw(organisation=request.organisation, actor=request.actor, case=found)
    said(request, _("%(case)s was taken back. It waits for a decision again."), found)
    return _open(request, found)


@requires(permissions.DECIDE)
@require_POST
def arrived(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """A person found out: the answer did arrive."""
    found = case_or_404(request, pk)
    services.delivery_confirm(organisation=request.organisation, actor=request.actor, case=found)
    said(request, _("%(case)s is noted as arrived."), found)
    return _next(request, found)


@requires(permissions.DECIDE)
@require_POST
def again(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """A person found out: it did not arrive; send it again."""
    found = case_or_404(request, pk)
    services.delivery_again(organisation=request.organisation, actor=request.actor, case=found)
    said(request, _("%(case)s is sent again."), found)
    return _next(request, found)


@requires(permissions.DECIDE)
@require_POST
def signal(request: OrganisationRequest, pk: UUID) -> HttpResponse:
    """The page's sign that somebody is active on this case."""
    found = case_or_404(request, pk)
    counted = services.case_signal(organisation=request.organisation, actor=request.actor, case=found)
    return JsonResponse({"counted": counted})


@requires(permissions.DECIDE)
@require_POST
def keys(request: OrganisationRequest) -> HttpResponse:
    """Switch the single-letter keys on or off for this person's session."""
    request.session[KEYS_OFF] = "on" not in request.POST
    return redirect(request.organisation.url("pilots:queue"))
