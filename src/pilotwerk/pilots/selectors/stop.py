"""What the stop rules look at: the newest decisions, deliveries and checks since the pilot last (re)started."""

from __future__ import annotations

from django.db.models import QuerySet

from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.domain.stop_rules import (
    REWRITTEN_FROM,
    Reading,
    RuleKind,
    StopRule,
    from_plain,
)
from pilotwerk.pilots.domain.stop_rules import readings as read_all
from pilotwerk.pilots.models import Decision, DecisionKind, Delivery, DeliveryState, Pilot, QualityCheck


def rules(pilot: Pilot) -> list[StopRule]:
    """The pilot's stop rules."""
    return from_plain(pilot.stop_rules)


def readings(pilot: Pilot) -> list[Reading]:
    """Each stop rule with its present figure."""
    found = rules(pilot)
    return read_all(found, {rule.kind: _history(pilot, rule) for rule in found})


def _history(pilot: Pilot, rule: StopRule) -> list[bool]:
    """Whether the bad thing happened, newest first, at most the rule's window."""
    if rule.kind is RuleKind.NOT_DELIVERED:
        finished = Delivery.objects.filter(case__pilot=pilot).exclude(state=DeliveryState.TRYING)
        if pilot.watched_since:
            finished = finished.filter(finished_at__gte=pilot.watched_since)
        states = finished.order_by("-finished_at").values_list("state", flat=True)
        return [state != DeliveryState.SENT for state in states[: rule.window]]
    if rule.kind is RuleKind.NOT_OK:
        checks = QualityCheck.objects.filter(case__pilot=pilot, case__arm=Arm.AI.value)
        if pilot.watched_since:
            checks = checks.filter(created_at__gte=pilot.watched_since)
        return [not ok for ok in checks.order_by("-created_at").values_list("ok", flat=True)[: rule.window]]
    return _decision_history(pilot, rule)


def _decision_history(pilot: Pilot, rule: StopRule) -> list[bool]:
    decided = ai_decisions(pilot)
    if pilot.watched_since:
        decided = decided.filter(decided_at__gte=pilot.watched_since)
    if rule.kind is RuleKind.CORRECTED:
        known = decided.filter(category_corrected__isnull=False)
        return [bool(one) for one in known.values_list("category_corrected", flat=True)[: rule.window]]
    if rule.kind is RuleKind.REWRITTEN:
        known = decided.filter(edit_distance__isnull=False)
        distances = known.values_list("edit_distance", flat=True)[: rule.window]
        return [one is not None and one > REWRITTEN_FROM for one in distances]
    kinds = decided.values_list("kind", flat=True)[: rule.window]
    return [kind == DecisionKind.REJECT for kind in kinds]


def ai_decisions(pilot: Pilot) -> QuerySet[Decision]:
    """Valid decisions about proposals, newest first: approved, edited, rejected."""
    return Decision.objects.filter(
        case__pilot=pilot,
        case__arm=Arm.AI.value,
        kind__in=[DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT],
        withdrawn_at=None,
    ).order_by("-decided_at", "-created_at")
