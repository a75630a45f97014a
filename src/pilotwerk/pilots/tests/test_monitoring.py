"""The course of a pilot: what the database counts is what a person would count from the same rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotwerk.core import clock
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import selectors
from pilotwerk.pilots.domain.monitoring.drift import Verdict
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors.monitoring import Course, span_for
from pilotwerk.pilots.selectors.shifts import calibration, category_shift, language_shift, length_shift
from pilotwerk.pilots.tests.crowd import crowd
from pilotwerk.pilots.tests.stage import Stage

pytestmark = pytest.mark.django_db

# The night in which clocks go back lies in the span.
TODAY = datetime(2026, 10, 28, 15, 0, tzinfo=UTC)


@pytest.fixture
def pilot(stage: Stage) -> Any:
    Pilot.objects.filter(pk=stage.pilot.pk).update(started_at=TODAY - timedelta(days=200))
    stage.pilot.refresh_from_db()
    with clock.travel(TODAY):
        yield stage.pilot


def _in(course: Course, moment: datetime) -> int | None:
    """The place of the period that a moment belongs to, found the slow way."""
    day = moment.astimezone(course.span.zone).date()
    for place, period in enumerate(course.span.periods):
        if period.first <= day <= period.last:
            return place
    return None


@pytest.mark.engines
@pytest.mark.parametrize("days", [30, 90])
def test_each_period_shows_what_a_person_would_count(pilot: Pilot, days: int) -> None:
    facts = crowd(pilot, 600, until=TODAY, days=100)
    course = selectors.monitoring(pilot, days=days)
    assert course.span.step == ("day" if days == 30 else "week")
    received = Counter(_in(course, fact["received"]) for fact in facts)
    kinds = Counter((_in(course, fact["decided"]), fact["kind"]) for fact in facts)
    for place, period in enumerate(course.periods):
        assert period.received == received[place]
        assert period.decided.approved == kinds[place, "approve"]
        assert period.decided.edited == kinds[place, "edit"]
        assert period.decided.rejected == kinds[place, "reject"]
        inside = [fact for fact in facts if _in(course, fact["decided"]) == place]
        _same(period.to_decision, [_hours(fact["decided"] - fact["received"]) - 1 / 60 for fact in inside])
        _same(period.to_sending, [_hours(f["sent"] - f["decided"]) for f in inside if f["sent"]])
        _same(period.edits, [fact["edit"] for fact in inside if fact["edit"] is not None])
        asked = [f["micro"] for f in facts if f["micro"] and _in(course, f["received"]) == place]
        assert period.cost.calls == period.cost.cases == len(asked)
        assert period.cost.euro * 1_000_000 == sum(asked)
    inside = [fact for fact in facts if _in(course, fact["decided"]) is not None]
    _same(course.whole.to_decision, [_hours(fact["decided"] - fact["received"]) - 1 / 60 for fact in inside])
    reasons = Counter(fact["reason"] for fact in inside if fact["reason"])
    assert {one.reason: one.count for one in course.reasons} == reasons
    answered = [fact for fact in facts if fact["sent"] and _in(course, fact["sent"]) is not None]
    _same(course.answer_hours["ai"], [_hours(fact["sent"] - fact["received"]) for fact in answered])  # type: ignore[index]
    assert isinstance(course.answer_hours["control"], CannotTell)  # type: ignore[index]


def _hours(time: timedelta) -> float:
    return time.total_seconds() / 3600


def _same(found: Any, values: list[float]) -> None:
    if len(values) < 5:
        assert isinstance(found, CannotTell)
        return
    assert found.count == len(values)
    # SQLite counts moments to the millisecond.
    assert found.median == pytest.approx(float(np.quantile(values, 0.5)), abs=1e-6)
    assert found.high == pytest.approx(float(np.quantile(values, 0.9)), abs=1e-6)


@pytest.mark.engines
def test_what_waits_is_counted_by_how_long_it_waits(pilot: Pilot) -> None:
    facts = crowd(pilot, 200, until=TODAY, days=20)
    ages = [fact["number"] % 100 for fact in facts if not fact["sent"]]
    waiting = selectors.monitoring(pilot).waiting
    assert waiting.open == len(ages)
    assert waiting.oldest == max(ages)
    assert waiting.classes == (
        sum(age < 4 for age in ages),
        sum(4 <= age < 24 for age in ages),
        sum(24 <= age < 72 for age in ages),
        sum(age >= 72 for age in ages),
    )


@pytest.mark.engines
def test_a_true_confidence_is_told_from_a_boasting_one(pilot: Pilot) -> None:
    crowd(pilot, 600, until=TODAY, days=60, seed=4)
    honest = calibration(pilot, span_for(pilot, 90))
    assert not isinstance(honest, CannotTell)
    assert honest.n == 600
    assert len(honest.bins) == 10
    assert honest.error < 0.06
    assert abs(honest.tilt) < 0.04


def test_too_sure_shows_as_a_tilt(pilot: Pilot) -> None:
    crowd(pilot, 400, until=TODAY, days=60, sure=0.2)
    boasting = calibration(pilot, span_for(pilot, 90))
    assert not isinstance(boasting, CannotTell)
    assert boasting.tilt > 0.1
    assert boasting.error > 2 * boasting.by_chance


@pytest.mark.engines
def test_a_new_kind_of_request_and_another_language_are_noticed(pilot: Pilot) -> None:
    crowd(pilot, 500, until=TODAY, days=80, late_category=True, english_from=0.6)
    span = span_for(pilot, 90)
    category, language, length = (
        read(pilot, span) for read in (category_shift, language_shift, length_shift)
    )
    assert not isinstance(category.whole, CannotTell)
    assert not isinstance(language.whole, CannotTell)
    assert not isinstance(length.whole, CannotTell)
    assert category.whole.verdict is Verdict.CLEAR
    assert language.whole.verdict is Verdict.CLEAR
    assert length.whole.verdict in (Verdict.STABLE, Verdict.CHANCE)
    assert (category.whole.n_before, category.whole.n_now) == (200, 300)
    assert (length.whole.n_before, length.whole.n_now) == (200, 300)


def test_few_cases_say_that_they_are_few(pilot: Pilot) -> None:
    crowd(pilot, 30, until=TODAY, days=10)
    span = span_for(pilot, 30)
    for found in (
        calibration(pilot, span),
        category_shift(pilot, span).whole,
        length_shift(pilot, span).whole,
    ):
        assert isinstance(found, CannotTell)
        assert "30" in found.reason or "40" in found.reason
    empty = selectors.monitoring(pilot, days=7)
    assert len(empty.periods) == 7


def test_the_number_of_queries_does_not_grow_with_the_cases(pilot: Pilot) -> None:
    span = span_for(pilot, 90)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            selectors.monitoring(pilot, days=90)
            for read in (calibration, category_shift, length_shift, language_shift):
                read(pilot, span)
        return len(seen)

    crowd(pilot, 20, until=TODAY, days=5)
    few = queries()
    from pilotwerk.pilots.models import Case

    Case.objects.filter(pilot=pilot).delete()
    crowd(pilot, 700, until=TODAY, days=80)
    assert queries() == few <= 18
