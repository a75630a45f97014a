"""Risk of a use case, 0 (low) to 100 (high), from answered questions.

Four groups: data quality, data protection, AI Act hint, team readiness. A group has the points of its worst
answer (0..100). The whole is the mean of two figures: the mean of the groups and the worst group. A plain mean
would hide one grave risk among harmless ones. An open question counts 0 at the low end, 50 as likely and 100 at
the high end, so that not knowing widens the range. The AI Act group is a hint for choosing; the classification
itself is made in the register.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pilotwerk.portfolio.domain.ranges import Range, highest, total

OPEN = Range(0.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    """A question of a group with the points (0..100) of each option."""

    id: str
    group: str
    points: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Risk:
    """Points 0..100: the whole, each group, and the ids of the questions that are still open."""

    score: Range
    groups: Mapping[str, Range]
    unanswered: tuple[str, ...]

    @property
    def largest(self) -> str:
        """The group with the highest likely points (the first of several)."""
        return max(self.groups, key=lambda group: self.groups[group].likely)


def risk(questions: Iterable[RiskQuestion], answers: Mapping[str, str | None]) -> Risk:
    """Score the answers (question id -> option; None or absent: open). Unknown option: ValueError."""
    asked = tuple(questions)
    if not asked:
        raise ValueError("risk() needs questions")
    points: dict[str, list[Range]] = {}
    unanswered = []
    for question in asked:
        answer = answers.get(question.id)
        if answer is None:
            unanswered.append(question.id)
            scored = OPEN
        elif answer in question.points:
            scored = Range.exactly(question.points[answer])
        else:
            raise ValueError(f"{question.id}: there is no option {answer}")
        points.setdefault(question.group, []).append(scored)
    groups = {group: highest(scored) for group, scored in points.items()}
    mean, worst = total(groups.values()) / len(groups), highest(groups.values())
    return Risk(((mean + worst) / 2).clamped(0, 100), groups, tuple(unanswered))
