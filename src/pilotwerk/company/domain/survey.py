"""The team survey: what may be shown of anonymous answers, and what may not (docs/adr/0014).

Answers are only ever kept as tallies, a count for each level of each question; who gave which answer is stored
nowhere. A round is published once, when it is closed, for the whole company and never for a part of it:

1. Nothing from fewer than ANSWERS_NEEDED known answers: not a round, not a dimension, not a question.
2. No means: of a question either that it divides the team, or in which of three bands its mean lies. These are so
   wide that behind each lie several sums of answers. Whoever knows their own answer cannot work out the sum of the
   other four, nor that all others agree (tried on all possible answers of 5 to 12 people in the tests).
3. Nothing by difference. A round is published only when, against every round published before, nobody has joined or
   at least ANSWERS_NEEDED have, and nobody has left or at least ANSWERS_NEEDED have.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.company.domain.readiness import Question

ANSWERS_NEEDED = 5
QUESTIONS_NEEDED = 3
"""A dimension's mean is shown over at least so many questions: over one it would add a band to "divided"."""
EDGES = (35.0, 65.0)
"""Points (0..100) at which the middle and the high band begin."""
DIVIDED_FROM = 40.0
"""Standard deviation in points from which a question divides the team (at most 50: half at each end)."""

Tallies = Mapping[str, Sequence[int]]
"""Question -> how often each level was answered, lowest first. "I do not know" is counted nowhere."""


class Withheld(StrEnum):
    """Why a closed round shows nothing."""

    FEW = "few"
    OVERLAP = "overlap"


class View(StrEnum):
    """What is shown of a question or a dimension."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"
    DIVIDED = "divided"


@dataclass(frozen=True, slots=True)
class Published:
    """What a round shows: a band for each dimension, and the questions. What has too few answers is left out."""

    respondents: int
    dimensions: Mapping[str, View]
    questions: Mapping[str, View]


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
    shown: dict[str, View] = {}
    for question in questions:
        counts = tallies.get(question.id, ())
        if sum(counts) < ANSWERS_NEEDED:
            continue
        mean, deviation = _moments(counts, question.top)
        shown[question.id] = View.DIVIDED if deviation >= DIVIDED_FROM else band(mean)
        means.setdefault(question.dimension, []).append(mean)
    dimensions = {
        name: band(sum(values) / len(values))
        for name, values in means.items()
        if len(values) >= QUESTIONS_NEEDED
    }
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


def band(mean: float) -> View:
    """The band of a mean (0..100)."""
    low, high = EDGES
    return View.LOW if mean < low else View.MIDDLE if mean < high else View.HIGH
