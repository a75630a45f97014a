"""Overview, plan, tasks, gates, calendar."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import PUBLIC, requires
from pilotwerk.journey import permissions, registry, selectors, services
from pilotwerk.journey.attention import attention
from pilotwerk.journey.calendar import calendar_feed
from pilotwerk.journey.forms import GateForm, MoveForm, ReasonForm, StartForm, TaskForm, default_start
from pilotwerk.journey.models import Gate, Plan, Task
from pilotwerk.journey.overview import headline, marker, phase_rows
from pilotwerk.web.render import page


@requires(permissions.VIEW)
def overview(request: OrganisationRequest) -> HttpResponse:
    """Where we are, what is next, what needs attention; before the plan: the first steps."""
    plan = selectors.plan_current(request.organisation)
    if plan is None:
        return page(
            request, "journey/first_steps.html", {"steps": selectors.first_steps(request.organisation)}
        )
    tasks, gates = selectors.task_rows(plan), selectors.gate_rows(plan)
    context = {
        "plan": plan,
        "headline": headline(plan, tasks, gates),
        "phases": phase_rows(plan, tasks, gates),
        "day": selectors.plan_day(plan),
        "today": selectors.today(request.organisation),
        "marker": marker(plan),
        "next": None
        if selectors.is_over(plan) and plan.state != Plan.State.RUNNING
        else selectors.next_row(tasks),
        "gate": selectors.gate_next(gates),
        "attention": attention(request.organisation, request.membership, tasks=tasks, gates=gates),
        "panels": registry.panels(request.organisation, request.membership),
    }
    return page(request, "journey/overview.html", context)


@requires(permissions.VIEW)
def plan(request: OrganisationRequest) -> HttpResponse:
    """The 90 days: tasks by phase, gates with their criteria computed now."""
    found = selectors.plan_current(request.organisation)
    if found is None:
        return page(request, "journey/plan_empty.html")
    tasks, gates = selectors.task_rows(found), selectors.gate_rows(found)
    context = {
        "plan": found,
        "phases": phase_rows(found, tasks, gates),
        "day": selectors.plan_day(found),
        "marker": marker(found),
        "next": selectors.next_row(tasks),
        "gate": selectors.gate_next(gates),
        "running": found.state == Plan.State.RUNNING,
    }
    return page(request, "journey/plan.html", context)


@requires(permissions.EDIT)
def plan_start(request: OrganisationRequest) -> HttpResponse:
    """Choose the first day; tasks, dates and gates follow from it."""
    form = StartForm(
        request.POST or None,
        organisation=request.organisation,
        initial={"start": default_start(request.organisation)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_start(organisation=request.organisation, actor=request.actor, **form.cleaned_data)
            return redirect(request.organisation.url("journey:overview"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(request, "journey/plan_start.html", form=form)


@requires(permissions.EDIT)
def plan_move(request: OrganisationRequest) -> HttpResponse:
    """Another first day, with a reason."""
    found = _plan_or_404(request)
    form = MoveForm(request.POST or None, organisation=request.organisation, initial={"start": found.start})
    if request.method == "POST" and form.is_valid():
        try:
            services.plan_move(
                organisation=request.organisation, actor=request.actor, plan=found, **form.cleaned_data
            )
            messages.success(request, _("The plan is moved. All open dates are new."))
            return redirect(request.organisation.url("journey:plan"))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(request, "journey/plan_move.html", form=form)


@requires(permissions.VIEW)
def task(request: OrganisationRequest, pk: str) -> HttpResponse:
    """What a task is for, who does it, until when, and what can be done with it here."""
    return _task_page(request, _task(request, pk))


def _task_page(request: OrganisationRequest, found: Task, form: TaskForm | None = None) -> HttpResponse:
    row = selectors.task_row(found)
    may_edit = request.membership.may(permissions.EDIT)
    running = found.plan.state == Plan.State.RUNNING
    context = {
        "row": row,
        "task": found,
        "assign": (form or TaskForm(task=found)) if may_edit and running else None,
        "reopen": ReasonForm() if may_edit and running and found.done_at else None,
        "may_tick": running and not row.done and not row.measured and _may_tick(request, found),
    }
    return page(request, "journey/task.html", context, form=form)


def _may_tick(request: OrganisationRequest, found: Task) -> bool:
    return request.membership.may(permissions.EDIT) or found.owner_id == request.membership.pk


@requires(permissions.VIEW)
@require_POST
def task_done(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Whoever has the task, or leads the programme, marks it as done."""
    found = _task(request, pk)
    if not _may_tick(request, found):
        raise Refused(
            _("Only the person who has this task, or who leads the programme, can mark it as done.")
        )
    services.task_done(organisation=request.organisation, actor=request.actor, task=found)
    messages.success(request, _("Done: %(task)s.") % {"task": found.title})
    return redirect(request.organisation.url("journey:plan"))


