"""The team survey: what may be shown of anonymous answers, and what may not (docs/adr/0014).

Answers are only ever kept as tallies, a count for each level of each question; who gave which answer is stored
nowhere. A round is published once, when it is closed, for the whole company and never for a part of it:

1. Nothing from fewer than ANSWERS_NEEDED known answers: not a round, not a dimension, not a question.
2. Means are rounded to STEP points and kept between STEP and 100 - STEP. So five equal answers look like four equal
   ones and a near one, and a mean says little about one more answer.
3. Nothing by difference. A round is published only when, against every round published before, nobody has joined or
   at least ANSWERS_NEEDED have, and nobody has left or at least ANSWERS_NEEDED have.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.company.domain.readiness import Question

ANSWERS_NEEDED = 5
STEP = 10
AGREED_TO, DIVIDED_FROM = 15.0, 30.0
"""Standard deviation in points up to which people agree, and from which a question divides them (at most 50)."""

Tallies = Mapping[str, Sequence[int]]
"""Question -> how often each level was answered, lowest first. "I do not know" is counted nowhere."""


class Agreement(StrEnum):
    """How far the answers to a question lie apart."""

    AGREED = "agreed"
    MIXED = "mixed"
    DIVIDED = "divided"


class Withheld(StrEnum):
    """Why a closed round shows nothing."""

    FEW = "few"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What is shown of a question: points in steps of STEP, and how far the answers lie apart."""

    points: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Published:
    """What a round shows. Questions and dimensions with too few known answers are left out."""

    respondents: int
    dimensions: Mapping[str, int]
    questions: Mapping[str, QuestionView]


def published(
    questions: Iterable[Question],
    tallies: Tallies,
    participants: Collection[str],
    earlier: Iterable[Collection[str]] = (),
) -> Published | Withheld:
    """What a closed round may show; `earlier` are the participants of the rounds published before."""
    if len(participants) < ANSWERS_NEEDED:
        return Withheld.FEW
    if not all(_safe(participants, before) for before in earlier):
        return Withheld.OVERLAP
    means: dict[str, list[float]] = {}
    shown: dict[str, QuestionView] = {}
    for question in questions:
        counts = tallies.get(question.id, ())
        if sum(counts) < ANSWERS_NEEDED:
            continue
        mean, deviation = _moments(counts, question.top)
        shown[question.id] = QuestionView(rounded(mean), _agreement(deviation))
        means.setdefault(question.dimension, []).append(mean)
    dimensions = {name: rounded(sum(values) / len(values)) for name, values in means.items()}
    return Published(len(participants), dimensions, shown)


def _safe(now: Collection[str], before: Collection[str]) -> bool:
    joined, left = len(set(now) - set(before)), len(set(before) - set(now))
    return all(count == 0 or count >= ANSWERS_NEEDED for count in (joined, left))


def _moments(counts: Sequence[int], top: int) -> tuple[float, float]:
    """Mean and standard deviation of the points 0..100."""
    total = sum(counts)
    points = [100 * level / top for level in range(len(counts))]
    mean = sum(count * value for count, value in zip(counts, points, strict=True)) / total
    square = sum(count * (value - mean) ** 2 for count, value in zip(counts, points, strict=True)) / total
    return mean, math.sqrt(square)


def rounded(mean: float) -> int:
    """A mean (0..100) as it is shown: to the next STEP, never 0 and never 100."""
    return min(max(math.floor((mean + STEP / 2) / STEP) * STEP, STEP), 100 - STEP)


def _agreement(deviation: float) -> Agreement:
    if deviation >= DIVIDED_FROM:
        return Agreement.DIVIDED
    return Agreement.AGREED if deviation <= AGREED_TO else Agreement.MIXED
