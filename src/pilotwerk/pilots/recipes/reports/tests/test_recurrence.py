"""Which report is due when: never two for a period, also after weeks without power."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports import Kind, Measure, Spec, due, period_key
from pilotwerk.pilots.recipes.stock.periods import Frequency

BERLIN = ZoneInfo("Europe/Berlin")


def spec(frequency: Frequency = Frequency.WEEK) -> Spec:
    return Spec("Verkauf", "Datum", (Measure(Kind.COUNT),), (), frequency)


def test_on_monday_morning_last_week_is_due_and_then_no_more() -> None:
    sunday, early = datetime(2026, 4, 19, 23, 59, tzinfo=BERLIN), datetime(2026, 4, 20, 5, 59, tzinfo=BERLIN)
    monday = datetime(2026, 4, 20, 6, 0, tzinfo=BERLIN)
    before = due(spec(), sunday)
    assert before is not None
    assert before.key == "W:2026-W15"
    assert due(spec(), early, {"W:2026-W15"}) is None
    found = due(spec(), monday, {"W:2026-W15"})
    assert found is not None
    assert (found.key, found.first_day, found.last_day) == (
        "W:2026-W16",
        date(2026, 4, 13),
        date(2026, 4, 19),
    )
    assert due(spec(), monday, {"W:2026-W15", found.key}) is None


def test_months_end_in_the_companys_time_zone() -> None:
    moment = datetime(2026, 4, 1, 4, 30, tzinfo=UTC)  # 06:30 in Berlin
    found = due(spec(Frequency.MONTH), moment)
    assert found is not None
    assert found.key == "M:2026-03"


def test_after_weeks_without_power_only_the_newest_is_made_and_the_others_are_named() -> None:
    found = due(spec(), datetime(2026, 4, 22, 9, tzinfo=BERLIN), {"W:2026-W12"}, since=date(2026, 3, 17))
    assert found is not None
    assert found.key == "W:2026-W16"
    assert found.skipped == ("W:2026-W13", "W:2026-W14", "W:2026-W15")


def test_time_is_left_for_late_rows() -> None:
    monday = datetime(2026, 4, 20, 9, tzinfo=BERLIN)
    assert due(spec(), monday, {"W:2026-W15"}, wait_days=1) is None
    assert due(spec(), monday + timedelta(days=1), {"W:2026-W15"}, wait_days=1) is not None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="time zone"):
        due(spec(), datetime(2026, 4, 20, 9))  # noqa: DTZ001


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 24 * 400), min_size=1, max_size=60),
    st.sampled_from([Frequency.WEEK, Frequency.MONTH]),
)
def test_however_often_it_is_asked_no_period_comes_twice(hours: list[int], frequency: Frequency) -> None:
    done: list[str] = []
    for hour in sorted(hours):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        found = due(spec(frequency), now, done)
        if found is not None:
            assert found.last_day < now.astimezone(BERLIN).date()
            assert found.key == period_key(spec(frequency), found.period)
            done.append(found.key)
    assert len(done) == len(set(done))
