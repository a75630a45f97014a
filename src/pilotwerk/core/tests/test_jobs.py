"""Work waits in rows, is leased by one worker at a time, and survives the worker's death."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.core.jobs import registry, runner
from pilotwerk.core.models import Job

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def seen(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Kinds of work for these stories only; `note` writes down what it was given."""
    notes: list[str] = []
    monkeypatch.setattr(registry, "_handlers", {})
    monkeypatch.setattr(registry, "_schedules", [])
    jobs.register("test.note", lambda job: notes.append(job.payload["text"]))
    with clock.travel(NOON):
        yield notes


def note(text: str, **kwargs: object) -> Job:
    return jobs.enqueue(kind="test.note", organisation_id=None, payload={"text": text}, **kwargs)  # type: ignore[arg-type]


def test_due_work_is_done_in_order_and_later_work_waits(seen: list[str]) -> None:
    note("second", run_at=NOON - timedelta(minutes=1))
    note("first", run_at=NOON - timedelta(minutes=2))
    note("tomorrow", run_at=NOON + timedelta(days=1))
    assert jobs.run_due() == 2
    assert seen == ["first", "second"]
    with clock.travel(NOON + timedelta(days=1)):
        assert jobs.run_due() == 1


def test_two_workers_never_hold_the_same_job(seen: list[str]) -> None:
    note("a")
    note("b")
    first, second = runner.claim(), runner.claim()
    assert first is not None
    assert second is not None
    assert first.pk != second.pk
    assert runner.claim() is None


def test_a_dead_workers_job_is_taken_over_when_its_lease_ends(seen: list[str]) -> None:
    note("left behind")
    dead = runner.claim()
    assert dead is not None
    assert runner.claim() is None
    with clock.travel(NOON + timedelta(seconds=61)):
        assert jobs.run_due() == 1
        with pytest.raises(jobs.LostLease):
            jobs.fence(dead)
    assert seen == ["left behind"]


def test_a_worker_that_comes_back_too_late_changes_nothing(seen: list[str]) -> None:
    note("slow")
    slow = runner.claim()
    assert slow
    with clock.travel(NOON + timedelta(seconds=61)):
        taken_over = runner.claim()
        assert taken_over
        runner.run(slow)
        assert Job.objects.get().state == Job.State.RUNNING, "still the second worker's"
        runner.run(taken_over)
    assert Job.objects.get().state == Job.State.DONE


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(seen: list[str]) -> None:
    def fail(job: Job) -> None:
        raise RuntimeError("the printer is on fire")

    jobs.register("test.fail", fail)
    jobs.enqueue(kind="test.fail", organisation_id=None)
    moment = NOON
    for attempt in range(1, runner.MAX_ATTEMPTS + 1):
        with clock.travel(moment):
            assert jobs.run_due() == 1, attempt
            assert jobs.run_due() == 0, "there is a pause before the next attempt"
        moment += timedelta(minutes=10)
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.FAILED, 5)
    assert "the printer is on fire" in job.error


def test_work_with_a_key_waits_only_once_and_can_be_asked_for_again(seen: list[str]) -> None:
    assert note("train", key="train").pk == note("train", key="train").pk
    jobs.run_due()
    note("train", key="train")
    jobs.run_due()
    assert seen == ["train", "train"]


def test_work_that_nobody_can_do_is_refused(seen: list[str]) -> None:
    with pytest.raises(KeyError):
        jobs.enqueue(kind="test.unknown", organisation_id=None)


def test_regular_work_is_due_once_in_each_period(seen: list[str]) -> None:
    ran: list[datetime] = []
    jobs.register("test.daily", lambda job: ran.append(clock.now()))
    jobs.every("test.daily", 86_400)
    for hours in (0, 1, 2, 24, 25):
        with clock.travel(NOON + timedelta(hours=hours)):
            runner._schedule()
            jobs.run_due()
    assert len(ran) == 2


def test_progress_is_written_only_by_the_one_who_holds_the_job(seen: list[str]) -> None:
    note("x")
    job = runner.claim()
    assert job
    jobs.progress(job, done=8, total=10)
    assert (Job.objects.get().done, Job.objects.get().total) == (8, 10)
    with clock.travel(NOON + timedelta(seconds=61)):
        runner.claim()
        jobs.progress(job, done=10, total=10)
    assert Job.objects.get().done == 8
