"""Conditions over facts, of which some are unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.governance.domain.conditions import Fact, evaluate, names, parse

FACTS: dict[str, Fact] = {"a": "yes", "b": None, "areas": frozenset({"hiring"}), "c": True}


@pytest.mark.parametrize(
    ("condition", "value", "missing"),
    [
        ('a == "yes"', True, set()),
        ('a != "yes"', False, set()),
        ('b == "yes"', None, {"b"}),
        ('a == "no" and b == "yes"', False, set()),
        ('a == "yes" and b == "yes"', None, {"b"}),
        ('a == "yes" or b == "yes"', True, set()),
        ('not (a == "no" or b == "yes")', None, {"b"}),
        ('"hiring" in areas', True, set()),
        ('"credit" not in areas and c', True, set()),
        ("True", True, set()),
    ],
)
def test_three_answers(condition: str, value: bool | None, missing: set[str]) -> None:
    truth = evaluate(condition, FACTS)
    assert (truth.value, set(truth.missing)) == (value, missing)


@pytest.mark.parametrize(
    "bad", ["__import__('os')", "a.b", "a + b", "a == 1", "a <", "a == b", "[x for x in a]"]
)
def test_nothing_else_is_a_condition(bad: str) -> None:
    with pytest.raises(ValueError, match="condition"):
        parse(bad)


def test_names_are_the_facts_asked_for() -> None:
    assert names('a == "x" and not ("y" in areas)') == {"a", "areas"}


@given(a=st.sampled_from(["yes", "no", None]), b=st.sampled_from(["yes", "no", None]))
def test_filling_in_an_unknown_never_turns_a_certain_answer(a: str | None, b: str | None) -> None:
    condition = 'a == "yes" and b != "no" or a == "no"'
    unsure = evaluate(condition, {"a": a, "b": b}).value
    for filled_a in [a] if a else ["yes", "no"]:
        for filled_b in [b] if b else ["yes", "no"]:
            sure = evaluate(condition, {"a": filled_a, "b": filled_b}).value
            assert unsure is None or unsure == sure
