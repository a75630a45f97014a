"""Rules for alerts: what they look at now, what was raised, and who is told about overdue cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core import clock
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.monitoring.alerting import DEFAULTS, Default, Measure
from pilotwerk.pilots.domain.monitoring.drift import Drift
from pilotwerk.pilots.domain.monitoring.quantiles import Spread
from pilotwerk.pilots.domain.states import NEEDS_A_LOOK, PilotState
from pilotwerk.pilots.models import Alert, AlertRule, Case, DigestChoice, DigestRule, Pilot
from pilotwerk.pilots.selectors.monitoring import (
    Cost,
    Decided,
    costs,
    decision_spreads,
    decisions,
    enough,
    received,
    sending_spreads,
    waiting,
)
from pilotwerk.pilots.selectors.shifts import Shift, calibration, category_shift, language_shift, length_shift
from pilotwerk.pilots.selectors.sorting import Rolling
from pilotwerk.pilots.selectors.waiting import STILL_OPEN, away, deciders

RECENT: Final = 20

Value = float | CannotTell


def value_of(pilot: Pilot, measure: Measure, days: int) -> Value:
    """The figure now, over the last ``days`` days where it is one over time; in the measure's unit."""
    now = clock.now()
    return _READS[measure](pilot, Rolling(now - timedelta(days=days), now + timedelta(microseconds=1)))


def _decided(pilot: Pilot, time: Rolling) -> Decided:
    return decisions(pilot, time).get(0, Decided())


def _rejected(pilot: Pilot, time: Rolling) -> Value:
    accepted = _decided(pilot, time).acceptance
    return accepted if isinstance(accepted, CannotTell) else 1 - accepted


def _high(found: Spread | CannotTell) -> Value:
    return found if isinstance(found, CannotTell) else found.high


def _median(found: Spread | CannotTell) -> Value:
    return found if isinstance(found, CannotTell) else found.median


def _error(pilot: Pilot, time: Rolling) -> Value:
    found = calibration(pilot, time)
    return found if isinstance(found, CannotTell) else found.error


def _index(found: Shift) -> Value:
    """An index that so few cases reach by chance counts as no change."""
    if isinstance(found.whole, CannotTell):
        return found.whole
    whole: Drift = found.whole
    return whole.index if whole.index > whole.by_chance else 0.0


def _oldest(pilot: Pilot, _time: Rolling) -> Value:
    return waiting(pilot).oldest or 0.0


def _faults(pilot: Pilot, _time: Rolling) -> Value:
    return float(Case.objects.filter(pilot=pilot, state__in=[one.value for one in NEEDS_A_LOOK]).count())


_READS: Final[dict[Measure, Callable[[Pilot, Rolling], Value]]] = {
    Measure.ACCEPTANCE: lambda pilot, time: _decided(pilot, time).acceptance,
    Measure.REJECTED: _rejected,
    Measure.EDIT_DISTANCE: lambda pilot, time: _median(enough(decision_spreads(pilot, time)[1].whole)),
    Measure.TO_DECISION: lambda pilot, time: _high(enough(decision_spreads(pilot, time)[0].whole)),
    Measure.TO_SENDING: lambda pilot, time: _high(enough(sending_spreads(pilot, time)[0].whole)),
    Measure.OLDEST_OPEN: _oldest,
    Measure.OPEN: lambda pilot, _time: float(waiting(pilot).open),
    Measure.OVERDUE: lambda pilot, _time: float(waiting(pilot).overdue),
    Measure.FAULTS: _faults,
    Measure.RECEIVED: lambda pilot, time: float(received(pilot, time)),
    Measure.COST_CASE: lambda pilot, time: costs(pilot, time).get(0, Cost()).each,
    Measure.CALIBRATION: _error,
    Measure.DRIFT_CATEGORY: lambda pilot, time: _index(category_shift(pilot, time)),
    Measure.DRIFT_LANGUAGE: lambda pilot, time: _index(language_shift(pilot, time)),
    Measure.DRIFT_LENGTH: lambda pilot, time: _index(length_shift(pilot, time)),
}


def alert_rules(pilot: Pilot) -> QuerySet[AlertRule]:
    """The pilot's rules, oldest first."""
    return AlertRule.objects.filter(pilot=pilot)


def alert_rule_get(organisation: Organisation, pilot: Pilot, pk: UUID) -> AlertRule | None:
    """One rule of this pilot."""
    found: AlertRule | None = AlertRule.objects.of(organisation).filter(pilot=pilot, pk=pk).first()
    return found


def alert_test_stopped(pilot: Pilot) -> bool:
    """Whether no test message may go out now: the pilot was stopped, or everything of its organisation."""
    stopped = Pilot.objects.filter(organisation_id=pilot.organisation_id, state=PilotState.STOPPED.value)
    return stopped.filter(Q(pk=pilot.pk) | Q(stopped_with_all=True)).exists()


def alerts_open(pilot: Pilot) -> QuerySet[Alert]:
    """What is raised and not over, newest first."""
    return Alert.objects.filter(rule__pilot=pilot, resolved_at=None).select_related("rule")


def alerts_recent(pilot: Pilot) -> list[Alert]:
    """The newest alerts, over or not, each with the messages that were ordered and that went out."""
    found = Alert.objects.filter(rule__pilot=pilot).select_related("rule")
    counts = {"ordered": Count("notices"), "told": Count("notices", filter=Q(notices__sent_at__isnull=False))}
    return list(found.annotate(**counts)[:RECENT])


def offered(pilot: Pilot) -> list[tuple[int, Default]]:
    """The usual rules that this pilot does not have yet, each with its place in the list."""
    present = set(AlertRule.objects.filter(pilot=pilot).values_list("measure", "comparison"))
    return [
        (place, one)
        for place, one in enumerate(DEFAULTS)
        if (one.measure.value, one.comparison.value) not in present
    ]


def digest_to_deciders(pilot: Pilot) -> bool:
    """Whether the pilot's lead switched the daily mail on for everybody who decides."""
    return DigestRule.objects.filter(pilot=pilot, to_deciders=True).exists()


def digest_choice(member: Membership) -> bool | None:
    """The member's own choice; None as long as nothing was chosen."""
    found: bool | None = (
        DigestChoice.objects.of(member.organisation_id)
        .filter(member=member)
        .values_list("wanted", flat=True)
        .first()
    )
    return found


def digest_members(pilot: Pilot) -> list[Membership]:
    """Who gets the daily mail today: deciders who want it or for whom it was switched on, and are not away."""
    organisation = pilot.organisation
    choices = dict(DigestChoice.objects.of(organisation).values_list("member_id", "wanted"))
    usual, absent = digest_to_deciders(pilot), away(organisation)
    return [
        one
        for one in deciders(organisation)
        if one.pk not in absent and (usual if choices.get(one.pk) is None else choices[one.pk])
    ]


def overdue_labels(pilot: Pilot) -> list[str]:
    """Short numbers of open cases beyond their deadline, the longest overdue first: no name, no text."""
    late = Case.objects.filter(pilot=pilot, state__in=STILL_OPEN, deadline__lt=clock.now())
    return [one.label for one in late.order_by("deadline", "number").only("number")]
