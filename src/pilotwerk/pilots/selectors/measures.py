"""What the cases of a pilot tell the evaluation, and what is left to check."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet

from pilotwerk.pilots.domain.handling import case_seconds
from pilotwerk.pilots.domain.measures import CaseMeasure
from pilotwerk.pilots.domain.states import Arm, CaseState
from pilotwerk.pilots.models import (
    Case,
    CaseOutcome,
    Closed,
    Decision,
    DecisionKind,
    Pilot,
    QualityCheck,
    Sitting,
)


def case_measures(pilot: Pilot) -> list[CaseMeasure]:
    """One measure for each finished case, by arm as it was drawn, also when the proposal was rejected.

    Cases that the team settled outside of Pilotwerk are left out in both arms: nothing about them was
    measured.
    """
    cases = (
        Case.objects.filter(pilot=pilot, state=CaseState.DONE.value)
        .exclude(closed=Closed.ELSEWHERE)
        .order_by("received_at", "number")
        .only("pk", "arm", "received_at", "sent_at")
    )
    seconds = _seconds(pilot)
    checks = dict(QualityCheck.objects.filter(case__pilot=pilot).values_list("case_id", "ok"))
    outcomes = {o.case_id: o for o in CaseOutcome.objects.filter(case__pilot=pilot)}
    decided = _decisions(pilot)
    return [
        _measure(case, seconds.get(case.pk), checks.get(case.pk), outcomes.get(case.pk), decided[case.pk])
        for case in cases
    ]


def _seconds(pilot: Pilot) -> dict[UUID, float | None]:
    sittings: dict[UUID, list[float]] = defaultdict(list)
    for case_id, value in Sitting.objects.filter(case__pilot=pilot).values_list("case_id", "seconds"):
        sittings[case_id].append(value)
    return {case_id: case_seconds(values) for case_id, values in sittings.items()}


def _decisions(pilot: Pilot) -> dict[UUID, list[Decision]]:
    found: dict[UUID, list[Decision]] = defaultdict(list)
    valid = Decision.objects.filter(case__pilot=pilot, withdrawn_at=None).order_by("decided_at")
    for decision in valid.only("case_id", "kind", "category_corrected", "edit_distance"):
        found[decision.case_id].append(decision)
    return found


def _measure(
    case: Case,
    seconds: float | None,
    ok: bool | None,
    outcome: CaseOutcome | None,
    decisions: list[Decision],
) -> CaseMeasure:
    with_ai = case.arm == Arm.AI.value
    corrected = [d.category_corrected for d in decisions if d.category_corrected is not None]
    distances = [d.edit_distance for d in decisions if d.edit_distance is not None]
    hours = (case.sent_at - case.received_at).total_seconds() / 3600 if case.sent_at else None
    return CaseMeasure(
        case_id=str(case.pk),
        arm="ai" if with_ai else "control",
        handling_seconds=seconds,
        response_hours=hours,
        quality_ok=ok,
        satisfaction=outcome.satisfaction if outcome else None,
        category_corrected=any(corrected) if with_ai and corrected else None,
        received_at=case.received_at,
        recontacted=outcome.recontacted if outcome else None,
        edit_distance=distances[-1] if with_ai and distances else None,
        rejected=any(d.kind == DecisionKind.REJECT for d in decisions) if with_ai else None,
    )


def to_check(pilot: Pilot) -> QuerySet[Case]:
    """Sent answers without a verdict. By row id, which is random: neither the arm nor the time shows through."""
    return Case.objects.filter(
        pilot=pilot, state=CaseState.DONE.value, closed=Closed.SENT, quality_check=None
    ).order_by("pk")


def checked(pilot: Pilot) -> int:
    """How many answers have a verdict."""
    return QualityCheck.objects.filter(case__pilot=pilot).count()
