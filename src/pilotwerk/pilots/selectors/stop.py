"""What the stop rules look at: the newest decisions, deliveries and checks since the pilot last (re)started."""

from __future__ import annotations

from typing import Final

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

DECIDED: Final = frozenset({RuleKind.REJECTED, RuleKind.CORRECTED, RuleKind.REWRITTEN})
EVERY_KIND: Final = frozenset(RuleKind)


def rules(pilot: Pilot) -> list[StopRule]:
    """The pilot's stop rules."""
    return from_plain(pilot.stop_rules)


def readings(pilot: Pilot, kinds: frozenset[RuleKind] = EVERY_KIND) -> list[Reading]:
    """Each stop rule of these kinds with its present figure."""
    found = [rule for rule in rules(pilot) if rule.kind in kinds]
    histories: dict[RuleKind, list[bool]] = {}
    if any(rule.kind in DECIDED for rule in found):
        histories = _decided(pilot, most=max(rule.window for rule in found))
    for rule in found:
        if rule.kind is RuleKind.NOT_DELIVERED:
            histories[rule.kind] = _not_delivered(pilot, rule.window)
        elif rule.kind is RuleKind.NOT_OK:
            histories[rule.kind] = _not_ok(pilot, rule.window)
    return read_all(found, histories)


def _not_delivered(pilot: Pilot, window: int) -> list[bool]:
    # By organisation as well: the index by time then ends after the window, however many deliveries there are.
    finished = Delivery.objects.filter(organisation=pilot.organisation_id, case__pilot=pilot).exclude(
        state=DeliveryState.TRYING
    )
    if pilot.watched_since:
        finished = finished.filter(finished_at__gte=pilot.watched_since)
    states = finished.order_by("-finished_at").values_list("state", flat=True)
    return [state != DeliveryState.SENT for state in states[:window]]


def _not_ok(pilot: Pilot, window: int) -> list[bool]:
    checks = QualityCheck.objects.filter(case__pilot=pilot, case__arm=Arm.AI.value)
    if pilot.watched_since:
        checks = checks.filter(created_at__gte=pilot.watched_since)
    return [not ok for ok in checks.order_by("-created_at").values_list("ok", flat=True)[:window]]


def _decided(pilot: Pilot, *, most: int) -> dict[RuleKind, list[bool]]:
    """The three histories of decisions from one query. Where a figure is not known, an older one takes its
    place, so more rows are read than the widest window has."""
    decided = ai_decisions(pilot)
    if pilot.watched_since:
        decided = decided.filter(decided_at__gte=pilot.watched_since)
    rows = list(decided.values_list("kind", "category_corrected", "edit_distance")[: 4 * most])
    return {
        RuleKind.REJECTED: [kind == DecisionKind.REJECT for kind, _corrected, _distance in rows],
        RuleKind.CORRECTED: [corrected for _kind, corrected, _distance in rows if corrected is not None],
        RuleKind.REWRITTEN: [
            distance > REWRITTEN_FROM for _kind, _corrected, distance in rows if distance is not None
        ],
    }


def ai_decisions(pilot: Pilot) -> QuerySet[Decision]:
    """Valid decisions about proposals, newest first: approved, edited, rejected."""
    return Decision.objects.filter(
        organisation=pilot.organisation_id,
        case__pilot=pilot,
        case__arm=Arm.AI.value,
        kind__in=[DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT],
        withdrawn_at=None,
    ).order_by("-decided_at", "-created_at")
