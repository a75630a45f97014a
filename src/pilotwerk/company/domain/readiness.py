"""How ready a company is for AI: averages over several named respondents, never a single person's answer.

An answer is a level 0..top of a question, or None for "I do not know". Scores lie in 0..100
(level / top * 100). A person's score in a dimension is the mean of that person's known answers in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from pilotwerk.core.results import CannotTell

RESPONDENTS_NEEDED = 2
"""Averages are shown from this many people on, for a dimension and for each question."""

DISAGREEMENT_FROM = 40.0
"""Points between the lowest and the highest respondent from which a dimension counts as disputed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the highest level that can be answered (levels 0..top, top >= 1)."""

    id: str
    dimension: str
    top: int


class Answer(NamedTuple):
    """What one person answered: a level, or None for "I do not know"."""

    respondent: str
    question: str
    level: int | None


@dataclass(frozen=True, slots=True)
class TooFew(CannotTell):
    """Fewer people than needed answered with more than "I do not know". Nothing of their answers is shown."""

    respondents: int = 0
    asked: int = 0


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """Mean (0..100) and spread (0..100) of one question, over at least RESPONDENTS_NEEDED people."""

    question: str
    mean: float
    spread: float
    respondents: int


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """Mean, lowest and highest respondent (0..100). `unknown`: share (0..1) of "I do not know"."""

    dimension: str
    respondents: int
    mean: float
    low: float
    high: float
    unknown: float
    weakest: QuestionScore | None
    most_disputed: QuestionScore | None

    @property
    def disputed(self) -> bool:
        """The respondents see this very differently."""
        return self.high - self.low >= DISAGREEMENT_FROM


@dataclass(frozen=True, slots=True)
class Readiness:
    """All dimensions in their order, what was answered by how many, and the weakest dimension."""

    dimensions: Mapping[str, DimensionScore | TooFew]
    respondents: int
    overall: float | CannotTell
    weakest: DimensionScore | CannotTell


def readiness(questions: Iterable[Question], answers: Iterable[Answer]) -> Readiness:
    """Score the answers. Unknown questions and levels outside 0..top raise ValueError.

    `overall` and `weakest` need every dimension: an average over only some of them would mislead.
    """
    asked = tuple(questions)
    given = _checked(asked, answers)
    dimensions: dict[str, DimensionScore | TooFew] = {}
    for name in dict.fromkeys(question.dimension for question in asked):
        dimensions[name] = _dimension(name, [q for q in asked if q.dimension == name], given)
    scores = [score for score in dimensions.values() if isinstance(score, DimensionScore)]
    respondents = len({answer.respondent for answer in given})
    if len(scores) < len(dimensions) or not scores:
        open_ones = CannotTell("not every dimension has enough answers")
        return Readiness(dimensions, respondents, open_ones, open_ones)
    return Readiness(
        dimensions, respondents, fmean(score.mean for score in scores), min(scores, key=lambda s: s.mean)
    )


def _checked(asked: tuple[Question, ...], answers: Iterable[Answer]) -> list[Answer]:
    tops = {question.id: question.top for question in asked}
    given = list(answers)
    for answer in given:
        if answer.question not in tops:
            raise ValueError(f"unknown question {answer.question}")
        if answer.level is not None and not 0 <= answer.level <= tops[answer.question]:
            raise ValueError(f"{answer.question}: level {answer.level} is outside 0..{tops[answer.question]}")
    return given


def _dimension(name: str, questions: list[Question], given: list[Answer]) -> DimensionScore | TooFew:
    tops = {question.id: question.top for question in questions}
    mine = [answer for answer in given if answer.question in tops]
    by_person: dict[str, list[float]] = {}
    by_question: dict[str, list[float]] = {}
    for person, question, level in mine:
        if level is not None:
            points = 100.0 * level / tops[question]
            by_person.setdefault(person, []).append(points)
            by_question.setdefault(question, []).append(points)
    if len(by_person) < RESPONDENTS_NEEDED:
        asked = len({answer.respondent for answer in mine})
        return TooFew("too few people answered", len(by_person), asked)
    persons = [fmean(points) for points in by_person.values()]
    scores = [
        QuestionScore(question, fmean(points), max(points) - min(points), len(points))
        for question, points in by_question.items()
        if len(points) >= RESPONDENTS_NEEDED
    ]
    return DimensionScore(
        dimension=name,
        respondents=len(by_person),
        mean=fmean(persons),
        low=min(persons),
        high=max(persons),
        unknown=sum(answer.level is None for answer in mine) / len(mine),
        weakest=min(scores, key=lambda score: score.mean, default=None),
        most_disputed=max(
            (score for score in scores if score.spread > 0), key=lambda s: s.spread, default=None
        ),
    )
