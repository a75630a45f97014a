"""Two people above the limits. Whether any path gets around them is in test_controls.py."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pilotwerk.core.errors import Refused
from pilotwerk.pilots import selectors, services
from pilotwerk.pilots.domain.autonomy_limits import Limit
from pilotwerk.pilots.domain.states import Arm, CaseState
from pilotwerk.pilots.models import Case, Decision, DecisionKind, Delivery, Pilot, Proposal
from pilotwerk.pilots.services.guards import register_guard, unregister_guard
from pilotwerk.pilots.tests.control import at_sample, released
from pilotwerk.pilots.tests.stage import PLAIN, Stage

pytestmark = pytest.mark.django_db

MUCH = PLAIN.replace("auf Dienstag", "auf Dienstag und erstatten Ihnen 2.500 Euro")


@pytest.fixture
def careful(stage: Stage) -> Stage:
    """Above 500 euro two people decide."""
    services.control_set(**stage.by("lead"), pilot=stage.pilot, amount_limit=Decimal(500))
    return stage


def costly(stage: Stage) -> Case:
    """A proposal that Kai has edited to a large amount and approved as the first person."""
    [case] = stage.proposed()
    services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(case), body=MUCH)
    case.refresh_from_db()
    return case


def gone(case: Case) -> bool:
    return Delivery.objects.filter(case=case).exists()


def test_the_first_approval_waits_and_the_second_person_lets_it_out(careful: Stage) -> None:
    case = costly(careful)
    assert case.state == CaseState.WAITING_SECOND
    careful.send()
    assert not gone(case)
    decision = services.case_approve(**careful.by("lead"), **careful.seen(case))
    assert (decision.kind, decision.actor_name) == (DecisionKind.EDIT, "Lena Leitung")
    careful.send()
    assert gone(case)
    kinds = list(selectors.decisions_of(case).values_list("kind", flat=True))
    assert kinds == ["first", "edit"]
    hashes = set(selectors.decisions_of(case).values_list("content_hash", flat=True))
    assert hashes == {Delivery.objects.get(case=case).content_hash}


def test_nobody_approves_twice_nor_their_own_edit(careful: Stage) -> None:
    case = costly(careful)
    with pytest.raises(Refused, match="zweite Person"):
        services.case_approve(**careful.by("clerk"), **careful.seen(case))
    services.case_give_back(**careful.by("clerk"), case=case, text="Doch noch einmal")
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    services.case_approve(**careful.by("lead"), **careful.seen(case))
    with pytest.raises(Refused, match="eigenen Text"):
        services.case_approve(**careful.by("clerk"), **careful.seen(case))
    services.case_approve(**careful.by("owner"), **careful.seen(case))
    careful.send()
    assert gone(case)


def test_whoever_changes_the_text_as_the_second_person_is_the_first_again(careful: Stage) -> None:
    case = costly(careful)
    changed = MUCH.replace("2.500", "9.500")
    decision = services.case_edit_and_approve(**careful.by("lead"), **careful.seen(case), body=changed)
    case.refresh_from_db()
    assert (decision.kind, case.state) == (DecisionKind.FIRST, CaseState.WAITING_SECOND)
    with pytest.raises(Refused):
        services.case_approve(**careful.by("lead"), **careful.seen(case))
    services.case_approve(**careful.by("clerk"), **careful.seen(case))
    careful.send()
    assert Delivery.objects.get(case=case).content_hash == careful.proposal(case).content_hash


def test_below_the_limit_one_person_is_enough(careful: Stage) -> None:
    [case] = careful.proposed()
    careful.approve(case)
    assert case.state == CaseState.APPROVED


def test_rejecting_and_answering_by_hand_does_not_get_around_it(careful: Stage) -> None:
    [case] = careful.proposed()
    services.case_reject(**careful.by("clerk"), **careful.seen(case), reason="content")
    services.case_answer_manually(**careful.by("clerk"), case=case, body=MUCH)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING_SECOND
    with pytest.raises(Refused, match="zweite Person"):
        services.case_answer_manually(**careful.by("lead"), case=case, body=PLAIN)
    services.case_approve(**careful.by("lead"), **careful.seen(case))
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED


def test_the_control_arm_has_the_same_rule(careful: Stage) -> None:
    case = careful.by_hand()
    services.case_answer_manually(**careful.by("clerk"), case=case, body=MUCH)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING_SECOND
    careful.send()
    assert not gone(case)


def test_relabelling_does_not_get_around_a_category_on_the_list(stage: Stage) -> None:
    services.control_set(**stage.by("lead"), pilot=stage.pilot, four_eyes_categories=["Termin"])
    [case] = stage.proposed()
    services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(case), body=PLAIN, category="Rechnung")
    case.refresh_from_db()
    assert case.state == CaseState.WAITING_SECOND


def test_complaints_legal_threats_and_low_confidence_ask_for_two(stage: Stage) -> None:
    services.control_set(
        **stage.by("lead"), pilot=stage.pilot, four_eyes_complaints=True, four_eyes_confidence=0.8
    )
    [case] = stage.proposed()
    assert selectors.limits_reached(case, stage.proposal(case)) == []
    Case.objects.filter(pk=case.pk).update(text="Mein Anwalt wird sich beschweren.", confidence=0.5)
    case.refresh_from_db()
    found = selectors.limits_reached(case, stage.proposal(case))
    assert found == [Limit.CONFIDENCE, Limit.COMPLAINT, Limit.LEGAL]


def test_a_guard_that_refuses_later_still_holds_back_what_was_approved(stage: Stage) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    register_guard("test.later", lambda one, proposal: (_ for _ in ()).throw(Refused("Später.")))
    try:
        stage.send()
    finally:
        unregister_guard("test.later")
    case.refresh_from_db()
    assert (case.state, gone(case)) == (CaseState.WAITING, False)


def test_limits_set_after_the_approval_hold_at_the_door(stage: Stage) -> None:
    [case] = stage.proposed()
    services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(case), body=MUCH)
    services.control_set(**stage.by("lead"), pilot=stage.pilot, amount_limit=Decimal(500))
    stage.send()
    case.refresh_from_db()
    assert (case.state, gone(case)) == (CaseState.WAITING, False)


def test_a_row_changed_between_both_approvals_is_not_sent(careful: Stage) -> None:
    case = costly(careful)
    seen = careful.seen(case)
    Proposal.objects.filter(case=case, revision=case.revision).update(body="Sie erhalten 99.000 Euro.")
    with pytest.raises(Refused, match="geändert"):
        services.case_approve(**careful.by("lead"), **seen)
    careful.send()
    assert not gone(case)


def test_a_stop_between_both_approvals_and_a_withdrawal_after_them_begin_anew(careful: Stage) -> None:
    case = costly(careful)
    services.pilot_stop(**careful.by("owner"), pilot=careful.pilot)
    with pytest.raises(Refused, match="läuft nicht"):
        services.case_approve(**careful.by("lead"), **careful.seen(case))
    services.pilot_resume(**careful.by("owner"), pilot=Pilot.objects.get(), reason="weiter")
    services.case_approve(**careful.by("lead"), **careful.seen(case))
    case.refresh_from_db()
    services.approval_withdraw(**careful.by("lead"), case=case)
    services.case_approve(**careful.by("owner"), **careful.seen(case))
    case.refresh_from_db()
    assert case.state == CaseState.WAITING_SECOND, "the approvals of before are void"


def test_nothing_above_the_limits_goes_out_by_itself(stage: Stage) -> None:
    at_sample(stage, share=0.01, four_eyes_categories=["Störung"])
    faults = [c for c in stage.receive(10, category="Störung") if c.arm == Arm.AI]
    released(stage)
    for case in faults:
        case.refresh_from_db()
        assert case.state == CaseState.WAITING


def test_bulk_takes_one_category_untouched_and_all_or_none(stage: Stage) -> None:
    first, second, edited = stage.proposed(3)
    fault = next(c for c in stage.receive(12, category="Störung") if c.arm == Arm.AI)
    services.case_edit_and_approve(**stage.by("clerk"), **stage.seen(edited), body=PLAIN)
    services.approval_withdraw(**stage.by("clerk"), case=edited)

    def item(case: Case) -> tuple[Case, int, str]:
        seen = stage.seen(case)
        return case, seen["revision"], seen["content_hash"]

    for wrong in ([first, fault], [first, edited], []):
        with pytest.raises(Refused):
            services.cases_approve(**stage.by("clerk"), items=[item(case) for case in wrong])
        first.refresh_from_db()
        assert first.state == CaseState.WAITING
    offered = [case for case, _proposal in selectors.bulk_offered(stage.pilot, "Termin")]
    assert {first, second} <= set(offered)
    assert edited not in offered
    assert len(services.cases_approve(**stage.by("clerk"), items=[item(first), item(second)])) == 2


def test_the_bulk_page_preselects_nothing_shows_the_list_and_asks_once_more(stage: Stage) -> None:
    first, second = stage.proposed(2)
    client, address = stage.cast.client("clerk"), stage.cast.organisation.url("pilots:together")
    page = client.get(address + "?category=Termin").content.decode()
    assert page.count('type="checkbox" name="item"') >= 2
    assert "checked" not in page.split("<main", 1)[1].split("</main", 1)[0]
    items = [f"{c.pk} {stage.proposal(c).revision} {stage.proposal(c).content_hash}" for c in (first, second)]
    shown = client.post(address + "?category=Termin", {"item": items}).content.decode()
    assert "Diese 2 Vorgänge freigeben?" in shown
    assert not Decision.objects.exists()
    client.post(stage.cast.organisation.url("pilots:together_approve"), {"item": items})
    assert Decision.objects.filter(kind="approve").count() == 2
    for wrong in (["x"], ["a b c"], []):
        assert client.post(address, {"item": wrong}).status_code == 422


def test_the_second_person_sees_who_approved_and_the_first_why_not_oneself(careful: Stage) -> None:
    case = costly(careful)
    address = careful.cast.organisation.url("pilots:case", pk=case.pk)
    mine = careful.cast.client("clerk").get(address).content.decode()
    assert "eine andere Person" in mine
    assert 'aria-disabled="true" aria-describedby="two"' in mine
    page = careful.cast.client("lead").get(address).content.decode()
    assert "Kai Sachbearbeiter" in page
    assert "Als zweite Person freigeben" in page
    proposal = careful.proposal(case)
    seen = {"revision": proposal.revision, "content_hash": proposal.content_hash, "body": proposal.body}
    careful.cast.client("lead").post(careful.cast.organisation.url("pilots:approve", pk=case.pk), seen)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
