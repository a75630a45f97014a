"""Writes of the plan. Each is one transaction with one audit entry."""

import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation, User
from pilotwerk.accounts.selectors import members, token_hash
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import Role
from pilotwerk.journey import selectors
from pilotwerk.journey.catalogue import plan_catalogue
from pilotwerk.journey.domain import gates as rules
from pilotwerk.journey.domain import schedule
from pilotwerk.journey.domain.workdays import is_workday
from pilotwerk.journey.models import CalendarToken, Gate, GateDecision, Plan, Task
from pilotwerk.web.templatetags.pw import short_date


@transaction.atomic
def plan_start(*, organisation: Organisation, actor: Actor, start: date) -> Plan:
    """An organisation has one running plan; each task goes to the first member in its role."""
    try:
        with transaction.atomic():
            plan: Plan = Plan.objects.create(organisation=organisation, start=start)
    except IntegrityError as clash:  # the database allows one running plan each
        raise Refused(_("The 90-day plan is running already.")) from clash
    texts = plan_catalogue().tasks
    tasks, gates = schedule.schedule(
        [text.planned for text in texts], start=start, region=selectors.region(organisation)
    )
    owners = _owners(organisation)
    Task.objects.bulk_create(
        Task(
            organisation=organisation,
            plan=plan,
            key=text.key,
            phase=text.phase,
            position=position,
            due=dated.due,
            owner=owners.get(text.role),
        )
        for position, (text, dated) in enumerate(zip(texts, tasks, strict=True), start=1)
    )
    Gate.objects.bulk_create(
        Gate(organisation=organisation, plan=plan, number=dated.phase, due=dated.due) for dated in gates
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.plan_started",
        subject=("journey.Plan", str(plan.id)),
        data={"start": start.isoformat(), "catalogue": plan_catalogue().version},
    )
    return plan


def _owners(organisation: Organisation) -> dict[Role, Membership]:
    """The first member of each role; where there is none, the AI lead, then the managing director."""
    found: dict[Role, Membership] = {}
    for membership in members(organisation).order_by("created_at"):
        found.setdefault(Role(membership.role), membership)
    stand_in = found.get(Role.LEAD) or found.get(Role.OWNER)
    return {role: member for role in Role if (member := found.get(role) or stand_in)}


@transaction.atomic
def plan_move(*, organisation: Organisation, actor: Actor, plan: Plan, start: date, reason: str) -> Plan:
    """The start may move with a reason until the first gate is passed. Finished tasks keep their dates."""
    _must_run(plan)
    _must_say_why(reason)
    if Gate.objects.filter(plan=plan).exclude(state=Gate.State.OPEN).exists():
        raise Refused(_("Gate 1 is decided. From here on, change the due dates of single tasks."))
    before, shift = plan.start, start - plan.start
    moved = Plan.objects.filter(pk=plan.pk, start=before, state=Plan.State.RUNNING).update(start=start)
    if moved != 1:
        raise Refused(_("Somebody else changed the plan just now. Please look again."))
    plan.start = start
    region, now = selectors.region(organisation), clock.now()
    days = {text.key: text.day for text in plan_catalogue().tasks}
    for task in Task.objects.filter(plan=plan, done_at=None):
        by_day = schedule.day_date(start, days.get(task.key, 1))
        wanted = task.due + shift if task.due_by_hand or task.key not in days else by_day
        due = schedule.fit(wanted, phase_number=task.phase, start=start, region=region)
        Task.objects.filter(pk=task.pk).update(due=due, changed_at=now)
    for gate in Gate.objects.filter(plan=plan):
        due = schedule.gate_on(gate.number, start=start, region=region)
        Gate.objects.filter(pk=gate.pk).update(due=due, changed_at=now)
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.plan_moved",
        subject=("journey.Plan", str(plan.id)),
        data={"before": before.isoformat(), "after": start.isoformat(), "reason": reason.strip()},
    )
    return plan


@transaction.atomic
def task_done(*, organisation: Organisation, actor: Actor, task: Task) -> Task:
    """A person marks a task as done. Where the data can tell, the data must agree."""
    _must_run(task.plan)
    row = selectors.task_row(task)
    if row.measured and not row.done_by_data:
        raise Refused(_("Pilotwerk sees by itself when this task is done. It is not done yet."))
    now = clock.now()
    if Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now, changed_at=now) != 1:
        raise Refused(_("This task is done already."))
    task.refresh_from_db()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.task_done",
        subject=("journey.Task", str(task.id)),
        data={"task": task.title, "key": task.key},
    )
    return task


@transaction.atomic
def task_reopen(*, organisation: Organisation, actor: Actor, task: Task, reason: str) -> Task:
    """A finished task opens again, with a reason."""
    _must_run(task.plan)
    _must_say_why(reason)
    changed = Task.objects.filter(pk=task.pk, done_at__isnull=False).update(
        done_at=None, changed_at=clock.now()
    )
    if changed != 1:
        raise Refused(_("Nobody has marked this task as done."))
    task.refresh_from_db()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.task_reopened",
        subject=("journey.Task", str(task.id)),
        data={"task": task.title, "key": task.key, "reason": reason.strip()},
    )
    return task


