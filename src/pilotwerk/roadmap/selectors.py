"""Reads of the roadmap."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecases_ranked
from pilotwerk.roadmap.domain import Load, Quarter, load, quarters_from
from pilotwerk.roadmap.models import RoadmapItem, RoadmapLimits

OFFERED_QUARTERS = 8


@dataclass(frozen=True, slots=True)
class QuarterPlan:
    """One quarter with its use cases and what they ask for."""

    quarter: Quarter
    items: Sequence[RoadmapItem]
    load: Load


@dataclass(frozen=True, slots=True)
class Candidate:
    """A use case that is not on the roadmap yet, with its place in the ranking."""

    rank: int
    use_case: UseCase


def items(organisation: Organisation) -> QuerySet[RoadmapItem]:
    """Everything on the roadmap, by quarter."""
    return RoadmapItem.objects.of(organisation).select_related("use_case", "owner__user", "organisation")


def limits(organisation: Organisation) -> RoadmapLimits:
    """What there is for each quarter; empty, and not stored, where nobody set it."""
    return RoadmapLimits.objects.of(organisation).first() or RoadmapLimits(organisation=organisation)


def plan(organisation: Organisation) -> list[QuarterPlan]:
    """The quarters that have use cases, in order, each with its sums."""
    given = limits(organisation)
    by_quarter: dict[Quarter, list[RoadmapItem]] = {}
    for item in items(organisation):
        by_quarter.setdefault(item.when, []).append(item)
    return [
        QuarterPlan(quarter, found, load(found, budget_limit=given.budget, capacity_days=given.days))
        for quarter, found in sorted(by_quarter.items())
    ]


def candidates(organisation: Organisation) -> list[Candidate]:
    """Ranked use cases that are not on the roadmap yet. Refused ones have no rank."""
    there = set(items(organisation).values_list("use_case_id", flat=True))
    return [
        Candidate(rank, use_case)
        for rank, use_case in enumerate(usecases_ranked(organisation), start=1)
        if use_case.pk not in there
    ]


def quarters_offered(organisation: Organisation) -> tuple[Quarter, ...]:
    """The present quarter and the ones after it."""
    return quarters_from(clock.today(organisation.timezone), OFFERED_QUARTERS)


def total_budget(quarters: Sequence[QuarterPlan]) -> Decimal:
    """Euro over all quarters."""
    return sum((each.load.budget for each in quarters), Decimal(0))
