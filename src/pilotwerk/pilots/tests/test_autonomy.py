"""Levels: how they rise by evidence and two signatures, what goes out by itself, and how they fall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from pilotwerk.audit.selectors import state as audit_state
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import selectors, services
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.domain.states import Arm, CaseState
from pilotwerk.pilots.models import Case, Decision, DecisionKind, Delivery, LevelPeriod, Pilot, Proposal
from pilotwerk.pilots.services.autonomy import by_itself_allowed
from pilotwerk.pilots.tests.control import (
    LOW_BOUND,
    approved_unchanged,
    at_sample,
    classified,
    promoted,
    released,
)
from pilotwerk.pilots.tests.stage import MORNING, PLAIN, Stage

pytestmark = pytest.mark.django_db


def test_without_anything_set_a_person_decides_about_each_proposal_as_before(stage: Stage) -> None:
    [case] = stage.proposed()
    released(stage)
    case.refresh_from_db()
    assert (case.state, case.level, case.sampled) == (CaseState.WAITING, "suggest", None)
    decision = services.case_approve(**stage.by("clerk"), **stage.seen(case))
    assert (decision.level, decision.agreed) == ("suggest", True)
    found = selectors.standing(stage.pilot)
    assert (found.level, found.evidence.cases, found.offered) == (Level.SUGGEST, 1, False)


def test_edits_and_rejections_are_disagreement_and_a_withdrawn_approval_is_nothing(stage: Stage) -> None:
    kept, edited, rejected, withdrawn = stage.proposed(4)
    services.case_approve(**stage.by("clerk"), **stage.seen(kept))
    stage.approve(edited)
    services.case_reject(**stage.by("clerk"), **stage.seen(rejected), reason="content")
    services.case_answer_manually(**stage.by("clerk"), case=rejected, body=PLAIN)
    services.case_approve(**stage.by("clerk"), **stage.seen(withdrawn))
    services.approval_withdraw(**stage.by("clerk"), case=withdrawn)
    evidence = selectors.standing(stage.pilot).evidence
    assert (evidence.agreed, evidence.cases) == (1, 3)


def test_a_level_rises_only_on_evidence_and_by_two_different_people(stage: Stage) -> None:
    classified(stage)
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND)
    with pytest.raises(Refused, match="zeigen"):
        services.promotion_sign(**stage.by("lead"), pilot=stage.pilot)
    approved_unchanged(stage, 12)
    offer = services.promotion_sign(**stage.by("lead"), pilot=stage.pilot)
    assert offer.figures["cases"] == 12
    with pytest.raises(Refused, match="zweite Person"):
        services.promotion_confirm(**stage.by("lead"), pilot=stage.pilot, promotion=offer)
    assert selectors.standing(stage.pilot).level is Level.SUGGEST
    before = audit_state(stage.cast.organisation.pk).entries
    period = services.promotion_confirm(**stage.by("owner"), pilot=stage.pilot, promotion=offer)
    assert (period.level, period.first_name, period.second_name) == ("sample", "Lena Leitung", "Gerda Chefin")
    assert audit_state(stage.cast.organisation.pk).entries == before + 1
    with pytest.raises(Refused, match="geschlossen"):
        services.promotion_confirm(**stage.by("owner"), pilot=stage.pilot, promotion=offer)


def test_the_evidence_must_still_hold_at_the_second_signature(stage: Stage) -> None:
    classified(stage)
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND)
    Pilot.objects.update(stop_rules=[])
    approved_unchanged(stage, 10)
    offer = services.promotion_sign(**stage.by("lead"), pilot=stage.pilot)
    for case in stage.proposed(8):
        services.case_reject(**stage.by("clerk"), **stage.seen(case), reason="content")
    with pytest.raises(Refused, match="zeigen"):
        services.promotion_confirm(**stage.by("owner"), pilot=stage.pilot, promotion=offer)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"annex_iii": ["personnel"]}, "Risiko"),
        ({"automated_decision": "yes"}, "Person"),
        ({"profiling": "yes"}, "Person"),
        ({"automated_decision": None}, "Person"),
        ({"contact": "human_sends"}, "jeden Vorgang"),
    ],
)
def test_the_ai_register_forbids_a_level_without_people(
    stage: Stage, changed: dict[str, Any], why: str
) -> None:
    classified(stage, **changed)
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND)
    approved_unchanged(stage, 12)
    assert selectors.standing(stage.pilot).shown
    with pytest.raises(Refused, match=why):
        services.promotion_sign(**stage.by("lead"), pilot=stage.pilot)


def test_without_a_system_in_the_register_nothing_goes_out_by_itself(stage: Stage) -> None:
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND)
    approved_unchanged(stage, 12)
    with pytest.raises(Refused, match="KI-Register"):
        services.promotion_sign(**stage.by("lead"), pilot=stage.pilot)


def test_at_sample_the_drawn_wait_for_a_person_and_the_rest_goes_out_under_the_programs_name(
    stage: Stage,
) -> None:
    at_sample(stage)
    agreed_before = Decision.objects.filter(agreed=True).count()
    cases = stage.proposed(12)
    released(stage)
    for case in cases:
        case.refresh_from_db()
        assert case.level == "sample"
        assert case.state == (CaseState.WAITING if case.sampled else CaseState.APPROVED)
    out = [case for case in cases if not case.sampled]
    assert 0 < len(out) < 12
    decision = Decision.objects.get(case=out[0])
    assert (decision.kind, decision.actor_id, decision.agreed) == (DecisionKind.AUTO, "autonomy", None)
    assert decision.content_hash == stage.proposal(out[0]).content_hash
    assert Decision.objects.filter(agreed=True).count() == agreed_before
    stage.send()
    assert Delivery.objects.filter(case=out[0], state="sent").exists()
    assert selectors.pilot_summary(stage.pilot).decided == 12, "only what people decided"
    sent, covered = selectors.approval_coverage(stage.pilot)
    assert sent == covered


def test_the_database_refuses_to_count_the_program_as_a_person(stage: Stage) -> None:
    at_sample(stage)
    stage.proposed(8)
    released(stage)
    decision = Decision.objects.filter(kind=DecisionKind.AUTO).first()
    assert decision is not None
    for wrong in ({"agreed": True}, {"actor_id": "somebody"}, {"kind": DecisionKind.APPROVE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**wrong)


def test_the_draw_of_the_sample_can_be_checked_and_is_the_same_for_both_arms(stage: Stage) -> None:
    from pilotwerk.pilots.domain.assignment import commitment, draw

    control = services.control_set(**stage.by("lead"), pilot=stage.pilot, sample_share=0.3)
    assert commitment(control.seed) == control.seed_commitment
    for case in stage.receive(20):
        assert case.sampled is (draw(control.seed, f"sample:{case.key}") < 0.3)
    assert {c.arm for c in Case.objects.filter(sampled=True)} <= {Arm.AI.value, Arm.CONTROL.value}


def test_quality_falls_and_the_level_goes_back_at_once_with_everything_that_was_on_its_way(
    stage: Stage,
) -> None:
    at_sample(stage)
    waiting: list[Case] = []
    while len(waiting) < 8:
        waiting += [case for case in stage.proposed(6) if case.sampled]
    released(stage)
    on_the_way = Case.objects.filter(state=CaseState.APPROVED.value, decisions__kind=DecisionKind.AUTO)
    assert on_the_way.exists()
    ids = list(on_the_way.values_list("pk", flat=True))
    with clock.travel(MORNING + timedelta(seconds=30)):
        rejected = 0
        while selectors.standing(stage.pilot).level is Level.SAMPLE:
            services.case_reject(**stage.by("clerk"), **stage.seen(waiting[rejected]), reason="content")
            rejected += 1
    period = selectors.standing(stage.pilot).period
    assert period is not None
    assert (period.level, period.cause) == ("suggest", "fall")
    assert rejected == 6, "six disagreements in a row are enough at any bound"
    assert period.figures["cases"] >= 6
    for case in Case.objects.filter(pk__in=ids):
        assert (case.state, case.level) == (CaseState.WAITING, "suggest")
    stage.send()
    assert not Delivery.objects.filter(case_id__in=ids).exists()
    assert selectors.fallen_recently(stage.pilot) == period
    assert selectors.standing(stage.pilot).evidence.cases == 0, "evidence begins anew"
    assert selectors.standing(stage.pilot).error == pytest.approx(0.025), "and must be stronger"


def test_bad_quality_samples_lower_the_automatic_level(stage: Stage) -> None:
    at_sample(stage, share=0.9)
    approved_unchanged(stage, 16)
    assert promoted(stage).level == "automatic"
    cases = stage.proposed(8)
    released(stage)
    stage.send()
    for case in cases[:6]:
        case.refresh_from_db()
        services.quality_check(**stage.by("lead"), case=case, ok=False)
    assert selectors.standing(stage.pilot).level is Level.SUGGEST


def test_the_kill_switch_stops_what_goes_out_by_itself(stage: Stage) -> None:
    at_sample(stage)
    cases = stage.proposed(10)
    released(stage)
    on_the_way = [c.pk for c in cases if not c.sampled]
    services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot)
    late = next(c for c in cases if c.sampled)
    assert services.case_release(organisation=stage.cast.organisation, case=late) is None
    stage.send()
    assert not Delivery.objects.filter(case_id__in=on_the_way).exists()
    assert set(Case.objects.filter(pk__in=on_the_way).values_list("state", flat=True)) == {"stopped"}


def test_a_register_that_changes_its_mind_holds_back_what_has_not_gone(stage: Stage) -> None:
    at_sample(stage)
    cases = stage.proposed(10)
    released(stage)
    with clock.travel(MORNING + timedelta(seconds=30)):
        classified(stage, annex_iii=["personnel"])
        assert not any(by_itself_allowed(case) for case in cases)
    stage.send()
    assert not Delivery.objects.filter(case__in=cases).exists()


def test_any_decider_lowers_a_level_with_a_reason_and_nobody_raises_it_this_way(stage: Stage) -> None:
    at_sample(stage)
    with pytest.raises(Refused, match="warum"):
        services.level_lower(**stage.by("clerk"), pilot=stage.pilot, level=Level.SUGGEST, reason=" ")
    with pytest.raises(Refused, match="zwei"):
        services.level_lower(**stage.by("clerk"), pilot=stage.pilot, level=Level.AUTOMATIC, reason="x")
    with clock.travel(MORNING + timedelta(minutes=1)):
        services.level_lower(**stage.by("clerk"), pilot=stage.pilot, level=Level.SHADOW, reason="Neue Preise")
    history = list(selectors.levels_history(stage.pilot))
    assert [(one.level, one.ended_at is None) for one in history] == [("shadow", True), ("sample", False)]


def test_the_bound_cannot_fall_under_a_signed_level(stage: Stage) -> None:
    at_sample(stage)
    with pytest.raises(Refused, match="zuerst die Stufe"):
        services.control_set(**stage.by("lead"), pilot=stage.pilot, sample_share=0.1)
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=0.7)


def test_in_the_shadow_nobody_sees_the_proposal_and_agreement_is_measured_blind(stage: Stage) -> None:
    services.level_lower(**stage.by("lead"), pilot=stage.pilot, level=Level.SHADOW, reason="Erst messen")
    same, other = [c for c in stage.receive(12) if c.arm == Arm.AI][:2]
    for case in (same, other):
        assert (case.state, case.by_hand, case.category) == (CaseState.WAITING_MANUAL, True, "")
        assert Proposal.objects.filter(case=case).exists()
        draft = selectors.draft_of(case)
        assert (draft.body, draft.model, draft.proposal) == ("", None, None)
        proposal = Proposal.objects.get(case=case)
        with pytest.raises(Refused):
            services.case_approve(
                **stage.by("clerk"), case=case, revision=1, content_hash=proposal.content_hash
            )
        for page in ("case", "record"):
            url = stage.cast.organisation.url(f"pilots:{page}", pk=case.pk)
            text = stage.cast.client("clerk").get(url).content.decode()
            assert "gern verschieben" not in text
            assert "sicher." not in text
    first = services.case_answer_manually(**stage.by("clerk"), case=same, body=PLAIN, category="Termin")
    second = services.case_answer_manually(**stage.by("clerk"), case=other, body=PLAIN, category="Störung")
    assert (first.agreed, second.agreed, first.level) == (True, False, "shadow")
    evidence = selectors.standing(stage.pilot).evidence
    assert (evidence.agreed, evidence.cases) == (1, 2)


def test_a_category_has_its_own_level_and_its_own_evidence(stage: Stage) -> None:
    services.control_set(**stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND, sample_share=0.01)
    classified(stage)
    approved_unchanged(stage, 12)
    assert selectors.standing(stage.pilot, "Termin").evidence.cases == 12
    assert selectors.standing(stage.pilot, "Störung").evidence.cases == 0
    promoted(stage, "Termin")
    appointment = next(c for c in stage.proposed(3) if not c.sampled)
    fault = next(c for c in stage.receive(12, category="Störung") if c.arm == Arm.AI)
    released(stage)
    appointment.refresh_from_db()
    fault.refresh_from_db()
    assert (appointment.level, appointment.state) == ("sample", "approved")
    assert (fault.level, fault.state) == ("suggest", "waiting")


def test_relabelling_a_case_does_not_hide_the_disagreement_of_its_category(stage: Stage) -> None:
    [case] = stage.proposed()
    services.case_edit_and_approve(
        **stage.by("clerk"), **stage.seen(case), body=stage.proposal(case).body, category="Rechnung"
    )
    assert selectors.standing(stage.pilot, "Termin").evidence == selectors.standing(stage.pilot).evidence
    assert selectors.standing(stage.pilot, "Termin").evidence.agreed == 0


def test_another_organisations_offer_is_not_there(stage: Stage) -> None:
    at_sample(stage)
    assert not LevelPeriod.objects.of(stage.cast.other).exists()
    url = f"/o/{stage.cast.other.slug}/pilots/autonomy/"
    assert stage.cast.client("lead").get(url).status_code == 404
