"""What happens when the way out is not smooth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import execution, services, worker
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Decision, Delivery, Pilot
from pilotwerk.pilots.recipes.support.running import loaded
from pilotwerk.pilots.tests.stage import MORNING, Stage, delivery_claim

pytestmark = pytest.mark.django_db

Outcome = Delivered | NotDelivered | OutcomeUnknown


class Line:
    """A way out that answers as the story wants, and counts what really went through."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.tried: list[tuple[str, str]] = []

    def deliver(self, message: Message, key: str) -> Outcome:
        self.tried.append((key, message.body))
        return self.outcomes.pop(0)


def lay(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> Line:
    line = Line(*outcomes)
    monkeypatch.setattr(execution, "connector_for", lambda pilot: line)
    return line


def test_a_busy_server_is_tried_again_later_with_the_same_key(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = lay(monkeypatch, NotDelivered("busy", retry=True), Delivered("ok"))
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    assert Delivery.objects.get(case=case).state == "failed"
    with clock.travel(MORNING + timedelta(minutes=5)):
        jobs.run_due(kinds=["pilots.execute"])
    case.refresh_from_db()
    assert (case.state, len(line.tried)) == ("done", 2)
    assert line.tried[0] == line.tried[1]


def test_a_refused_recipient_goes_to_a_person(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    line = lay(monkeypatch, NotDelivered("no such recipient", retry=False), Delivered("ok"))
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.FAILED
    with pytest.raises(Refused):
        services.delivery_confirm(**stage.by("clerk"), case=case)
    services.delivery_again(**stage.by("clerk"), case=case)
    stage.send()
    case.refresh_from_db()
    assert (case.state, len(line.tried)) == ("done", 2)


def test_an_unknown_outcome_is_never_repeated_by_the_program(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = lay(monkeypatch, OutcomeUnknown("connection lost after sending"))
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.OUTCOME_UNKNOWN
    with clock.travel(MORNING + timedelta(days=1)):
        worker.orphans()
        jobs.run_due(kinds=["pilots.execute"])
    assert len(line.tried) == 1
    services.delivery_confirm(**stage.by("clerk"), case=case)
    case.refresh_from_db()
    assert (case.state, case.closed) == ("done", "sent")


def crashed(stage: Stage, case: Case) -> Decision:
    """The worker wrote the attempt down, and then its machine lost power."""
    stage.approve(case)
    decision = Decision.objects.get(case=case)
    assert delivery_claim(case_id=case.pk, decision_id=decision.pk) is not None
    return decision


def test_after_a_crash_a_folder_is_tried_again_and_a_mail_server_is_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = lay(monkeypatch, Delivered("ok"))
    to_folder, to_mail = stage.proposed(2)
    decision = crashed(stage, to_folder)
    execution.case_execute(case_id=to_folder.pk, decision_id=decision.pk)
    to_folder.refresh_from_db()
    assert (to_folder.state, len(line.tried)) == ("done", 1)
    Pilot.objects.filter(pk=stage.pilot.pk).update(target_kind="smtp")
    decision = crashed(stage, to_mail)
    execution.case_execute(case_id=to_mail.pk, decision_id=decision.pk)
    to_mail.refresh_from_db()
    assert (to_mail.state, len(line.tried)) == (CaseState.OUTCOME_UNKNOWN, 1)


def test_a_slow_worker_cannot_overwrite_a_later_attempt(stage: Stage) -> None:
    from pilotwerk.pilots.services.deliveries import delivery_not_sent, delivery_retake, delivery_sent

    [case] = stage.proposed()
    decision = crashed(stage, case)
    slow = Delivery.objects.get(case=case)
    later = delivery_retake(case_id=case.pk, decision_id=decision.pk)
    assert later is not None
    delivery_sent(delivery=later, reference="second")
    delivery_not_sent(delivery=slow, problem="timeout", retry=True)
    case.refresh_from_db()
    assert (case.state, Delivery.objects.get(case=case).state) == ("done", "sent")


def test_a_lost_job_is_ordered_again_once(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    jobs.forget(organisation_id=stage.cast.organisation.id)
    with clock.travel(MORNING + timedelta(minutes=30)):
        assert worker.orphans() == 1
        assert worker.orphans() == 0
        jobs.run_due(kinds=["pilots.execute"])
    case.refresh_from_db()
    assert case.state == "done"


def test_answers_that_do_not_go_out_stop_the_pilot(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(monkeypatch, *[OutcomeUnknown("lost")] * 5)
    cases = stage.proposed(5)
    for case in cases:
        stage.approve(case)
    stage.send()
    assert Pilot.objects.get(pk=stage.pilot.pk).stopped_by_rule == "not_delivered"


def test_a_damaged_model_leaves_the_work_to_people(stage: Stage) -> None:
    from pilotwerk.pilots import folders

    version = stage.pilot.model_version
    assert version is not None
    loaded.cache_clear()
    for path in (folders.models(stage.pilot) / version.version).iterdir():
        path.write_bytes(b"not what it was")
    cases = stage.receive(6)
    assert {case.state for case in cases} == {CaseState.WAITING_MANUAL}
