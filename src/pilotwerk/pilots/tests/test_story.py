"""A case from its arrival to the customer, told with the people who work on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pilotwerk.audit.selectors import state as audit_state
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import folders, selectors, services
from pilotwerk.pilots.domain.assignment import assignment_holds
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import Arm, CaseState
from pilotwerk.pilots.models import Case, Decision, Delivery, Proposal, Source
from pilotwerk.pilots.tests.stage import MORNING, PLAIN, Stage

pytestmark = pytest.mark.django_db


def outbox(stage: Stage) -> list[str]:
    folder = folders.outbox(stage.pilot)
    return sorted(p.name for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []


def test_an_approved_reply_goes_out_once_after_the_delay(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    assert outbox(stage) == []
    jobs.run_due()
    assert outbox(stage) == [], "the delay is not over"
    stage.send()
    case.refresh_from_db()
    assert (case.state, case.closed) == ("done", "sent")
    assert len(outbox(stage)) == 1
    delivery = Delivery.objects.get(case=case)
    assert delivery.content_hash == stage.proposal(case).content_hash
    stage.send()
    assert len(outbox(stage)) == 1


def test_the_arm_is_recorded_before_anything_is_proposed_and_can_be_checked_at_the_end(stage: Stage) -> None:
    cases = stage.receive(40)
    arms = {case.arm for case in cases}
    assert arms == {Arm.AI, Arm.CONTROL}
    for case in cases:
        assert Proposal.objects.filter(case=case).exists() is (case.arm == Arm.AI)
    services.pilot_end(**stage.by("owner"), pilot=stage.pilot)
    pilot = stage.pilot
    pilot.refresh_from_db()
    assert all(
        assignment_holds(
            seed=pilot.seed, committed=pilot.seed_commitment, key=c.key, share=pilot.share, arm=Arm(c.arm)
        )
        for c in cases
    )


def test_the_same_file_twice_brings_no_case_twice(stage: Stage) -> None:
    batch = [NewCase("a", "Text"), NewCase("b", "Text"), NewCase("a", "Text"), NewCase("c", "  ")]
    first = services.case_ingest(**stage.by("lead"), pilot=stage.pilot, cases=batch, source="x.csv")
    assert (len(first.new), first.known, first.empty) == (2, ("a",), ("c",))
    again = services.case_ingest(**stage.by("lead"), pilot=stage.pilot, cases=batch, source="x.csv")
    assert again.new == ()
    assert Case.objects.filter(pilot=stage.pilot).count() == 2


def test_keys_of_any_length_tell_cases_apart(stage: Stage) -> None:
    """A shop's links as numbers: two that begin alike are two, and the same one again is the same."""
    batch = [NewCase(f"https://laden.example/{'x' * 300}/{number}", "Text") for number in range(3)]
    for new in (3, 0):
        done = services.case_ingest(**stage.by("lead"), pilot=stage.pilot, cases=batch, source="x.csv")
        assert (len(done.new), len(done.known)) == (new, 3 - new)


def test_an_approval_names_exactly_what_was_read(stage: Stage) -> None:
    [case] = stage.proposed()
    seen = stage.seen(case)
    with pytest.raises(Refused, match="geändert"):
        services.case_approve(**stage.by("clerk"), **{**seen, "content_hash": "0" * 64})
    Proposal.objects.filter(case=case).update(body="Sie erhalten 10.000 Euro.")
    with pytest.raises(Refused, match="geändert"):
        services.case_approve(**stage.by("clerk"), **seen)
    assert not Decision.objects.filter(case=case).exists()


def test_a_text_changed_after_the_approval_is_not_sent(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    Proposal.objects.filter(case=case).update(body="Sie erhalten 10.000 Euro.")
    stage.send()
    case.refresh_from_db()
    assert outbox(stage) == []
    assert case.state == CaseState.WAITING


def test_an_open_place_or_an_empty_reply_never_goes_out(stage: Stage) -> None:
    [case] = stage.proposed()
    with pytest.raises(Refused, match=r"\[Termin\]"):
        services.case_edit_and_approve(
            **stage.by("clerk"), **stage.seen(case), body="Am [Termin] kommen wir."
        )
    with pytest.raises(Refused, match="leer"):
        services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(case), body="  \r\n ")
    case.refresh_from_db()
    assert (case.state, case.revision) == (CaseState.WAITING, 1)


def test_an_edit_lies_beside_the_original_with_its_distance(stage: Stage) -> None:
    [case] = stage.proposed()
    original = stage.proposal(case)
    decision = services.case_edit_and_approve(
        **stage.by("clerk"), **stage.seen(case), body=PLAIN + "\n\nP.S. Kostenlos.", category="Rechnung"
    )
    case.refresh_from_db()
    original.refresh_from_db()
    assert (original.source, original.revision, case.revision) == (Source.MODEL, 1, 2)
    assert decision.kind == "edit"
    assert decision.edit_distance is not None
    assert 0 < decision.edit_distance <= 1
    assert decision.category_corrected is (original.category != "Rechnung")
    draft = selectors.draft_of(case)
    assert draft.changes >= 1
    assert any(piece.kind == "ins" for line in draft.lines for piece in line)


