"""What waits for whom, in the order in which it should be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core import clock
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.domain.editing import Piece, changed_lines, changes
from pilotwerk.pilots.domain.states import NEEDS_A_LOOK, ON_THE_WAY_OUT, OPEN_FOR_DECISION, CaseState
from pilotwerk.pilots.models import SENDING, Case, Decision, Pilot, Proposal, Source
from pilotwerk.pilots.selectors.autonomy import limits_reached
from pilotwerk.pilots.selectors.pilots import pilot_current
from pilotwerk.pilots.selectors.waiting import STILL_OPEN

SHOWN = 50
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Queue:
    """The sections of the approval page; each at most ``SHOWN`` cases, counts are of all."""

    waiting: list[Case]
    waiting_count: int
    second: list[Case]
    look: list[Case]
    deferred: list[Case]
    held_back: list[Case]
    going_out: list[Case]
    preparing: int

    def next_after(self, case: Case | None) -> Case | None:
        """The case to open next: the first in the list that is not the given one."""
        return next((one for one in self.waiting if case is None or one.pk != case.pk), None)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the reply field, and what a person changed in it against the model's proposal."""

    proposal: Proposal | None
    model: Proposal | None
    body: str
    changes: int
    lines: list[list[Piece]]


def queue_for(membership: Membership) -> Queue | None:
    """The approval queue for this member; None without a pilot. Everybody who may decide sees the same cases."""
    pilot = pilot_current(membership.organisation)
    return None if pilot is None else queue_of(pilot)


def queue_of(pilot: Pilot) -> Queue:
    """The queue of a pilot: urgent before others, then the earliest deadline."""
    cases = Case.objects.filter(pilot=pilot).defer("text")
    waiting = cases.filter(state__in=[state.value for state in OPEN_FOR_DECISION])
    return Queue(
        waiting=_first(cases, OPEN_FOR_DECISION),
        waiting_count=waiting.count(),
        second=list(cases.filter(state=CaseState.WAITING_SECOND.value)[:SHOWN]),
        look=_first(cases, NEEDS_A_LOOK),
        deferred=list(cases.filter(state=CaseState.DEFERRED.value).order_by("deferred_until")[:SHOWN]),
        held_back=list(cases.filter(state=CaseState.STOPPED.value)[:SHOWN]),
        going_out=list(
            cases.filter(state__in=[state.value for state in ON_THE_WAY_OUT]).order_by("-state_since")[:SHOWN]
        ),
        preparing=cases.filter(state__in=[CaseState.RECEIVED.value, CaseState.ASSIGNED.value]).count(),
    )


def _first(cases: QuerySet[Case], states: Iterable[CaseState]) -> list[Case]:
    """The first cases in these states, urgent before others, then the earliest deadline.

    One query a state: each reads just its first rows in the order of the index; for several states together the
    database would have to sort everything that waits.
    """
    found = [case for state in sorted(states) for case in cases.filter(state=state.value)[:SHOWN]]
    return sorted(found, key=lambda case: (not case.urgent, case.deadline, case.number))[:SHOWN]


def waiting_count(membership: Membership) -> int:
    """How many cases wait for a decision in the running pilot: the chip in the navigation."""
    # By the pilot first: the index then counts without reading a case.
    running = Pilot.objects.filter(organisation_id=membership.organisation_id, state="running")
    states = [state.value for state in OPEN_FOR_DECISION]
    return Case.objects.filter(pilot__in=running, state__in=states).count()


def case_get(organisation: Organisation, pk: UUID) -> Case | None:
    """One case of the organisation, or None."""
    return (
        Case.objects.of(organisation)
        .select_related("pilot", "pilot__model_version", "organisation")
        .filter(pk=pk)
        .first()
    )


def draft_of(case: Case) -> Draft:
    """The present revision beside the model's; empty for work by hand that nobody began."""
    proposals = {p.revision: p for p in Proposal.objects.filter(case=case).select_related("model_version")}
    current = proposals.get(case.revision)
    model = next((p for _, p in sorted(proposals.items(), reverse=True) if p.source == Source.MODEL), None)
    if current is not None and current.source == Source.PLANTED:
        model = current  # nothing on the page gives a planted mistake away
    if blind(case):
        model = None
    if case.by_hand and current is not None and current.source == Source.MODEL:
        current = None  # rejected or in the shadow: its text does not come back by itself
    body = current.body if current else ""
    if model is None or current is None or current.source in (Source.MODEL, Source.PLANTED):
        return Draft(current, model, body, 0, [])
    return Draft(current, model, body, changes(model.body, body), changed_lines(model.body, body))


def blind(case: Case) -> bool:
    """Whether the model's proposal for this case must not be shown: it lies in the shadow and is not answered."""
    return case.level == Level.SHADOW and case.state in (*STILL_OPEN, CaseState.DEFERRED.value)


def decisions_of(case: Case) -> QuerySet[Decision]:
    """What was decided about a case, in order."""
    return Decision.objects.filter(case=case).select_related("proposal").order_by("decided_at", "created_at")


def withdrawable(organisation: Organisation, actor_id: str) -> Case | None:
    """The last case that this person let out and that has not gone yet: what "withdraw" means."""
    decision = (
        Decision.objects.of(organisation)
        .filter(
            actor_id=actor_id,
            kind__in=SENDING,
            withdrawn_at=None,
            case__state__in=[state.value for state in ON_THE_WAY_OUT],
            case__execute_at__gt=clock.now(),
        )
        .select_related("case")
        .order_by("-decided_at")
        .first()
    )
    return decision.case if decision else None


def decided_today(organisation: Organisation, actor_id: str) -> int:
    """How many cases this person decided today: shown to that person only."""
    today = clock.today(organisation.timezone)
    moments = (
        Decision.objects.of(organisation)
        .filter(actor_id=actor_id, withdrawn_at=None, decided_at__gte=clock.now() - _DAY)
        .values_list("decided_at", flat=True)
    )
    zone = ZoneInfo(organisation.timezone)
    return sum(moment.astimezone(zone).date() == today for moment in moments)


def sent_reply(case: Case) -> Proposal | None:
    """The words that went out."""
    decision = (
        Decision.objects.filter(case=case, kind__in=SENDING, withdrawn_at=None)
        .select_related("proposal")
        .first()
    )
    return decision.proposal if decision else None


def bulk_offered(pilot: Pilot, category: str) -> list[tuple[Case, Proposal]]:
    """What may be approved together: untouched proposals of one category that one person may let out as they are.

    In the order of the queue, at most ``SHOWN``; planted mistakes look like all others.
    """
    cases = Case.objects.filter(
        pilot=pilot, state=CaseState.WAITING.value, category=category, by_hand=False
    ).select_related("pilot")[:SHOWN]
    proposals = {
        (p.case_id, p.revision): p
        for p in Proposal.objects.filter(case__in=list(cases), source__in=[Source.MODEL, Source.PLANTED])
    }
    found = [(case, proposals.get((case.pk, case.revision))) for case in cases]
    return [
        (case, proposal)
        for case, proposal in found
        if proposal is not None
        and proposal.body
        and not recipe.of(pilot.recipe).unfilled(proposal.body)
        and not limits_reached(case, proposal)
    ]


def bulk_categories(pilot: Pilot) -> list[str]:
    """Categories of which at least two proposals wait."""
    waiting = Case.objects.filter(pilot=pilot, state=CaseState.WAITING.value, by_hand=False).exclude(
        category=""
    )
    counted = waiting.values("category").annotate(count=Count("pk")).filter(count__gte=2).order_by("category")
    return [row["category"] for row in counted]
