"""Reads of the evaluation: effect, return, goals, acceptance, learnings, decision."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.core.results import CannotTell
from pilotwerk.evaluation.domain.acceptance import Acceptance
from pilotwerk.evaluation.domain.decision import Choice, Obstacle
from pilotwerk.evaluation.domain.decision import obstacle as find_obstacle
from pilotwerk.evaluation.domain.effect import MISSING_ARM, Difference
from pilotwerk.evaluation.domain.goals import GoalResult, goal_result
from pilotwerk.evaluation.domain.report import Effect, effect
from pilotwerk.evaluation.domain.roi import Assumptions, Band, Return, annual_return, minutes_saved
from pilotwerk.evaluation.models import Decision, Learning, RoiAssumptions
from pilotwerk.journey.models import Gate
from pilotwerk.journey.selectors import plan_current
from pilotwerk.kpis.domain.smart import Direction
from pilotwerk.kpis.models import Goal
from pilotwerk.kpis.selectors import goals
from pilotwerk.pilots.models import DecisionKind, Pilot
from pilotwerk.pilots.selectors import CaseMeasure, case_measures
from pilotwerk.pilots.selectors.stop import ai_decisions
from pilotwerk.processes.selectors import case_values, import_latest

DECIDING_GATE = 3


def effect_report(pilot: Pilot) -> Effect:
    """The pilot's effect up to now, worked out from its closed cases."""
    cases = case_measures(pilot)
    arms = {case.arm for case in cases}
    before = [] if "control" in arms else _minutes_before(pilot)
    return effect(cases, before_minutes=before, days=days_running(pilot))


def days_running(pilot: Pilot) -> int:
    """Whole days from the pilot's start to its end, or to now; 0 before it started."""
    if pilot.started_at is None:
        return 0
    return max(0, ((pilot.ended_at or clock.now()) - pilot.started_at).days)


def is_preliminary(organisation: Organisation) -> bool:
    """Until the day of gate 3 the result is a state on the way there."""
    gate = _deciding_gate(organisation)
    if gate is None:
        return True
    return gate.state == Gate.State.OPEN and clock.today(organisation.timezone) < gate.due


def assumptions(pilot: Pilot) -> RoiAssumptions | None:
    """What the return is worked out with, if it was set."""
    return RoiAssumptions.objects.of(pilot.organisation).filter(pilot=pilot).first()


def roi_report(pilot: Pilot, *, report: Effect | None = None) -> Return | CannotTell | None:
    """The return of a year; CannotTell without a range of the saving, None without assumptions."""
    given = assumptions(pilot)
    if given is None:
        return None
    primary = (report or effect_report(pilot)).primary
    saved = minutes_saved(primary.comparison) if primary else CannotTell(MISSING_ARM)
    if isinstance(saved, CannotTell):
        return saved
    return annual_return(saved, plain_assumptions(given))


def plain_assumptions(given: RoiAssumptions) -> Assumptions:
    """The stored assumptions as the rules take them."""
    return Assumptions(
        cases_per_year=given.cases_per_year,
        ai_share=given.ai_percent / 100,
        euro_per_hour=float(given.euro_per_hour),
        realisation=given.realisation_percent / 100,
        running=Band(
            float(given.running_cautious), float(given.running_middle), float(given.running_favourable)
        ),
        one_off=Band(
            float(given.one_off_cautious), float(given.one_off_middle), float(given.one_off_favourable)
        ),
    )


def goal_results(pilot: Pilot) -> list[tuple[Goal, GoalResult]]:
    """Each goal of the organisation with what the pilot's cases with AI say about it."""
    cases = case_measures(pilot)
    return [(goal, _goal_result(goal, cases)) for goal in goals(pilot.organisation)]


def acceptance(pilot: Pilot) -> list[Acceptance]:
    """Decided proposals by category, the most frequent first.

    A category is that of the case, never a person's.
    """
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = ai_decisions(pilot).order_by().values("case__category", "kind").annotate(count=Count("pk"))
    for row in rows:
        counts[row["case__category"]][row["kind"]] = row["count"]
    found = [
        Acceptance(
            category,
            kinds.get(DecisionKind.APPROVE, 0),
            kinds.get(DecisionKind.EDIT, 0),
            kinds.get(DecisionKind.REJECT, 0),
        )
        for category, kinds in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.decided, each.category))


def learnings(pilot: Pilot) -> QuerySet[Learning]:
    """What was learnt, in the order of writing."""
    return Learning.objects.of(pilot.organisation).filter(pilot=pilot)


def decision(pilot: Pilot) -> Decision | None:
    """The draft or the signed decision, if there is one."""
    return Decision.objects.of(pilot.organisation).filter(pilot=pilot).first()


def obstacle(organisation: Organisation, choice: Choice, report: Effect) -> Obstacle | None:
    """Why this decision cannot be signed today, or None."""
    return find_obstacle(
        choice,
        today=clock.today(organisation.timezone),
        gate_day=deciding_day(organisation),
        evidence=report.evidence,
        primary=report.primary,
        guardrails=report.guardrails,
    )


def deciding_day(organisation: Organisation) -> date | None:
    """The day of gate 3; None without a plan."""
    gate = _deciding_gate(organisation)
    return gate.due if gate else None


def evidence_snapshot(report: Effect) -> dict[str, Any]:
    """What a signature rests on, as plain values: grade, design, range of the handling time, cases, days."""
    primary = report.primary
    difference = primary.comparison.difference if primary else None
    known = difference if isinstance(difference, Difference) else None
    return {
        "grade": report.evidence.grade.value,
        "design": report.design,
        "days": report.days,
        "cases": {
            "ai": primary.comparison.ai.n if primary else 0,
            "control": primary.comparison.control.n if primary else 0,
        },
        "checked": report.checked,
        "minutes": [known.low, known.effect, known.high] if known else None,
    }


def _deciding_gate(organisation: Organisation) -> Gate | None:
    plan = plan_current(organisation)
    return Gate.objects.of(organisation).filter(plan=plan, number=DECIDING_GATE).first() if plan else None


def _goal_result(goal: Goal, cases: Sequence[CaseMeasure]) -> GoalResult:
    return goal_result(
        kpi=goal.baseline.kpi,
        lower_is_better=_lower_is_better(goal),
        baseline=goal.baseline.value,
        target=goal.target,
        cases=cases,
    )


def _lower_is_better(goal: Goal) -> bool:
    """As the catalogue says; for a KPI that it no longer has, the side of the baseline on which the target
    lies.
    """
    entry = goal.baseline.kpi_entry
    return entry.direction is Direction.LOWER if entry else goal.target < goal.baseline.value


def _minutes_before(pilot: Pilot) -> Sequence[float | None]:
    """Handling times from before the pilot, from the process's latest import."""
    found = import_latest(pilot.organisation, pilot.use_case.process) if pilot.use_case.process else None
    return list(case_values(found).handling_minutes) if found else []
