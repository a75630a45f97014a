"""The course of a pilot over days or weeks: how much, what became of it, how long, at which price.

Figures are about cases and the team, never about a person. Every read has a fixed number of queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Case as Choose
from django.db.models import Count, F, FloatField, Min, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.core import clock
from pilotwerk.core.money import from_micro
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.monitoring.quantiles import Spread
from pilotwerk.pilots.domain.monitoring.reliability import wilson
from pilotwerk.pilots.domain.monitoring.spans import Period, Span, span_of
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import (
    SENDING,
    CallState,
    Case,
    Closed,
    Decision,
    DecisionKind,
    ModelCall,
    Pilot,
    RejectReason,
    Source,
)
from pilotwerk.pilots.selectors.sorting import Bounded, Hours, Spreads, counted, period_of, spreads, within
from pilotwerk.pilots.selectors.stop import ai_decisions
from pilotwerk.pilots.selectors.waiting import STILL_OPEN

# Below this many cases no median and no share is shown: one odd case would be the figure.
ENOUGH: Final = 5
WAIT_CLASSES: Final = (4, 24, 72)
"""Upper bounds, in hours, of the classes in which open approvals are counted."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of proposals. ``by_itself``: let out by an autonomy level, no person decided."""

    approved: int = 0
    edited: int = 0
    rejected: int = 0
    by_itself: int = 0

    @property
    def total(self) -> int:
        """Decisions of people."""
        return self.approved + self.edited + self.rejected

    @property
    def acceptance(self) -> float | CannotTell:
        """The share that people approved, unchanged or edited."""
        return (self.approved + self.edited) / self.total if self.total >= ENOUGH else too_few(self.total)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the acceptance (Wilson)."""
        return wilson(self.approved + self.edited, self.total)


@dataclass(frozen=True, slots=True)
class Cost:
    """What language models cost: money, calls, and the cases that they were asked about."""

    euro: Decimal = Decimal(0)
    calls: int = 0
    cases: int = 0

    @property
    def each(self) -> float | CannotTell:
        """Euro for a case that a model was asked about."""
        return float(self.euro / self.cases) if self.cases >= ENOUGH else too_few(self.cases)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One period, or the whole span: counts, money, and spreads (hours; the edit distance is a share 0..1)."""

    period: Period
    received: int
    decided: Decided
    cost: Cost
    edits: Spread | CannotTell
    to_decision: Spread | CannotTell
    to_sending: Spread | CannotTell


@dataclass(frozen=True, slots=True)
class Reason:
    """How often a reason for rejecting was given."""

    reason: str
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open approvals now. ``classes``: how many wait under 4, 24, 72 hours and longer; ``oldest`` in hours."""

    open: int
    overdue: int
    oldest: float | None
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The span as a whole and period by period, oldest first."""

    span: Span
    whole: Stretch
    periods: tuple[Stretch, ...]
    reasons: tuple[Reason, ...]
    answer_hours: dict[Arm, Spread | CannotTell]
    waiting: Waiting


def span_for(pilot: Pilot, days: int) -> Span:
    """The last ``days`` days up to today, or up to the pilot's end; not before its start."""
    zone = ZoneInfo(pilot.organisation.timezone)
    end = (pilot.ended_at or clock.now()).astimezone(zone).date()
    begin = (pilot.started_at or clock.now()).astimezone(zone).date()
    return span_of(days=days, begin=begin, end=end, zone=zone)


def monitoring(pilot: Pilot, *, days: int = 30) -> Course:
    """Everything that the page shows over time, in seven queries whatever the number of cases."""
    span = span_for(pilot, days)
    received = _received(pilot, span)
    decided = decisions(pilot, span)
    cost = costs(pilot, span)
    wait, edits = decision_spreads(pilot, span)
    send, with_ai, as_before = sending_spreads(pilot, span)
    periods = tuple(
        Stretch(
            period,
            received.get((place,), 0),
            decided.get(place, Decided()),
            cost.get(place, Cost()),
            *(enough(one.periods.get(place)) for one in (edits, wait, send)),
        )
        for place, period in enumerate(span.periods)
    )
    whole = Stretch(
        Period(span.first, span.last),
        sum(received.values()),
        _sum(decided.values()),
        Cost(sum((one.euro for one in cost.values()), Decimal(0)), *_calls(cost.values())),
        *(enough(one.whole) for one in (edits, wait, send)),
    )
    answers = {Arm.AI: enough(with_ai.whole), Arm.CONTROL: enough(as_before.whole)}
    return Course(span, whole, periods, _reasons(pilot, span), answers, waiting(pilot))


def _calls(costs: Any) -> tuple[int, int]:
    found = list(costs)
    # A case that was asked about in two periods counts in both: rare, and on the safe side for the price of one.
    return sum(one.calls for one in found), sum(one.cases for one in found)


def _sum(found: Any) -> Decided:
    rows = list(found)
    names = ("approved", "edited", "rejected", "by_itself")
    return Decided(*(sum(getattr(one, name) for one in rows) for name in names))


def _received(pilot: Pilot, span: Bounded) -> dict[tuple[Any, ...], int]:
    cases = Case.objects.filter(within("created_at", span), pilot=pilot)
    return counted(cases.annotate(period=period_of("created_at", span)), "period")


