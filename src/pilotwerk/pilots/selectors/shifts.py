"""Does the stated confidence hold, and has what comes in changed since the pilot began?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import Count, F, IntegerField, Q, Value, When
from django.db.models.functions import Floor, Length
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.domain.monitoring.drift import ENOUGH, Drift, drift, edges_of
from pilotwerk.pilots.domain.monitoring.reliability import ENOUGH as ENOUGH_CURVE
from pilotwerk.pilots.domain.monitoring.reliability import Point, Reliability, reliability
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import Case, Decision, DecisionKind, Pilot, Proposal, Source
from pilotwerk.pilots.selectors.sorting import Bounded, counted, period_of, within

REFERENCE: Final = 200
"""The first cases of a pilot are what later ones are compared with."""
LANGUAGE_SAMPLE: Final = 200
"""Languages are recognised when somebody looks: in the newest cases of the time, not in all."""
_STEPS: Final = 1000
Counts = dict[tuple[Any, ...], int]
"""By period and group."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Drift of the whole time and of each of its periods that has enough cases, by its place."""

    whole: Drift | CannotTell
    periods: dict[int, Drift]


def calibration(pilot: Pilot, time: Bounded) -> Reliability | CannotTell:
    """Stated confidence in the category against what people chose; one query that sends at most 1,001 rows."""
    seen = Q(kind__in=[DecisionKind.APPROVE, DecisionKind.EDIT, DecisionKind.REJECT])
    blind = Q(kind=DecisionKind.ANSWER, level=Level.SHADOW.value)
    decided = Decision.objects.filter(
        seen | blind,
        within("decided_at", time),
        case__pilot=pilot,
        case__arm=Arm.AI.value,
        case__confidence__isnull=False,
        category_corrected__isnull=False,
        withdrawn_at=None,
    )
    rows = (
        decided.order_by()
        .annotate(step=Floor(F("case__confidence") * _STEPS, output_field=IntegerField()))
        .values_list("step")
        .annotate(n=Count("pk"), right=Count("pk", filter=Q(category_corrected=False)))
    )
    # The middle of a step of a thousandth stands for its cases; a confidence of 1 is a step of its own.
    points = [Point(min((step + 0.5) / _STEPS, 1.0), n, right) for step, n, right in rows]
    found = reliability(points)
    total = sum(one.n for one in points)
    if not total:
        text = _("No decided proposal with a stated confidence yet; shown from %(enough)s on.")
        return CannotTell(text % {"enough": ENOUGH_CURVE})
    return found or CannotTell(
        ngettext(
            "Only %(count)s decided proposal with a stated confidence; shown from %(enough)s on.",
            "Only %(count)s decided proposals with a stated confidence; shown from %(enough)s on.",
            total,
        )
        % {"count": total, "enough": ENOUGH_CURVE}
    )


def category_shift(pilot: Pilot, time: Bounded) -> Shift:
    """Categories as the model saw them at first: a person's correction must not look like a change of the input."""
    proposals = Proposal.objects.filter(
        Q(case__number__lte=REFERENCE) | within("case__created_at", time),
        case__pilot=pilot,
        source=Source.MODEL,
        revision=1,
    ).exclude(category="")
    first = When(case__number__lte=REFERENCE, then=Value(-1))
    sorted_in = proposals.annotate(period=period_of("case__created_at", time, first))
    return _shift(_by_size(counted(sorted_in, "period", "category")))


def length_shift(pilot: Pilot, time: Bounded) -> Shift:
    """Lengths of the texts in signs, in fifths of the first cases."""
    cases = Case.objects.filter(pilot=pilot)
    edges = edges_of(
        cases.filter(number__lte=REFERENCE).order_by().values_list(Length("text"), flat=True)  # type: ignore[arg-type]
    )
    groups = [When(signs__lte=edge, then=Value(place)) for place, edge in enumerate(edges)]
    rows = (
        cases.filter(Q(number__lte=REFERENCE) | within("created_at", time))
        .annotate(
            period=period_of("created_at", time, When(number__lte=REFERENCE, then=Value(-1))),
            signs=Length("text"),
        )
        .annotate(
            group=Choose(*groups, default=Value(len(edges)), output_field=IntegerField())
            if groups
            else Value(0, output_field=IntegerField())
        )
    )
    found = sorted(counted(rows, "period", "group").items())
    return _shift({(period, _length_name(group, edges)): count for (period, group), count in found})


def language_shift(pilot: Pilot, time: Bounded) -> Shift:
    """Languages of the newest cases of the time against the first ones."""
    cases = Case.objects.filter(pilot=pilot).order_by("number")
    first = cases.filter(number__lte=REFERENCE).values_list("pk", "text")
    newest = (
        cases.filter(within("created_at", time), number__gt=REFERENCE)
        .order_by("-number")
        .values_list("pk", "text")[:LANGUAGE_SAMPLE]
    )
    counts = {
        (period, code): count
        for period, rows in ((-1, first), (0, newest))
        for code, count in Counter(_language(pk, text) for pk, text in rows).items()
    }
    return Shift(_shift(_by_size(counts)).whole, {})


def reads_texts(pilot: Pilot) -> bool:
    """Whether people write what comes in; else neither language nor length says anything."""
    return not recipe.of(pilot.recipe).about.tables


@lru_cache(maxsize=8192)
def _language_known(_key: UUID, text: str) -> str:
    from pilotwerk.pilots.providers.embedded.language import detect

    return detect(text) or "?"


def _language(key: UUID, text: str) -> str:
    return _language_known(key, text[:1000])


def _length_name(group: int, edges: list[int]) -> str:
    if not edges:
        return _("all")
    if group == len(edges):
        return _("over %(signs)s signs") % {"signs": edges[-1]}
    return _("up to %(signs)s signs") % {"signs": edges[group]}


def _by_size(counts: Counts) -> Counts:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _shift(counts: Counts) -> Shift:
    """Period -1 is the reference; groups keep the order of its counts."""
    before: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    periods: dict[int, Counter[str]] = {}
    for (period, name), count in counts.items():
        if period == -1:
            before[name] += count
        else:
            whole[name] += count
            periods.setdefault(period, Counter())[name] += count
    found = {place: drift(before, now) for place, now in periods.items()}
    return Shift(
        drift(before, whole) or _too_few(before.total(), whole.total()),
        {place: one for place, one in sorted(found.items()) if one is not None},
    )


def _too_few(before: int, now: int) -> CannotTell:
    return CannotTell(
        _(
            "%(before)s of the first %(reference)s cases and %(now)s later ones in this time; "
            "compared from %(enough)s each on."
        )
        % {"before": before, "reference": REFERENCE, "now": now, "enough": ENOUGH}
    )


def shifts(pilot: Pilot, time: Bounded) -> dict[str, Shift]:
    """Every kind of change that can be seen in this pilot, in the order of the page."""
    found = {"category": category_shift(pilot, time)}
    if reads_texts(pilot):
        found["language"] = language_shift(pilot, time)
        found["length"] = length_shift(pilot, time)
    return found