@requires(permissions.EDIT)
@require_POST
def task_reopen(request: OrganisationRequest, pk: str) -> HttpResponse:
    """A finished task opens again, with a reason."""
    found = _task(request, pk)
    services.task_reopen(
        organisation=request.organisation,
        actor=request.actor,
        task=found,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("Open again: %(task)s.") % {"task": found.title})
    return redirect(request.organisation.url("journey:task", pk=pk))


@requires(permissions.EDIT)
@require_POST
def task_assign(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Another person or another date, with a reason."""
    found = _task(request, pk)
    form = TaskForm(request.POST, task=found)
    if form.is_valid():
        try:
            services.task_assign(
                organisation=request.organisation, actor=request.actor, task=found, **form.cleaned_data
            )
            messages.success(request, _("Saved: %(task)s.") % {"task": found.title})
            return redirect(request.organisation.url("journey:task", pk=pk))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _task_page(request, found, form)


@requires(permissions.VIEW)
def gate(request: OrganisationRequest, number: int) -> HttpResponse:
    """Criteria of a gate as they are now, and all signed decisions."""
    row = _gate(request, number)
    form = GateForm(row=row) if _may_sign(request, row) else None
    return page(request, "journey/gate.html", _gate_context(row, form))


@requires(permissions.SIGN)
@require_POST
def gate_sign(request: OrganisationRequest, number: int) -> HttpResponse:
    """The managing director decides, with a reason."""
    row = _gate(request, number)
    form = GateForm(request.POST, row=row)
    if form.is_valid():
        try:
            services.gate_sign(
                organisation=request.organisation,
                actor=request.actor,
                gate=row.gate,
                decision=form.cleaned_data["decision"],
                reason=form.cleaned_data["reason"],
                overridden=form.overridden,
            )
            messages.success(request, _("The decision at gate %(gate)s is signed.") % {"gate": number})
            return redirect(request.organisation.url("journey:gate", number=number))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(request, "journey/gate.html", _gate_context(row, form), form=form)


def _gate_context(row: selectors.GateRow, form: GateForm | None) -> dict[str, object]:
    return {
        "row": row,
        "gate": row.gate,
        "form": form,
        "decisions": row.gate.decisions.all(),
        "running": row.gate.plan.state == Plan.State.RUNNING,
    }


@requires(permissions.VIEW)
def calendar(request: OrganisationRequest) -> HttpResponse:
    """The feed address of this member: made anew by POST, shown once."""
    link = ""
    if request.method == "POST":
        token = services.calendar_renew(
            organisation=request.organisation,
            actor=request.actor,
            membership=request.membership,
            language=(get_language() or "de")[:2],
        )
        link = request.build_absolute_uri(reverse("journey:feed", args=[token]))
    context = {"link": link, "has_calendar": selectors.has_calendar(request.membership)}
    return page(request, "journey/calendar.html", context)


@requires(PUBLIC)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself: calendar programs cannot sign in, so the secret address is the key."""
    owner = selectors.calendar_owner(token)
    if owner is None:
        raise Http404
    with override(owner.language):
        content = calendar_feed(
            owner.membership, language=owner.language, host=request.build_absolute_uri("/")
        )
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="pilotwerk.ics"'
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _plan_or_404(request: OrganisationRequest) -> Plan:
    found = selectors.plan_current(request.organisation)
    if found is None:
        raise Http404
    return found


def _task(request: OrganisationRequest, pk: str) -> Task:
    tasks = Task.objects.of(request.organisation).select_related("plan", "organisation", "owner__user")
    found: Task = get_object_or_404(tasks, pk=pk)
    return found


def _gate(request: OrganisationRequest, number: int) -> selectors.GateRow:
    plan = _plan_or_404(request)
    gates = Gate.objects.filter(plan=plan).select_related("plan", "organisation")
    return selectors.gate_row(get_object_or_404(gates, number=number))


def _may_sign(request: OrganisationRequest, row: selectors.GateRow) -> bool:
    return (
        request.membership.may(permissions.SIGN)
        and row.gate.state == Gate.State.OPEN
        and row.gate.plan.state == Plan.State.RUNNING
    )
