"""The rules of a pilot, told without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain import assignment, content, editing, handling, stop_rules
from pilotwerk.pilots.domain.states import (
    FINAL,
    MOVES,
    Arm,
    CaseEvent,
    CaseState,
    PilotState,
    allowed,
    events_from,
)

DRAFT = "Guten Tag Frau Wulff,\n\nDonnerstag, 9 bis 11 Uhr passt. Die Anfahrt ist enthalten.\n"


def test_nothing_reaches_execution_without_a_decision() -> None:
    assert MOVES[CaseEvent.CLAIM].sources == {CaseState.APPROVED, CaseState.ANSWERED}
    into_approved = {e for e, m in MOVES.items() if m.target is CaseState.APPROVED}
    assert into_approved == {CaseEvent.APPROVE, CaseEvent.RETRY_PROPOSAL}
    retried_from = MOVES[CaseEvent.RETRY_PROPOSAL].sources
    assert retried_from == {CaseState.EXECUTING, CaseState.FAILED, CaseState.OUTCOME_UNKNOWN}


def test_a_stopped_pilot_lets_nothing_out_but_still_learns_what_arrived() -> None:
    for event in (CaseEvent.APPROVE, CaseEvent.ANSWER, CaseEvent.CLAIM, CaseEvent.PROPOSE):
        source = next(iter(MOVES[event].sources))
        assert allowed(event, source, PilotState.RUNNING)
        assert not allowed(event, source, PilotState.STOPPED)
    assert allowed(CaseEvent.DELIVERED, CaseState.EXECUTING, PilotState.STOPPED)


def test_every_state_can_be_left_and_done_only_where_the_answer_came_back() -> None:
    for state in CaseState:
        left = events_from(state, PilotState.RUNNING)
        assert left == {CaseEvent.BOUNCE} if state in FINAL else left - {CaseEvent.BOUNCE}


def test_assignment_is_fair_repeatable_and_checkable_after_the_seed_is_published() -> None:
    seed = assignment.seed_new()
    committed = assignment.commitment(seed)
    arms = {f"V-{i}": assignment.arm_for(seed, f"V-{i}", 0.7) for i in range(4000)}
    share = sum(arm is Arm.AI for arm in arms.values()) / len(arms)
    assert abs(share - 0.7) < 0.04
    holds = assignment.assignment_holds
    assert all(holds(seed=seed, committed=committed, key=k, share=0.7, arm=a) for k, a in arms.items())
    other = Arm.CONTROL if arms["V-1"] is Arm.AI else Arm.AI
    assert not holds(seed=seed, committed=committed, key="V-1", share=0.7, arm=other)
    late = assignment.seed_new()
    late_arm = assignment.arm_for(late, "V-1", 0.7)
    assert not holds(seed=late, committed=committed, key="V-1", share=0.7, arm=late_arm)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        assignment.arm_for("00", "V-1", share)


def test_all_or_nothing_shares_are_exact() -> None:
    seed = assignment.seed_new()
    assert {assignment.arm_for(seed, str(i), 1.0) for i in range(200)} == {Arm.AI}
    assert {assignment.arm_for(seed, str(i), 0.0) for i in range(200)} == {Arm.CONTROL}


def test_the_hash_names_the_content_not_its_spelling_in_memory() -> None:
    one = {"category": "Termin", "body": "Grüße"}
    assert content.content_hash(one) == content.content_hash(dict(reversed(one.items())))
    assert content.content_hash(one) != content.content_hash({**one, "body": "Grüsse"})
    with pytest.raises(ValueError, match="Out of range"):
        content.canonical({"x": float("nan")})


def test_what_a_browser_does_to_line_ends_is_no_edit() -> None:
    sent_back = DRAFT.replace("\n", "\r\n") + "\r\n"
    assert content.normalised(sent_back) == content.normalised(DRAFT)


def test_an_untouched_text_has_distance_zero_and_a_new_one_distance_one() -> None:
    assert editing.distance(DRAFT, DRAFT) == 0
    assert editing.distance("", "") == 0
    assert editing.distance("eins zwei", "drei vier fünf") == 1
    assert 0 < editing.distance(DRAFT, DRAFT.replace("9 bis 11", "15 bis 17")) < 0.2


def test_two_changes_are_counted_and_shown_in_their_lines() -> None:
    after = DRAFT.replace("9 bis 11", "15 bis 17").replace("enthalten.", "enthalten. Es kostet nichts.")
    lines = editing.changed_lines(DRAFT, after)
    assert len(lines) == 1
    assert [(p.kind, p.text) for p in lines[0] if p.kind != "same"] == [
        ("del", "9"),
        ("ins", "15"),
        ("del", "11"),
        ("ins", "17"),
        ("ins", " Es kostet nichts."),
    ]
    assert editing.changes("Termin am Montag früh", "Termin am Dienstag spät") == 1


@given(st.text(alphabet="ab .\nä", max_size=40), st.text(alphabet="ab .\nä", max_size=40))
def test_a_diff_always_contains_both_texts(before: str, after: str) -> None:
    pieces = editing.word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "ins") == before
    assert "".join(p.text for p in pieces if p.kind != "del") == after
    assert 0 <= editing.distance(before, after) <= 1


def test_lunch_is_not_handling_time_and_never_opened_is_not_zero() -> None:
    start = datetime(2026, 11, 17, 10, tzinfo=UTC)
    assert handling.gap_seconds(start, start + timedelta(minutes=3)) == 180
    assert handling.gap_seconds(start, start + timedelta(hours=1)) == 600
    assert handling.gap_seconds(start, start + timedelta(hours=1), live=True) == 60
    assert handling.case_seconds([]) is None
    assert handling.case_seconds([100.0, 50.0]) == 150
    assert handling.case_seconds([600.0] * 20) == 7200
    assert handling.gap_seconds(start, start - timedelta(seconds=5)) == 0


def test_a_stop_rule_waits_for_enough_decisions_and_then_trips() -> None:
    rule = stop_rules.StopRule(stop_rules.RuleKind.REJECTED, limit=0.3, window=10, minimum=5)
    early = stop_rules.read(rule, [True] * 4)
    assert isinstance(early.share, CannotTell)
    assert not early.tripped
    assert early.missing == 1
    assert not stop_rules.read(rule, [True] * 3 + [False] * 7).tripped
    late = stop_rules.read(rule, [True] * 4 + [False] * 6 + [True] * 50)
    assert late.tripped
    assert (late.bad, late.of) == (4, 10)


def test_stop_rules_survive_the_database_and_nonsense_is_refused() -> None:
    assert stop_rules.from_plain(stop_rules.to_plain(stop_rules.DEFAULTS)) == list(stop_rules.DEFAULTS)
    found = stop_rules.readings(stop_rules.DEFAULTS, {stop_rules.RuleKind.NOT_DELIVERED: [True] * 5})
    tripped = stop_rules.first_tripped(found)
    assert tripped is not None
    assert tripped.rule.kind is stop_rules.RuleKind.NOT_DELIVERED
    for limit, minimum in ((0.0, 5), (1.0, 5), (0.5, 40), (0.5, 0)):
        with pytest.raises(ValueError, match="must lie"):
            stop_rules.StopRule(stop_rules.RuleKind.REJECTED, limit=limit, window=10, minimum=minimum)