def test_two_people_cannot_both_decide(stage: Stage) -> None:
    [case] = stage.proposed()
    seen = stage.seen(case)
    services.case_edit_and_approve(**stage.by("clerk"), **seen, body=PLAIN)
    with pytest.raises(Refused):
        services.case_reject(**stage.by("lead"), **seen, reason="content")
    assert Decision.objects.filter(case=case).count() == 1


def test_a_rejected_proposal_is_answered_by_hand(stage: Stage) -> None:
    [case] = stage.proposed()
    services.case_reject(
        **stage.by("clerk"), **stage.seen(case), reason="content", text="Der Termin stimmt nicht."
    )
    case.refresh_from_db()
    assert (case.state, case.by_hand) == (CaseState.WAITING_MANUAL, True)
    assert selectors.draft_of(case).body == "", "a rejected text does not come back by itself"
    services.case_answer_manually(**stage.by("clerk"), case=case, body=PLAIN)
    stage.send()
    case.refresh_from_db()
    assert case.closed == "sent"
    [measure] = [m for m in selectors.case_measures(stage.pilot) if m.case_id == str(case.pk)]
    assert (measure.arm, measure.rejected) == ("ai", True)


def test_no_answer_needed_closes_the_case(stage: Stage) -> None:
    [case] = stage.proposed()
    services.case_reject(**stage.by("clerk"), **stage.seen(case), reason="no_answer")
    case.refresh_from_db()
    assert (case.state, case.closed) == ("done", "no_answer")
    with pytest.raises(Refused):
        services.case_answer_manually(**stage.by("clerk"), case=case, body=PLAIN)


def test_a_case_without_ai_is_answered_and_sent_the_same_way(stage: Stage) -> None:
    case = stage.by_hand()
    assert not Proposal.objects.filter(case=case).exists()
    services.case_answer_manually(**stage.by("clerk"), case=case, body=PLAIN, category="Termin")
    stage.send()
    case.refresh_from_db()
    assert case.closed == "sent"
    assert len(outbox(stage)) == 1


def test_put_back_until_tomorrow_it_returns_by_itself(stage: Stage) -> None:
    [case] = stage.proposed()
    with pytest.raises(Refused, match="Zukunft"):
        services.case_defer(**stage.by("clerk"), case=case, until=clock.now())
    services.case_defer(**stage.by("clerk"), case=case, until=clock.now() + timedelta(days=1))
    services.cases_return_due(**stage.by("lead"))
    case.refresh_from_db()
    assert case.state == CaseState.DEFERRED
    with clock.travel(MORNING + timedelta(days=1, minutes=1)):
        services.cases_return_due(**stage.by("lead"))
    case.refresh_from_db()
    assert case.state == CaseState.WAITING


def test_an_approval_can_be_withdrawn_until_it_has_gone(stage: Stage) -> None:
    [case, other] = stage.proposed(2)
    stage.approve(case)
    assert selectors.withdrawable(stage.cast.organisation, stage.cast.actor("clerk").id) == case
    services.approval_withdraw(**stage.by("clerk"), case=case)
    stage.send()
    case.refresh_from_db()
    assert (case.state, outbox(stage)) == (CaseState.WAITING, [])
    assert selectors.draft_of(case).body == PLAIN, "the edit is still there"
    stage.approve(other)
    stage.send()
    with pytest.raises(Refused):
        services.approval_withdraw(**stage.by("clerk"), case=other)


def test_handling_time_is_measured_the_same_way_in_both_arms(stage: Stage) -> None:
    [with_ai] = stage.proposed()
    before = stage.by_hand()
    for case, minutes in ((with_ai, 2), (before, 5)):
        now = clock.now()
        with clock.travel(now):
            services.case_open(**stage.by("clerk"), case=case)
        with clock.travel(now + timedelta(minutes=minutes)):
            if case.by_hand:
                services.case_answer_manually(**stage.by("clerk"), case=case, body=PLAIN)
            else:
                stage.approve(case)
    with clock.travel(MORNING + timedelta(hours=1)):
        jobs.run_due()
    measures = {m.case_id: m for m in selectors.case_measures(stage.pilot)}
    assert measures[str(with_ai.pk)].handling_seconds == 120
    assert measures[str(before.pk)].handling_seconds == 300
    assert measures[str(before.pk)].response_hours is not None


def test_who_looked_away_is_not_counted_and_forgotten_after(stage: Stage) -> None:
    from pilotwerk.pilots.models import Sitting

    first, second = stage.proposed(2)
    services.case_open(**stage.by("clerk"), case=first)
    with clock.travel(MORNING + timedelta(hours=2)):
        services.case_open(**stage.by("clerk"), case=second)
        services.case_signal(**stage.by("clerk"), case=second)
    with clock.travel(MORNING + timedelta(hours=3)):
        stage.approve(second)
    lunch = Sitting.objects.get(case=first)
    assert (lunch.seconds, lunch.member) == (600, None)
    live = Sitting.objects.get(case=second)
    assert (live.seconds, live.member) == (60, None)


def test_a_case_nobody_opened_has_no_handling_time_instead_of_zero(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    [measure] = selectors.case_measures(stage.pilot)
    assert measure.handling_seconds is None


def test_everything_stands_in_the_audit_trail(stage: Stage) -> None:
    before = audit_state(stage.cast.organisation.pk).entries
    [case] = stage.proposed()
    stage.approve(case)
    stage.send()
    assert audit_state(stage.cast.organisation.pk).entries >= before + 6
