"""The page "Evaluation" and the forms behind it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import requires
from pilotwerk.evaluation import permissions, selectors, services
from pilotwerk.evaluation.forms import AssumptionsForm, DecisionForm, LearningForm
from pilotwerk.evaluation.models import Learning, RoiAssumptions
from pilotwerk.evaluation.page import report_context, suggested
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors import pilot_current
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def report(request: OrganisationRequest) -> HttpResponse:
    """Effect, grade, return, acceptance, learnings and the decision on one page."""
    pilot = pilot_current(request.organisation)
    if pilot is None or pilot.started_at is None:
        return page(request, "evaluation/empty.html", {"pilot": pilot})
    return _report(request, pilot)


@requires(permissions.EDIT)
def assumptions(request: OrganisationRequest) -> HttpResponse:
    """Set what the return is worked out with."""
    pilot = _pilot(request)
    known = selectors.assumptions(pilot)
    initial = {} if known else suggested(pilot)
    form = AssumptionsForm(request.POST or None, instance=known or RoiAssumptions(), initial=initial)
    if request.method == "POST" and form.is_valid():
        services.assumptions_save(
            organisation=request.organisation, actor=request.actor, pilot=pilot, values=form.cleaned_data
        )
        messages.success(request, _("The assumptions are saved. The return is worked out with them."))
        return redirect(request.organisation.url("evaluation:report") + "#roi")
    return page(request, "evaluation/assumptions.html", {"pilot": pilot}, form=form)


@requires(permissions.EDIT)
def learning_add(request: OrganisationRequest) -> HttpResponse:
    """Write down one learning."""
    pilot = _pilot(request)
    form = LearningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.learning_add(
            organisation=request.organisation, actor=request.actor, pilot=pilot, **form.cleaned_data
        )
        messages.success(request, _("The learning is written down."))
        return redirect(request.organisation.url("evaluation:report") + "#learnings")
    return page(request, "evaluation/learning.html", {"pilot": pilot}, form=form)


@requires(permissions.EDIT)
@require_POST
def learning_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Take one learning back."""
    learning = get_object_or_404(Learning.objects.of(request.organisation).select_related("pilot"), pk=pk)
    services.learning_remove(organisation=request.organisation, actor=request.actor, learning=learning)
    messages.success(request, _("The learning is removed."))
    return redirect(request.organisation.url("evaluation:report") + "#learnings")


@requires(permissions.EDIT)
@require_POST
def decision_draft(request: OrganisationRequest) -> HttpResponse:
    """Save the draft of the decision."""
    pilot = _pilot(request)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            services.decision_draft(
                organisation=request.organisation, actor=request.actor, pilot=pilot, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is saved. Nothing is decided before it is signed."))
            return redirect(request.organisation.url("evaluation:report") + "#decision")
    return _report(request, pilot, form=form, status=422)


@requires(permissions.DECIDE)
@require_POST
def decision_sign(request: OrganisationRequest) -> HttpResponse:
    """Sign the draft as it stands."""
    pilot = _pilot(request)
    services.decision_sign(organisation=request.organisation, actor=request.actor, pilot=pilot)
    messages.success(request, _("The decision is signed."))
    return redirect(request.organisation.url("evaluation:report") + "#decision")


def _report(
    request: OrganisationRequest, pilot: Pilot, *, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    context = report_context(pilot, membership=request.membership)
    if form is None:
        draft = context["decision"]
        form = DecisionForm(initial={"choice": draft.choice, "reason": draft.reason} if draft else None)
    return render(request, "evaluation/report.html", {**context, "form": form}, status=status)


def _pilot(request: OrganisationRequest) -> Pilot:
    """The pilot whose evaluation this is; without one these pages do not exist."""
    found = pilot_current(request.organisation)
    if found is None:
        raise Http404
    return found
