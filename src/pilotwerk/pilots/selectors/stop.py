"""What the stop rules look at: the newest decisions, deliveries and checks since the pilot last (re)started."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from pilotwerk.core.prepared import Prepared, plain
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
    rows, all_read = _read(pilot, most)
    if not all_read and (len(rows) < most or any(None in row for row in rows)):
        rows, all_read = _read(pilot, 4 * most)
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
    """The newest decisions of an organisation since a moment, with pilot and arm: about proposals, and valid.

    No condition on the case: a database that knows nothing of its tables yet would begin there, at every decision.
    """

    def build(organisation: UUID, since: datetime) -> QuerySet[Decision, Any]:
        read = _about_proposals().filter(organisation=organisation, decided_at__gte=since)
        return read.values_list("kind", "category_corrected", "edit_distance", "case__pilot", "case__arm")[
            :most
        ]

    return Prepared(build, organisation=UUID(int=1), since=datetime(2000, 1, 1, tzinfo=UTC))


def _read(pilot: Pilot, most: int) -> tuple[list[tuple[Any, ...]], bool]:
    """Of so many decisions those of the pilot's AI arm, which are all while it runs, for an organisation runs one; and
    whether there are no older ones.
    """
    since = pilot.watched_since or pilot.created_at
    rows = _newest(most).rows(organisation=pilot.organisation_id, since=since)
    key = plain(pilot.pk)
    mine = [row[:3] for row in rows if row[3:] == (key, Arm.AI.value)]
    return mine, len(rows) < most


def ai_decisions(pilot: Pilot) -> QuerySet[Decision]:
    """Valid decisions about proposals, newest first: approved, edited, rejected."""
    return _about_proposals().filter(
        organisation=pilot.organisation_id, case__pilot=pilot, case__arm=Arm.AI.value
    )


def _about_proposals() -> QuerySet[Decision]:
    return Decision.objects.filter(
        kind__in=[DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT], withdrawn_at=None
    ).order_by("-decided_at", "-created_at")
