"""What the overview says: one sentence about where the organisation stands, and what it means."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.journey import registry, selectors
from pilotwerk.journey.domain.schedule import LENGTH, PHASES
from pilotwerk.journey.models import Gate, Plan
from pilotwerk.journey.selectors import GateRow, TaskRow
from pilotwerk.web.templatetags.pw import long_date


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase on the time line: share that is over (0..100), tasks done, and its gate."""

    number: int
    title: str
    begins: object
    ends: object
    is_current: bool
    percent: float
    done: int
    total: int
    gate: GateRow
    tasks: list[TaskRow]


@dataclass(frozen=True, slots=True)
class Headline:
    """h1 and lead of the overview."""

    title: str
    lead: str


def phase_rows(plan: Plan, tasks: list[TaskRow], gates: list[GateRow]) -> list[PhaseRow]:
    """The three phases as the time line and the plan page show them."""
    day = selectors.plan_day(plan)
    rows = []
    for phase, gate in zip(PHASES, gates, strict=True):
        own = [row for row in tasks if row.task.phase == phase.number]
        length = phase.last - phase.first + 1
        over = min(max(day - phase.first + 1, 0), length)
        rows.append(
            PhaseRow(
                number=phase.number,
                title=str(gate.gate.text.title),
                begins=phase.begins(plan.start),
                ends=phase.ends(plan.start),
                is_current=phase.first <= day <= phase.last and plan.state == Plan.State.RUNNING,
                percent=round(100 * over / length, 1),
                done=sum(row.done for row in own),
                total=len(own),
                gate=gate,
                tasks=own,
            )
        )
    return rows


def marker(plan: Plan) -> float:
    """Where "today" stands on the time line, in percent; kept within the line."""
    return round(min(max(selectors.plan_day(plan) / LENGTH * 100, 4), 96), 1)


def headline(plan: Plan, tasks: list[TaskRow], gates: list[GateRow]) -> Headline:
    """The sentence about today."""
    day = selectors.plan_day(plan)
    if plan.state == Plan.State.STOPPED:
        return Headline(_("The programme was stopped"), _stopped(gates))
    if plan.state == Plan.State.FINISHED:
        found = registry.outcome(plan.organisation)
        if found is not None:
            return Headline(found.title, found.lead)
        return Headline(
            _("The 90 days are decided"), _("All three gates are signed. The records stay open to read.")
        )
    lead = " ".join(part for part in (_gate_sentence(gates), _overdue_sentence(tasks)) if part)
    if day < 1:
        title = ngettext("The plan begins tomorrow", "The plan begins in %(days)s days", 1 - day)
        return Headline(title % {"days": 1 - day}, lead)
    if day > LENGTH:
        ahead = selectors.gate_next(gates)
        title = ngettext(
            "Day 90 was yesterday: gate %(gate)s is open",
            "Day 90 was %(days)s days ago: gate %(gate)s is open",
            day - LENGTH,
        )
        return Headline(title % {"days": day - LENGTH, "gate": ahead.gate.number if ahead else 3}, lead)
    phase = selectors.plan_phase(plan)
    assert phase is not None
    title = _("Day %(day)s of 90: %(phase)s") % {"day": day, "phase": gates[phase.number - 1].gate.text.title}
    where = _("Phase %(number)s of 3.") % {"number": phase.number}
    return Headline(title, f"{where} {lead}".strip())


def _stopped(gates: list[GateRow]) -> str:
    last = next((row for row in gates if row.gate.state == Gate.State.STOPPED), None)
    if last is None or last.decision is None:
        return ""
    return _("%(name)s decided this at gate %(gate)s.") % {
        "name": last.decision.signed_name,
        "gate": last.gate.number,
    }


def _gate_sentence(gates: list[GateRow]) -> str:
    row = selectors.gate_next(gates)
    if row is None:
        return ""
    past = row.gate.due < selectors.today(row.gate.organisation)
    text = (
        _("Gate %(gate)s was due on %(day)s, %(met)s of %(total)s criteria met so far.")
        if past
        else _("Gate %(gate)s is on %(day)s, %(met)s of %(total)s criteria met so far.")
    )
    return text % {
        "gate": row.gate.number,
        "day": long_date(row.gate.due),
        "met": row.summary.met,
        "total": row.summary.total,
    }


def _overdue_sentence(tasks: list[TaskRow]) -> str:
    count = sum(row.overdue for row in tasks)
    if not count:
        return ""
    text = ngettext("%(count)s task is overdue.", "%(count)s tasks are overdue.", count)
    return text % {"count": count}
