"""The pilot's course: per day, by reason, how long. Figures are about cases and the team, never about a
person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import (
    Case,
    Closed,
    Decision,
    DecisionKind,
    Pilot,
    Proposal,
    RejectReason,
    Source,
)
from pilotwerk.pilots.selectors.stop import ai_decisions

# Below this many cases no median is shown: one odd case would be the figure.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what came in and what was decided about proposals."""

    day: date
    received: int
    approved: int
    edited: int
    rejected: int

    @property
    def decided(self) -> int:
        return self.approved + self.edited + self.rejected


@dataclass(frozen=True, slots=True)
class Reason:
    """How often a reason for rejecting was given."""

    reason: str
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What the monitoring page shows; medians are CannotTell below ``ENOUGH`` cases."""

    days: list[Day]
    busiest: int
    reasons: list[Reason]
    response_hours_ai: float | CannotTell
    response_hours_control: float | CannotTell
    edit_distance: float | CannotTell
    corrected: float | CannotTell
    proposal_ms: float | CannotTell
    late: int


def monitoring(pilot: Pilot, *, days: int = 30) -> Monitoring:
    """The last ``days`` calendar days up to today, or since the start when that is shorter."""
    series = _days(pilot, days)
    decisions = list(ai_decisions(pilot).only("kind", "reason", "edit_distance", "category_corrected"))
    distances = [d.edit_distance for d in decisions if d.edit_distance is not None]
    corrected = [d.category_corrected for d in decisions if d.category_corrected is not None]
    speeds = Proposal.objects.filter(case__pilot=pilot, source=Source.MODEL).values_list(
        "milliseconds", flat=True
    )
    return Monitoring(
        days=series,
        busiest=max((max(day.received, day.decided) for day in series), default=0),
        reasons=_reasons(decisions),
        response_hours_ai=_response(pilot, Arm.AI),
        response_hours_control=_response(pilot, Arm.CONTROL),
        edit_distance=_median(distances),
        corrected=sum(corrected) / len(corrected) if len(corrected) >= ENOUGH else _too_few(len(corrected)),
        proposal_ms=_median([float(ms) for ms in speeds if ms is not None]),
        late=overdue(pilot).count(),
    )


def overdue(pilot: Pilot) -> QuerySet[Case]:
    """Open cases whose deadline has passed, oldest deadline first."""
    return (
        Case.objects.filter(pilot=pilot, state__in=["waiting", "waiting_manual"], deadline__lt=clock.now())
        .order_by("deadline")
        .defer("text")
    )


def _days(pilot: Pilot, days: int) -> list[Day]:
    zone = ZoneInfo(pilot.organisation.timezone)
    end = (pilot.ended_at or clock.now()).astimezone(zone).date()
    begin = (pilot.started_at or clock.now()).astimezone(zone).date()
    first = max(begin, end - timedelta(days=days - 1))
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    received = _per_day(
        Case.objects.filter(pilot=pilot, received_at__gte=since).values_list("received_at", flat=True), zone
    )
    decided: dict[str, Counter[date]] = {}
    for kind, moment in ai_decisions(pilot).filter(decided_at__gte=since).values_list("kind", "decided_at"):
        decided.setdefault(kind, Counter())[moment.astimezone(zone).date()] += 1
    return [
        Day(
            day,
            received[day],
            decided.get(DecisionKind.APPROVE, Counter())[day],
            decided.get(DecisionKind.EDIT, Counter())[day],
            decided.get(DecisionKind.REJECT, Counter())[day],
        )
        for day in (first + timedelta(days=n) for n in range((end - first).days + 1))
    ]


def _per_day(moments: Iterable[datetime], zone: ZoneInfo) -> Counter[date]:
    return Counter(moment.astimezone(zone).date() for moment in moments)


def _reasons(decisions: list[Decision]) -> list[Reason]:
    found = Counter(d.reason for d in decisions if d.kind == DecisionKind.REJECT)
    total = sum(found.values())
    return [
        Reason(reason, str(RejectReason(reason).label), count, count / total)
        for reason, count in found.most_common()
    ]


def _response(pilot: Pilot, arm: Arm) -> float | CannotTell:
    sent = Case.objects.filter(pilot=pilot, arm=arm.value, closed=Closed.SENT)
    times = sent.values_list("received_at", "sent_at")
    return _median([(out - came).total_seconds() / 3600 for came, out in times if out is not None])


def _median(values: list[float]) -> float | CannotTell:
    return median(values) if len(values) >= ENOUGH else _too_few(len(values))


def _too_few(count: int) -> CannotTell:
    return CannotTell(
        _("Only %(count)s cases so far; shown from %(enough)s on.") % {"count": count, "enough": ENOUGH}
    )
