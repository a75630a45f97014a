"""Several people answer the readiness check; what comes out tells about the company, not about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.company.domain.readiness import Answer, DimensionScore, Question, TooFew, readiness
from pilotwerk.core.results import CannotTell

QUESTIONS = [
    Question("s1", "strategy", 4),
    Question("s2", "strategy", 4),
    Question("d1", "data", 3),
    Question("d2", "data", 3),
]


def test_two_people_give_an_average_a_spread_and_a_weakest_spot() -> None:
    answers = [
        Answer("maren", "s1", 4),
        Answer("maren", "s2", 2),
        Answer("jana", "s1", 2),
        Answer("jana", "s2", 2),
        Answer("maren", "d1", 0),
        Answer("maren", "d2", 3),
        Answer("jana", "d1", 0),
        Answer("jana", "d2", None),
    ]
    result = readiness(QUESTIONS, answers)
    strategy, data = result.dimensions["strategy"], result.dimensions["data"]
    assert isinstance(strategy, DimensionScore)
    assert (strategy.mean, strategy.low, strategy.high) == (62.5, 50.0, 75.0)
    assert not strategy.disputed
    assert strategy.most_disputed is not None
    assert strategy.most_disputed.question == "s1"
    assert isinstance(data, DimensionScore)
    assert data.disputed
    assert data.unknown == 0.25
    assert data.weakest is not None
    assert data.weakest.question == "d1"
    assert result.weakest is data
    assert result.overall == pytest.approx((62.5 + 25) / 2)


def test_a_single_answer_is_shown_to_nobody() -> None:
    result = readiness(QUESTIONS, [Answer("maren", "s1", 4), Answer("jana", "s1", None)])
    strategy = result.dimensions["strategy"]
    assert isinstance(strategy, TooFew)
    assert (strategy.respondents, strategy.asked) == (1, 2)
    assert isinstance(result.overall, CannotTell)


def test_a_dimension_without_answers_is_unknown_and_not_zero() -> None:
    answers = [Answer(person, question, 2) for person in ("a", "b") for question in ("s1", "s2")]
    result = readiness(QUESTIONS, answers)
    assert isinstance(result.dimensions["data"], TooFew)
    assert isinstance(result.weakest, CannotTell)


def test_a_question_answered_by_one_person_stays_hidden_in_a_shown_dimension() -> None:
    answers = [Answer("a", "s1", 1), Answer("b", "s1", 2), Answer("a", "s2", 0)]
    strategy = readiness(QUESTIONS, answers).dimensions["strategy"]
    assert isinstance(strategy, DimensionScore)
    assert strategy.weakest is not None
    assert strategy.weakest.question == "s1"


def test_a_level_that_was_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.3"):
        readiness(QUESTIONS, [Answer("a", "d1", 4)])


levels = st.lists(st.integers(0, 3), min_size=2, max_size=6)


@given(levels, st.data())
def test_a_better_answer_never_lowers_the_result(first: list[int], data: st.DataObject) -> None:
    person = data.draw(st.integers(0, len(first) - 1))
    raised = list(first)
    raised[person] = data.draw(st.integers(first[person], 3))

    def mean(answers: list[int]) -> float:
        given_answers = [Answer(str(who), "d1", level) for who, level in enumerate(answers)]
        score = readiness([Question("d1", "data", 3)], given_answers).dimensions["data"]
        assert isinstance(score, DimensionScore)
        assert 0 <= score.low <= score.mean <= score.high <= 100
        return score.mean

    assert mean(first) <= mean(raised)