@transaction.atomic
def task_assign(
    *, organisation: Organisation, actor: Actor, task: Task, owner: Membership, due: date, reason: str
) -> Task:
    """Person and due date may change with a reason; the date is a working day within the 90 days."""
    _must_run(task.plan)
    _must_say_why(reason)
    if owner.organisation_id != organisation.id:
        raise Refused(_("This person is not a member of the organisation."))
    last = schedule.day_date(task.plan.start, schedule.LENGTH)
    if not task.plan.start <= due <= last:
        raise Refused(
            _("The plan runs from %(first)s to %(last)s. Choose a day in between.") % _span(task.plan)
        )
    if not is_workday(due, selectors.region(organisation)):
        raise Refused(_("This day is a weekend or a public holiday. Choose a working day."))
    moved = task.due_by_hand or due != task.due
    Task.objects.filter(pk=task.pk).update(owner=owner, due=due, due_by_hand=moved, changed_at=clock.now())
    task.refresh_from_db()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.task_assigned",
        subject=("journey.Task", str(task.id)),
        data={"task": task.title, "key": task.key, "due": due.isoformat(), "reason": reason.strip()},
        personal={"owner": owner.user.name},
    )
    return task


@transaction.atomic
def gate_sign(
    *,
    organisation: Organisation,
    actor: Actor,
    gate: Gate,
    decision: str,
    reason: str,
    overridden: dict[str, str] | None = None,
) -> GateDecision:
    """An owner signs with a reason; the criteria are computed now and kept with the decision.

    Passing over a criterion that is open or not met needs a reason of its own in `overridden`.
    """
    signer = _signer(organisation, actor)
    _must_run(gate.plan)
    if Gate.objects.filter(plan=gate.plan, number__lt=gate.number).exclude(state=Gate.State.PASSED).exists():
        raise Refused(_("The gate before this one is not passed yet."))
    choice, reasons = rules.Decision(decision), overridden or {}
    row = selectors.gate_row(gate)
    _must_be_possible(row, choice, reason, reasons)
    _gate_move(gate, choice)
    signed: GateDecision = GateDecision.objects.create(
        organisation=organisation,
        gate=gate,
        decision=choice.value,
        reason=reason.strip(),
        criteria=[_kept(criterion, reasons) for criterion in row.criteria],
        signed_by=User.objects.get(pk=signer.user_id),
        signed_name=actor.name,
    )
    number = record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.gate_signed",
        subject=("journey.Gate", str(gate.id)),
        data={
            "gate": gate.number,
            "decision": choice.value,
            "reason": signed.reason,
            "criteria": signed.criteria,
            "decision_id": str(signed.id),
        },
    )
    GateDecision.objects.filter(pk=signed.pk).update(audit_entry=number)
    signed.audit_entry = number
    return signed


def _signer(organisation: Organisation, actor: Actor) -> Membership:
    owners = Membership.objects.of(organisation).filter(role=Role.OWNER)
    signer: Membership | None = owners.filter(user_id=actor.id).first() if actor.kind == "member" else None
    if signer is None:
        raise Refused(_("Only a managing director decides at a gate."))
    return signer


def _gate_move(gate: Gate, choice: rules.Decision) -> None:
    """Passing closes the gate, stopping ends the plan, holding leaves the gate open."""
    after = {rules.Decision.PASS: Gate.State.PASSED, rules.Decision.STOP: Gate.State.STOPPED}.get(
        choice, Gate.State.OPEN
    )
    moved = Gate.objects.filter(pk=gate.pk, state=Gate.State.OPEN).update(state=after, changed_at=clock.now())
    if moved != 1:
        raise Refused(_("This gate is decided already."))
    gate.state = after
    if choice is rules.Decision.STOP:
        Plan.objects.filter(pk=gate.plan_id).update(state=Plan.State.STOPPED)
    elif choice is rules.Decision.PASS and gate.number == len(schedule.PHASES):
        Plan.objects.filter(pk=gate.plan_id).update(state=Plan.State.FINISHED)


def _must_be_possible(
    row: selectors.GateRow, choice: rules.Decision, reason: str, overridden: dict[str, str]
) -> None:
    found = rules.objections(choice, reason=reason, results=row.results, overridden=overridden)
    if not found:
        return
    titles = {criterion.id: criterion.title for criterion in row.criteria}
    sentences = {
        "reason_missing": _("Write down the reason for the decision."),
        "no_criteria": _("This gate has no criteria, so it cannot be passed."),
    }
    raise Refused(
        " ".join(
            sentences.get(one.kind)
            or _("“%(criterion)s” is not met. Passing all the same needs a reason.")
            % {"criterion": titles[one.check]}
            for one in found
        )
    )


def _kept(criterion: selectors.Criterion, overridden: dict[str, str]) -> dict[str, str]:
    result = criterion.result
    met = result.state is rules.State.MET
    return {
        "id": criterion.id,
        "title": criterion.title,
        "state": result.state.value,
        "required": result.required,
        "measured": result.measured,
        "evidence_url": result.evidence_url,
        "overridden": "" if met else overridden.get(criterion.id, "").strip(),
    }


@transaction.atomic
def calendar_renew(*, organisation: Organisation, actor: Actor, membership: Membership, language: str) -> str:
    """A new secret address for the member's feed; the old one stops working. Answers the token, once."""
    token = secrets.token_urlsafe(24)
    CalendarToken.objects.update_or_create(
        membership=membership,
        defaults={"organisation": organisation, "token_hash": token_hash(token), "language": language},
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="journey.calendar_renewed",
        subject=("accounts.Membership", str(membership.id)),
        data={"language": language},
    )
    return token


def _must_run(plan: Plan) -> None:
    if plan.state != Plan.State.RUNNING:
        raise Refused(_("This plan is over. Nothing in it can be changed any more."))


def _must_say_why(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Write down the reason for the change."))


def _span(plan: Plan) -> dict[str, str]:
    last = plan.start + timedelta(days=schedule.LENGTH - 1)
    return {"first": short_date(plan.start), "last": short_date(last)}
