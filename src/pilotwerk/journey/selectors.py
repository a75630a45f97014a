"""Reads of the plan: what is due, what is done, what the gates say, what needs attention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.accounts.selectors import token_hash
from pilotwerk.core import clock
from pilotwerk.core.permissions import Role
from pilotwerk.journey import registry
from pilotwerk.journey.catalogue import TaskText, plan_catalogue
from pilotwerk.journey.domain import gates as rules
from pilotwerk.journey.domain.schedule import LENGTH, Phase, day_number, phase_of
from pilotwerk.journey.domain.workdays import Region
from pilotwerk.journey.models import CalendarToken, Gate, GateDecision, Plan, Task


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as pages show it. `done_by_data`: the data says that it is done, no person has to."""

    task: Task
    done: bool
    done_by_data: bool
    url: str
    measured: bool
    overdue_days: int

    @property
    def overdue(self) -> bool:
        """Not done, and its day is past."""
        return self.overdue_days > 0


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of a gate with what it says now."""

    id: str
    title: str
    result: rules.CheckResult


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate with its criteria computed now, and the last signed decision."""

    gate: Gate
    criteria: list[Criterion]
    summary: rules.Summary
    decision: GateDecision | None

    @property
    def results(self) -> dict[str, rules.CheckResult]:
        """Results by id, in order."""
        return {criterion.id: criterion.result for criterion in self.criteria}


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the steps that lead an organisation to its plan."""

    text: TaskText
    url: str
    done: bool


def region(organisation: Organisation) -> Region:
    """Whose public holidays count."""
    return Region(organisation.country, organisation.region)


def today(organisation: Organisation) -> date:
    """The calendar day where the organisation is."""
    return clock.today(organisation.timezone)


def plan_current(organisation: Organisation) -> Plan | None:
    """The running plan, otherwise the last one, otherwise None."""
    plans = Plan.objects.of(organisation)
    found: Plan | None = plans.filter(state=Plan.State.RUNNING).first() or plans.first()
    if found is not None:
        found.organisation = organisation  # saves a query wherever the time zone is asked for
    return found


def plan_day(plan: Plan) -> int:
    """Which day it is: below 1 before the start, above 90 after the end."""
    return day_number(plan.start, today(plan.organisation))


def plan_phase(plan: Plan) -> Phase | None:
    """The phase of today, or None before the start and after day 90."""
    return phase_of(plan_day(plan))


def is_over(plan: Plan) -> bool:
    """Day 90 is past, or gate 3 or a stop ended the plan."""
    return plan.state != Plan.State.RUNNING or plan_day(plan) > LENGTH


def task_rows(plan: Plan, *, phase: int | None = None) -> list[TaskRow]:
    """The tasks of the plan, or of one phase, in order, with what people and data say about them."""
    now = today(plan.organisation)
    tasks = Task.objects.filter(plan=plan).select_related("owner__user")
    if phase is not None:
        tasks = tasks.filter(phase=phase)
    return [_task_row(task, plan.organisation, now) for task in tasks]


def task_row(task: Task) -> TaskRow:
    """One task with what people and data say about it."""
    return _task_row(task, task.organisation, today(task.organisation))


def _task_row(task: Task, organisation: Organisation, now: date) -> TaskRow:
    step = registry.step(task.key)
    by_data = bool(step and step.is_done(organisation))
    done = by_data or task.done_at is not None
    return TaskRow(
        task=task,
        done=done,
        done_by_data=by_data,
        url=organisation.url(step.url_name) if step else "",
        measured=step is not None and not step.by_hand,
        overdue_days=0 if done else max(0, (now - task.due).days),
    )


def next_row(rows: Iterable[TaskRow]) -> TaskRow | None:
    """The task to do now: the first in the plan's order that is not done."""
    return next((row for row in rows if not row.done), None)


def first_steps(organisation: Organisation) -> list[FirstStep]:
    """The measured steps of phase 1, which can begin before the plan does."""
    steps = []
    for text in plan_catalogue().tasks:
        step = registry.step(text.key)
        if text.phase == 1 and step is not None and not step.by_hand:
            steps.append(FirstStep(text, organisation.url(step.url_name), step.is_done(organisation)))
    return steps


def gate_row(gate: Gate) -> GateRow:
    """The gate with its criteria computed from the data as it is now."""
    return _gate_row(gate, registry.checks(gate.number))


def _gate_row(gate: Gate, checks: list[registry.Check]) -> GateRow:
    criteria = [Criterion(check.id, str(check.title), check.run(gate.organisation)) for check in checks]
    summary = rules.summary({criterion.id: criterion.result for criterion in criteria})
    return GateRow(gate, criteria, summary, gate.decisions.first())


def gate_rows(plan: Plan) -> list[GateRow]:
    """All three gates. Only the next one to decide has its criteria computed, because that takes time."""
    gates = list(Gate.objects.filter(plan=plan).select_related("organisation").prefetch_related("decisions"))
    ahead = next((gate for gate in gates if gate.state == Gate.State.OPEN), None)
    return [gate_row(gate) if gate is ahead else _gate_row(gate, []) for gate in gates]


def gate_next(rows: Iterable[GateRow]) -> GateRow | None:
    """The first gate that nobody has passed yet."""
    return next((row for row in rows if row.gate.state == Gate.State.OPEN), None)


def gate_passed(organisation: Organisation, number: int) -> bool:
    """Whether gate 1, 2 or 3 of the present plan is passed."""
    plan = plan_current(organisation)
    return bool(plan and plan.gates.filter(number=number, state=Gate.State.PASSED).exists())


def decisions(organisation: Organisation) -> list[GateDecision]:
    """All signed decisions of the organisation, newest first."""
    return list(GateDecision.objects.of(organisation).select_related("gate"))


def task_done(organisation: Organisation, key: str) -> Task | None:
    """The task of the present plan that a person marked as done, or None."""
    plan = plan_current(organisation)
    found: Task | None = plan.tasks.filter(key=key, done_at__isnull=False).first() if plan else None
    return found


def calendar_owner(token: str) -> CalendarToken | None:
    """Whose feed this secret address is, or None."""
    found: CalendarToken | None = (
        CalendarToken.objects.select_related("membership__organisation", "membership__user")
        .filter(token_hash=token_hash(token), membership__user__is_active=True)
        .first()
    )
    return found


def has_calendar(membership: Membership) -> bool:
    """Whether this member has a feed address."""
    return bool(CalendarToken.objects.filter(membership=membership).exists())


def calendar_tasks(membership: Membership, plan: Plan) -> list[Task]:
    """The member's own tasks; whoever leads the programme gets all of them."""
    tasks = Task.objects.filter(plan=plan).select_related("owner__user")
    leads = membership.role in (Role.OWNER, Role.LEAD)
    return list(tasks if leads else tasks.filter(owner=membership))
