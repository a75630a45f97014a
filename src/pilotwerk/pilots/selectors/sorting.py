"""Sorting rows into periods and picking quantiles inside the database: the same figures on SQLite and PostgreSQL.

No function of ours runs for a row: periods are compared as plain moments, durations are the engine's own
arithmetic (to the millisecond), quantiles come from window functions that hand over a few rows a period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from pilotwerk.pilots.domain.monitoring.quantiles import HIGH_TENTHS, MEDIAN_TENTHS, Ranked, Spread, spread


class Bounded(Protocol):
    """A stretch of time in periods: its first moment, and for each period the first moment after it."""

    def begins(self) -> datetime: ...

    def bounds(self) -> list[datetime]: ...


@dataclass(frozen=True, slots=True)
class Rolling:
    """The time from ``begin`` up to ``end``, as one period."""

    begin: datetime
    end: datetime

    def begins(self) -> datetime:
        return self.begin

    def bounds(self) -> list[datetime]:
        return [self.end]


@dataclass(frozen=True, slots=True)
class Spreads:
    """The spread of all rows and that of each period that has any, by its place."""

    whole: Spread | None
    periods: dict[int, Spread]


class Hours(Func):
    """From the second moment to the first, in hours. SQLite keeps moments as text and counts in days."""

    output_field = FloatField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "((julianday(%(expressions)s)) * 24.0)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(EXTRACT(EPOCH FROM (%(expressions)s))::double precision / 3600.0)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **extra)


def within(field: str, time: Bounded) -> Q:
    """Rows whose moment lies in the stretch of time."""
    return Q(**{f"{field}__gte": time.begins(), f"{field}__lt": time.bounds()[-1]})


def period_of(field: str, time: Bounded, *first: When) -> Case:
    """The place of the period that a row belongs to; ``first`` go before."""
    steps = [
        When(**{f"{field}__lt": bound, "then": Value(place)}) for place, bound in enumerate(time.bounds())
    ]
    return Case(*first, *steps, output_field=IntegerField())


def counted(rows: QuerySet[Any], *keys: str, amount: Any = None) -> dict[tuple[Any, ...], int]:
    """How many rows there are for each combination of the keys."""
    found = rows.order_by().values(*keys).annotate(amount=amount or Count("pk"))
    return {tuple(row[key] for key in keys): row["amount"] for row in found}


def spreads(rows: QuerySet[Any], *, value: Any, field: str, time: Bounded) -> Spreads:
    """Median and 90 % of ``value`` over all rows in the time and in each period, in one query."""
    own = {"partition_by": [F("period")]}
    ranked = (
        rows.filter(within(field, time))
        .order_by()
        .annotate(period=period_of(field, time), value=value)
        .filter(value__isnull=False)
        .annotate(
            rank=Window(RowNumber(), order_by=[F("value").asc(), F("pk").asc()], **own),
            size=Window(Count("pk"), **own),
            rank_whole=Window(RowNumber(), order_by=[F("value").asc(), F("pk").asc()]),
            size_whole=Window(Count("pk")),
        )
        .filter(_wanted("rank", "size") | _wanted("rank_whole", "size_whole"))
        .values_list("period", "rank", "size", "rank_whole", "size_whole", "value")
    )
    whole: list[Ranked] = []
    periods: dict[int, list[Ranked]] = defaultdict(list)
    for period, rank, size, rank_whole, size_whole, amount in ranked:
        periods[period].append(Ranked(rank, size, amount))
        whole.append(Ranked(rank_whole, size_whole, amount))
    return Spreads(spread(whole), {place: _spread(found) for place, found in periods.items()})


def _spread(rows: Iterable[Ranked]) -> Spread:
    found = spread(rows)
    assert found is not None
    return found


def _wanted(rank: str, size: str) -> Q:
    """``domain.monitoring.quantiles.wanted`` as a condition."""
    found = Q()
    for tenths in (MEDIAN_TENTHS, HIGH_TENTHS):
        place = (F(size) - 1) * tenths
        found |= Q(GreaterThan(F(rank) * 10, place)) & Q(LessThanOrEqual(F(rank) * 10, place + 20))
    return found
