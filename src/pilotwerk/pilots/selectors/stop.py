"""What the stop rules look at: the newest decisions, deliveries and checks since the pilot last (re)started."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from pilotwerk.core.prepared import Prepared
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
    """The three histories of decisions from the newest ones. Where a figure is not known, an older one takes its
    place: then more are read than the widest window has."""
    since = pilot.watched_since or pilot.created_at
    read = {"organisation": pilot.organisation_id, "pilot": pilot.pk, "since": since}
    rows = _newest(most).rows(**read)
    if len(rows) == most and any(None in row for row in rows):
        rows = _newest(4 * most).rows(**read)
    return {
        RuleKind.REJECTED: [kind == DecisionKind.REJECT for kind, _corrected, _distance in rows],
        RuleKind.CORRECTED: [
            bool(corrected) for _kind, corrected, _distance in rows if corrected is not None
        ],
        RuleKind.REWRITTEN: [
            distance > REWRITTEN_FROM for _kind, _corrected, distance in rows if distance is not None
        ],
    }


@lru_cache(maxsize=64)
def _newest(most: int) -> Prepared[Decision]:
    """What the rules read of the newest decisions since a moment."""

    def build(organisation: UUID, pilot: UUID, since: datetime) -> QuerySet[Decision, Any]:
        read = _ai_decisions(organisation, pilot).filter(decided_at__gte=since)
        return read.values_list("kind", "category_corrected", "edit_distance")[:most]

    return Prepared(
        build, organisation=UUID(int=1), pilot=UUID(int=2), since=datetime(2000, 1, 1, tzinfo=UTC)
    )


def ai_decisions(pilot: Pilot) -> QuerySet[Decision]:
    """Valid decisions about proposals, newest first: approved, edited, rejected."""
    return _ai_decisions(pilot.organisation_id, pilot.pk)


def _ai_decisions(organisation: UUID, pilot: UUID) -> QuerySet[Decision]:
    return Decision.objects.filter(
        organisation=organisation,
        case__pilot=pilot,
        case__arm=Arm.AI.value,
        kind__in=[DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT],
        withdrawn_at=None,
    ).order_by("-decided_at", "-created_at")
