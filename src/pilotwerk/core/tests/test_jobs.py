"""Work waits, is held by one worker at a time, survives the worker's death, and organisations take turns.

The same stories run against every implementation that the database can bear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from pilotwerk.core import clock, jobs
from pilotwerk.core.jobs import port, registry, runner, services

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@dataclass
class Desk:
    """The queue under test and what its work has written down."""

    queue: port.Queue
    notes: list[str]

    def note(self, text: str, organisation: UUID | None = None, **kwargs: Any) -> None:
        jobs.enqueue(kind="test.note", organisation_id=organisation, payload={"text": text}, **kwargs)

    def claim(self) -> jobs.Work:
        [work] = self.queue.session().claim()
        return work

    def dies(self, work: jobs.Work) -> None:
        """The worker gives no sign of life for longer than a lease; the next sweep finds out."""
        if self.queue.name == "procrastinate":
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes' WHERE id = %s",
                    [int(work.holder)],
                )
        else:
            from pilotwerk.core.models import Job

            Job.objects.filter(pk=work.id).update(leased_until=clock.now() - timedelta(seconds=1))
        self.queue.sweep()


@pytest.fixture(params=["leased", "procrastinate"])
def desk(
    request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Desk]:
    """Kinds of work for these stories only; `note` writes down what it was given."""
    if request.param == "procrastinate" and connection.vendor != "postgresql":
        pytest.skip("Procrastinate needs PostgreSQL: tools/with_postgres.py")
    settings.PILOTWERK_QUEUE = request.param
    notes: list[str] = []
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_schedules", [])
    monkeypatch.setattr(registry, "_groups", {})
    jobs.register("test.note", lambda work: notes.append(work.payload["text"]))
    with clock.travel(NOON):
        yield Desk(services.queue(), notes)


def test_due_work_is_done_in_order_and_later_work_waits(desk: Desk) -> None:
    desk.note("first", run_at=NOON - timedelta(minutes=2))
    desk.note("second", run_at=NOON - timedelta(minutes=1))
    desk.note("tomorrow", run_at=NOON + timedelta(days=1))
    assert jobs.run_due() == 2
    assert desk.notes == ["first", "second"]
    assert (desk.queue.counts().waiting, desk.queue.counts().due) == (1, 0)
    with clock.travel(NOON + timedelta(days=1)):
        assert jobs.run_due() == 1


def test_a_limit_leaves_the_rest_waiting(desk: Desk) -> None:
    for text in "abc":
        desk.note(text)
    assert jobs.run_due(limit=2) == 2
    assert desk.queue.counts() == port.Counts(1, 1, 0, 0, desk.queue.counts().oldest_due)
    assert desk.queue.counts().oldest_due is not None


def test_only_the_kinds_that_were_asked_for_are_done(desk: Desk) -> None:
    jobs.register("test.other", lambda work: desk.notes.append("other"))
    desk.note("a")
    jobs.enqueue(kind="test.other", organisation_id=None)
    assert jobs.run_due(kinds=["test.other"]) == 1
    assert desk.notes == ["other"]


def test_work_exists_only_if_its_transaction_is_committed(desk: Desk) -> None:
    with transaction.atomic():
        desk.note("never")
        transaction.set_rollback(True)
    assert jobs.run_due() == 0


def test_two_workers_never_hold_the_same_work(desk: Desk) -> None:
    desk.note("a")
    desk.note("b")
    assert desk.claim().id != desk.claim().id
    assert desk.queue.session().claim() == []
    assert desk.queue.counts().running == 2


def test_a_dead_workers_work_is_taken_over(desk: Desk) -> None:
    desk.note("left behind")
    dead = desk.claim()
    assert jobs.run_due() == 0
    desk.dies(dead)
    assert jobs.run_due() == 1
    with pytest.raises(jobs.LostLease):
        jobs.fence(dead)
    assert desk.notes == ["left behind"]


def test_a_worker_that_comes_back_too_late_changes_nothing(desk: Desk) -> None:
    desk.note("slow")
    slow_session = desk.queue.session()
    [slow] = slow_session.claim()
    desk.dies(slow)
    taken_over = desk.claim()
    slow_session.finish([slow])
    slow_session.release([slow])
    slow_session.failed(slow, "too late")
    with pytest.raises(jobs.LostLease):
        slow_session.renew(slow)
    assert desk.queue.counts().running == 1, "still the second worker's"
    jobs.fence(taken_over)


def test_work_that_kills_its_workers_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for implementation in ("leased", "procrastination"):
        monkeypatch.setattr(f"pilotwerk.core.jobs.{implementation}.MAX_DEATHS", 3, raising=False)
    desk.note("deadly")
    for _death in range(10):
        for work in desk.queue.session().claim():
            desk.dies(work)
    assert (desk.queue.counts().failed, desk.queue.counts().waiting) == (1, 0)


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(desk: Desk) -> None:
    tried: list[int] = []

    def fail(work: jobs.Work) -> None:
        tried.append(work.attempts)
        raise RuntimeError("the printer is on fire")

    jobs.register("test.fail", fail)
    jobs.enqueue(kind="test.fail", organisation_id=None, key="printer")
    moment = NOON
    for attempt in range(1, port.MAX_ATTEMPTS + 1):
        with clock.travel(moment):
            assert jobs.run_due() == 1, attempt
            assert jobs.run_due() == 0, "there is a pause before the next attempt"
        moment += timedelta(minutes=10)
    assert tried == [1, 2, 3, 4, 5]
    assert desk.queue.counts().failed == 1
    with clock.travel(moment):
        jobs.enqueue(kind="test.fail", organisation_id=None, key="printer")
        assert jobs.run_due() == 1, "what was given up does not stand in the way of a new order"


def test_work_with_a_key_waits_only_once_and_can_be_asked_for_again(desk: Desk) -> None:
    for text in ("train", "train"):
        desk.note(text, key="train")
    jobs.enqueue_all([jobs.Order("test.note", payload={"text": t}, key=t) for t in ("train", "test")])
    jobs.run_due()
    assert sorted(desk.notes) == ["test", "train"]
    desk.note("train", key="train")
    jobs.run_due()
    assert sorted(desk.notes) == ["test", "train", "train"]


def test_work_with_a_key_is_not_doubled_while_it_runs(desk: Desk) -> None:
    desk.note("train", key="train")
    desk.claim()
    desk.note("train", key="train")
    assert (desk.queue.counts().running, desk.queue.counts().waiting) == (1, 0)


def test_it_can_be_asked_whether_work_waits_or_runs(desk: Desk) -> None:
    def waits() -> bool:
        return jobs.waits(kind="test.note", payload={"text": "a"})

    assert not waits()
    desk.note("a")
    assert waits()
    desk.claim()
    assert waits()
    assert not jobs.waits(kind="test.note", payload={"text": "b"})


def test_the_work_of_a_deleted_organisation_goes_with_it(desk: Desk) -> None:
    here, there = uuid4(), uuid4()
    desk.note("here", here)
    desk.note("there", there)
    jobs.forget(organisation_id=here)
    jobs.run_due()
    assert desk.notes == ["there"]


def test_work_that_nobody_can_do_is_refused(desk: Desk) -> None:
    with pytest.raises(KeyError):
        jobs.enqueue(kind="test.unknown", organisation_id=None)


def test_regular_work_is_due_once_in_each_period(desk: Desk) -> None:
    ran: list[datetime] = []
    jobs.register("test.daily", lambda work: ran.append(clock.now()))
    jobs.every("test.daily", 86_400)
    for hours in (0, 1, 2, 24, 25, 24 * 9):
        with clock.travel(NOON + timedelta(hours=hours)):
            jobs.schedule()
            jobs.schedule()
            jobs.run_due()
    assert len(ran) == 3


def test_organisations_take_turns_whatever_the_others_have_ordered(desk: Desk) -> None:
    flood, small, other = uuid4(), uuid4(), uuid4()
    # Moments of our own: a machine that sets its clock back in between would turn the order round.
    began = clock.now() - timedelta(minutes=1)
    for number in range(50):
        desk.note(f"flood {number}", flood, run_at=began + timedelta(milliseconds=number))
    desk.note("small", small)
    desk.note("other 1", other)
    desk.note("other 2", other)
    jobs.run_due()
    assert len(desk.notes) == 53
    places = {text: place for place, text in enumerate(desk.notes)}
    assert places["small"] < 3
    assert places["other 1"] < 3
    assert places["other 2"] < 6
    floods = [text for text in desk.notes if text.startswith("flood")]
    assert floods == [f"flood {number}" for number in range(50)], "in order among themselves"


def test_short_work_is_taken_several_at_once_of_one_kind_and_organisation(desk: Desk) -> None:
    here, there = uuid4(), uuid4()
    jobs.register("test.other", lambda work: None)
    jobs.grouped("test.note", most=3)
    for number in range(5):
        desk.note(f"here {number}", here)
    desk.note("there", there)
    jobs.enqueue(kind="test.other", organisation_id=here)
    session = desk.queue.session()
    sizes: list[tuple[str, int]] = []
    finished: list[jobs.Work] = []
    while works := session.claim(finished):
        assert len({(work.kind, work.organisation_id) for work in works}) == 1
        sizes.append((works[0].kind, len(works)))
        finished = works
    assert sorted(sizes) == [("test.note", 1), ("test.note", 2), ("test.note", 3), ("test.other", 1)]
    assert desk.queue.counts().waiting == desk.queue.counts().running == 0


def test_a_group_is_done_in_one_go_and_a_bad_piece_spoils_only_itself(desk: Desk) -> None:
    together: list[int] = []

    def all_at_once(works: Sequence[jobs.Work]) -> Sequence[jobs.Work]:
        together.append(len(works))
        if any(work.payload["text"] == "bad" for work in works):
            raise RuntimeError("one of them is bad")
        desk.notes.extend(work.payload["text"] for work in works)
        return works

    def alone(work: jobs.Work) -> None:
        if work.payload["text"] == "bad":
            raise RuntimeError("this one")
        desk.notes.append(work.payload["text"])

    jobs.register("test.group", alone)
    jobs.grouped("test.group", most=2, handler=all_at_once)
    jobs.enqueue_all([jobs.Order("test.group", payload={"text": text}) for text in ("a", "b", "c", "bad")])
    assert jobs.run_due() == 4
    assert together == [2, 2]
    assert sorted(desk.notes) == ["a", "b", "c"]
    assert desk.queue.counts().waiting == 1, "the bad one is tried again later"


def test_a_slow_worker_gives_back_what_it_has_not_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PATIENCE_SECONDS", -1.0)
    jobs.grouped("test.note", most=5)
    for number in range(3):
        desk.note(str(number))
    session = desk.queue.session()
    works = session.claim()
    assert len(works) == 3
    assert runner.run_all(session, works) == ([], 0)
    assert (desk.queue.counts().waiting, desk.queue.counts().running) == (3, 0)
    assert [work.attempts for work in session.claim()] == [1, 1, 1]
