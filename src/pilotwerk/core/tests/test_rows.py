"""The three shortcuts of the busiest paths do exactly what Django does, only sooner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotwerk.core.models import Job
from pilotwerk.core.prepared import Prepared
from pilotwerk.core.rows import AT_ONCE, insert_all, update_where

pytestmark = [pytest.mark.django_db, pytest.mark.engines]
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
STATES = [Job.State.QUEUED, Job.State.RUNNING, Job.State.DONE]
states = st.sampled_from(STATES)


def stored(found: list[tuple[Any, int]]) -> list[Job]:
    return Job.objects.bulk_create(
        [
            Job(kind="test", organisation_id=uuid4(), state=state, attempts=attempts, run_at=NOON)
            for state, attempts in found
        ]
    )


def now(rows: list[Job]) -> list[tuple[Any, ...]]:
    known = Job.objects.in_bulk([row.pk for row in rows])
    return [
        (one.state, one.attempts, one.token, one.run_at, one.error) for one in (known[row.pk] for row in rows)
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(states, st.integers(0, 3)), min_size=1, max_size=6),
    st.sets(states, min_size=1),
    st.lists(
        st.tuples(st.none() | st.uuids(), st.integers(0, 9), st.text("aä'\"%\n", max_size=4)), min_size=6
    ),
)
def test_one_statement_changes_what_one_statement_each_would_change(
    db: None, found: list[tuple[Any, int]], among: set[Any], new: list[tuple[Any, int, str]]
) -> None:
    together, alone = stored(found), stored(found)
    values = {
        row.pk: {"token": token, "run_at": NOON + timedelta(hours=hours), "error": error}
        for row, (token, hours, error) in zip(together, new, strict=False)
    }
    changed = update_where(Job, values, column="state", among=[one.value for one in among])
    expected = set()
    for ours, theirs in zip(together, alone, strict=True):
        if Job.objects.filter(pk=theirs.pk, state__in=among).update(**values[ours.pk]):
            expected.add(ours.pk)
    assert changed == expected
    assert now(together) == now(alone)


def test_a_row_whose_value_has_changed_meanwhile_is_left_alone() -> None:
    first, second = stored([(Job.State.RUNNING, 1), (Job.State.RUNNING, 2)])
    values = {row.pk: {"attempts": 1, "error": "over"} for row in (first, second)}
    changed = update_where(Job, values, column="state", among=["running"], same="attempts")
    assert changed == {first.pk}
    assert Job.objects.get(pk=second.pk).error == ""


def test_rows_of_one_statement_name_the_same_fields() -> None:
    rows: dict[UUID, dict[str, Any]] = {uuid4(): {"error": "a"}, uuid4(): {"attempts": 1}}
    with pytest.raises(ValueError, match="same fields"):
        update_where(Job, rows, column="state", among=["queued"])
    assert update_where(Job, {}, column="state", among=["queued"]) == set()


def test_a_prepared_query_finds_what_the_query_itself_finds_whatever_it_is_filled_with() -> None:
    rows = stored([(Job.State.QUEUED, n % 3) for n in range(9)])
    by_tries = Prepared(
        lambda organisation, tries, moment: Job.objects.filter(
            organisation_id=organisation, attempts=tries, run_at__gte=moment
        ),
        organisation=UUID(int=1),
        tries=29_000,
        moment=datetime(2000, 1, 1, tzinfo=UTC),
    )
    for row in rows:
        for tries in range(3):
            for moment in (NOON - timedelta(hours=1), NOON, NOON + timedelta(microseconds=1)):
                asked = {"organisation_id": row.organisation_id, "attempts": tries, "run_at__gte": moment}
                found = by_tries.objects(organisation=row.organisation_id, tries=tries, moment=moment)
                assert found == list(Job.objects.filter(**asked))
    [one] = by_tries.objects(organisation=rows[0].organisation_id, tries=0, moment=NOON)
    assert one.run_at == NOON
    assert one.payload == {}


def test_a_prepared_query_is_translated_once(django_assert_num_queries: Any) -> None:
    calls = []

    def build(kind: str) -> Any:
        calls.append(kind)
        return Job.objects.filter(kind=kind).values_list("attempts")

    asked = Prepared(build, kind="stand-in")
    stored([(Job.State.QUEUED, 3)])
    with django_assert_num_queries(2):
        assert asked.rows(kind="test") == [(3,)]
        assert asked.rows(kind="other") == []
    assert calls == ["stand-in"]


def test_a_parameter_that_the_query_does_not_ask_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not ask for"):
        Prepared(lambda kind, more: Job.objects.filter(kind=kind), kind="a", more="b").rows(
            kind="a", more="b"
        )


def test_new_rows_are_what_saving_them_one_by_one_makes_of_them() -> None:
    """Beyond what one statement takes, with every kind of field that a job has."""
    rows = [
        Job(kind="test", payload={"ä": [n]}, key=f"k{n}", run_at=NOON + timedelta(microseconds=n), attempts=n)
        for n in range(2 * AT_ONCE + 1)
    ]
    insert_all(rows)
    Job(
        kind="test", payload={"ä": [5]}, key="alone", run_at=NOON + timedelta(microseconds=5), attempts=5
    ).save()
    for one in rows:
        assert not one._state.adding
        assert model_to_dict(Job.objects.get(pk=one.pk)) == model_to_dict(one)
    together, alone = (model_to_dict(Job.objects.get(key=key)) for key in ("k5", "alone"))
    own = {"key", "created_at"}
    assert {**together, **{name: alone[name] for name in own}} == alone
    insert_all([])


def test_a_new_row_that_a_constraint_forbids_is_left_out_or_stops_them_all() -> None:
    stored_already = Job(kind="test", key="known")
    insert_all([stored_already])
    insert_all([Job(kind="test", key="known"), Job(kind="test", key="new")], skip_known=True)
    assert set(Job.objects.values_list("key", flat=True)) == {"known", "new"}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all([Job(kind="test", key="other"), Job(kind="test", key="known")])
    assert Job.objects.count() == 2
