"""The law, the questions about a system, and what the recipes already answer: read from `data/`."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.governance.domain.law import Law, LawFile, Sources

DATA = Path(__file__).parent / "data"
SHORT = 12  # letters
LAW_FILES = ("ai_act.yaml", "gdpr.yaml", "labour.yaml")


class Option(Strict):
    """An answer that may be chosen."""

    value: str
    text: Text


class Question(Strict):
    """What we ask about a system. `many` allows several answers, or none of them."""

    id: str
    group: str
    kind: Literal["one", "many"]
    text: Text
    why: Text
    options: tuple[Option, ...]

    @property
    def is_short(self) -> bool:
        """Whether the answers fit side by side: yes and no without further words."""
        return self.kind == "one" and all(len(option.text.de) <= SHORT for option in self.options)


class Group(Strict):
    """Questions that belong together."""

    id: str
    title: Text


class Proposed(Strict):
    """An answer that follows from how a recipe is built, with its reason."""

    question: str
    answer: str
    because: Text


class Questions(Strict):
    """All questions in their order."""

    version: str
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    recipes: dict[str, tuple[Proposed, ...]]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        allowed = {question.id: {option.value for option in question.options} for question in self.questions}
        if len(allowed) != len(self.questions):
            raise ValueError("a question stands twice")
        groups = {group.id for group in self.groups}
        for question in self.questions:
            if question.group not in groups:
                raise ValueError(f"{question.id}: there is no group {question.group}")
        for recipe, proposals in self.recipes.items():
            for proposed in proposals:
                if proposed.answer not in allowed.get(proposed.question, set()):
                    raise ValueError(f"{recipe}: {proposed.question} does not allow {proposed.answer}")
        return self

    def by_id(self, question_id: str) -> Question | None:
        """The question, or None."""
        return next((question for question in self.questions if question.id == question_id), None)


def questions() -> Questions:
    """The questions in force."""
    return load(DATA / "questions.yaml", Questions)


@lru_cache(maxsize=1)
def law() -> Law:
    """All rules in force, checked against the questions and the sources."""
    files = [load(DATA / name, LawFile) for name in LAW_FILES]
    return Law(
        stages=tuple(stage for one in files for stage in one.stages),
        rules=tuple(rule for one in files for rule in one.rules),
        sources=load(DATA / "sources.yaml", Sources),
        questions={
            question.id: frozenset(option.value for option in question.options)
            for question in questions().questions
        },
    )
