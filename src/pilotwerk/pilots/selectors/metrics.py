"""Counts over all organisations for the operator's monitoring: never a person, a case or a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from pilotwerk.core import clock
from pilotwerk.pilots.models import Alert, CallState, Case, Decision, Delivery, ModelCall, Pilot
from pilotwerk.pilots.selectors.waiting import STILL_OPEN

Counted = dict[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Each figure by its labels: the organisation's slug ("" where it is not wanted), then the figure's own.

    ``oldest``: seconds that the oldest open case waits for a decision.
    """

    pilots: Counted
    cases: Counted
    open: Counted
    overdue: Counted
    oldest: Counted
    decisions: Counted
    deliveries: Counted
    calls: Counted
    cost_euro: Counted
    alerts: Counted


def metrics(*, by_organisation: bool) -> Metrics:
    """All figures, in eight queries."""
    now = clock.now()
    waiting = _rows(
        Case.objects.filter(state__in=STILL_OPEN),
        by_organisation,
        open=Count("pk"),
        overdue=Count("pk", filter=Q(deadline__lt=now)),
        oldest=Min("state_since"),
    )
    spent = _rows(
        ModelCall.objects.exclude(state=CallState.RESERVED),
        by_organisation,
        "outcome",
        n=Count("pk"),
        micro=Sum("cost_micro"),
    )
    money: Counted = {}
    for (organisation, _outcome), row in spent.items():
        money[organisation,] = money.get((organisation,), 0.0) + (row["micro"] or 0) / 1_000_000
    return Metrics(
        pilots=_counts(Pilot.objects.all(), by_organisation, "state"),
        cases=_counts(Case.objects.all(), by_organisation, "state"),
        open={labels: row["open"] for labels, row in waiting.items()},
        overdue={labels: row["overdue"] for labels, row in waiting.items()},
        oldest={labels: _age(row["oldest"], now) for labels, row in waiting.items()},
        decisions=_counts(Decision.objects.all(), by_organisation, "kind"),
        deliveries=_counts(Delivery.objects.all(), by_organisation, "state"),
        calls={labels: row["n"] for labels, row in spent.items()},
        cost_euro=money,
        alerts=_counts(Alert.objects.filter(resolved_at=None), by_organisation),
    )


def _rows(
    rows: QuerySet[Any], by_organisation: bool, *keys: str, **figures: Any
) -> dict[tuple[str, ...], dict[str, Any]]:
    names = (*(("organisation__slug",) if by_organisation else ()), *keys)
    grouped = rows.order_by().values(*names).annotate(**figures) if names else [rows.aggregate(**figures)]
    return {
        (row["organisation__slug"] if by_organisation else "", *(row[key] for key in keys)): row
        for row in grouped
    }


def _counts(rows: QuerySet[Any], by_organisation: bool, *keys: str) -> Counted:
    return {labels: row["n"] for labels, row in _rows(rows, by_organisation, *keys, n=Count("pk")).items()}


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0