def received(pilot: Pilot, time: Bounded) -> int:
    """How many cases came into Pilotwerk; a table may hold older ones, whose own day was before the start."""
    return Case.objects.filter(within("created_at", time), pilot=pilot).count()


_KINDS: Final = {
    DecisionKind.APPROVE.value: "approved",
    DecisionKind.EDIT.value: "edited",
    DecisionKind.REJECT.value: "rejected",
    DecisionKind.AUTO.value: "by_itself",
}


def decisions(pilot: Pilot, time: Bounded) -> dict[int, Decided]:
    """What became of the proposals, by the period of the decision."""
    valid = Decision.objects.filter(
        within("decided_at", time),
        case__pilot=pilot,
        case__arm=Arm.AI.value,
        kind__in=list(_KINDS),
        withdrawn_at=None,
    )
    found: dict[int, dict[str, int]] = {}
    sorted_in = valid.annotate(period=period_of("decided_at", time))
    for (period, kind), count in counted(sorted_in, "period", "kind").items():
        found.setdefault(period, {})[_KINDS[kind]] = count
    return {period: Decided(**counts) for period, counts in found.items()}


def costs(pilot: Pilot, time: Bounded) -> dict[int, Cost]:
    """What language models cost, by the period of the call; calls that are still open are left out."""
    calls = ModelCall.objects.filter(within("created_at", time), pilot=pilot).exclude(
        state=CallState.RESERVED
    )
    rows = (
        calls.order_by()
        .annotate(period=period_of("created_at", time))
        .values("period")
        .annotate(micro=Sum("cost_micro"), calls=Count("pk"), cases=Count("case", distinct=True))
    )
    return {row["period"]: Cost(from_micro(row["micro"] or 0), row["calls"], row["cases"]) for row in rows}


def decision_spreads(pilot: Pilot, time: Bounded) -> tuple[Spreads, Spreads]:
    """Hours from the first proposal to the decision about it, and the share of words that people changed."""
    decided = ai_decisions(pilot).filter(case__proposals__revision=1, case__proposals__source=Source.MODEL)
    wait, edits = spreads(
        decided,
        Hours(F("decided_at"), F("case__proposals__created_at")),
        F("edit_distance"),
        field="decided_at",
        time=time,
    )
    return wait, edits


def sending_spreads(pilot: Pilot, time: Bounded) -> tuple[Spreads, Spreads, Spreads]:
    """Hours from the decision that lets an answer out to its sending, the set delay included; and hours from the
    arrival of the case to the sending, with AI and as before.
    """
    sent = Decision.objects.filter(
        case__pilot=pilot, kind__in=SENDING, withdrawn_at=None, case__closed=Closed.SENT
    )
    whole = Hours(F("case__sent_at"), F("case__received_at"))
    by_arm = [
        Choose(When(case__arm=arm.value, then=whole), output_field=FloatField())
        for arm in (Arm.AI, Arm.CONTROL)
    ]
    found = spreads(sent, Hours(F("case__sent_at"), F("decided_at")), *by_arm, field="decided_at", time=time)
    return found[0], found[1], found[2]


def _reasons(pilot: Pilot, time: Bounded) -> tuple[Reason, ...]:
    rejected = ai_decisions(pilot).filter(within("decided_at", time), kind=DecisionKind.REJECT)
    found = counted(rejected, "reason")
    total = sum(found.values())
    return tuple(
        Reason(reason, str(RejectReason(reason).label), count, count / total)
        for (reason,), count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    )


def waiting(pilot: Pilot) -> Waiting:
    """What waits for a decision at this moment, and since when."""
    now = clock.now()
    steps = [now - timedelta(hours=bound) for bound in WAIT_CLASSES]
    ages = {
        "a": Q(state_since__gt=steps[0]),
        "b": Q(state_since__lte=steps[0], state_since__gt=steps[1]),
        "c": Q(state_since__lte=steps[1], state_since__gt=steps[2]),
        "d": Q(state_since__lte=steps[2]),
    }
    found = Case.objects.filter(pilot=pilot, state__in=STILL_OPEN).aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(deadline__lt=now)),
        oldest=Min("state_since"),
        **{name: Count("pk", filter=age) for name, age in ages.items()},
    )
    oldest = (now - found["oldest"]).total_seconds() / 3600 if found["oldest"] else None
    return Waiting(found["open"], found["late"], oldest, tuple(found[name] for name in ages))


def overdue(pilot: Pilot) -> QuerySet[Case]:
    """Open cases whose deadline has passed, oldest deadline first."""
    return (
        Case.objects.filter(pilot=pilot, state__in=["waiting", "waiting_manual"], deadline__lt=clock.now())
        .order_by("deadline")
        .defer("text")
    )


def enough(found: Spread | None) -> Spread | CannotTell:
    """The spread where enough cases lie behind it."""
    return found if found is not None and found.count >= ENOUGH else too_few(found.count if found else 0)


def too_few(count: int) -> CannotTell:
    """Why a figure is not shown."""
    if not count:
        return CannotTell(_("No case yet; shown from %(enough)s on.") % {"enough": ENOUGH})
    text = ngettext(
        "Only %(count)s case so far; shown from %(enough)s on.",
        "Only %(count)s cases so far; shown from %(enough)s on.",
        count,
    )
    return CannotTell(text % {"count": count, "enough": ENOUGH})
