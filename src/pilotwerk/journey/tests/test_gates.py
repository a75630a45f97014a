"""What may be signed at a gate."""

from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.journey.domain.gates import CheckResult, Decision, Objection, State, objections, summary, unmet

MET = CheckResult(State.MET, "2", "3")
OPEN = CheckResult(State.OPEN, "250", "58")
MISSED = CheckResult(State.NOT_MET, "7 of 7", "5 of 7")

results = st.dictionaries(st.text(min_size=1, max_size=5), st.sampled_from([MET, OPEN, MISSED]), max_size=6)


def test_all_met_needs_only_a_reason() -> None:
    assert objections(Decision.PASS, reason="Die Daten reichen.", results={"a": MET}, overridden={}) == []
    assert objections(Decision.PASS, reason="  ", results={"a": MET}, overridden={}) == [
        Objection("reason_missing")
    ]


def test_an_open_criterion_needs_a_reason_of_its_own() -> None:
    found = {"a": MET, "b": OPEN, "c": MISSED}
    assert objections(Decision.PASS, reason="ja", results=found, overridden={"b": "kommt am Montag"}) == [
        Objection("not_justified", "c")
    ]
    assert unmet(found) == ["b", "c"]


def test_a_gate_without_criteria_cannot_be_passed() -> None:
    assert not summary({}).complete
    assert objections(Decision.PASS, reason="ja", results={}, overridden={}) == [Objection("no_criteria")]


@given(found=results)
def test_holding_and_stopping_are_always_possible_with_a_reason(found: dict[str, CheckResult]) -> None:
    for decision in (Decision.HOLD, Decision.STOP):
        assert objections(decision, reason="weil", results=found, overridden={}) == []
        assert objections(decision, reason="", results=found, overridden={}) != []


@given(found=results)
def test_counts_add_up(found: dict[str, CheckResult]) -> None:
    counted = summary(found)
    assert counted.total == len(found)
    assert counted.complete == (bool(found) and not unmet(found))
