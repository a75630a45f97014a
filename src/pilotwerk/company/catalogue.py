"""The readiness check as it stands in data/readiness.yaml."""

from pathlib import Path

from pydantic import Field

from pilotwerk.company.domain.readiness import Question
from pilotwerk.core.catalogue import Strict, Text, load

PATH = Path(__file__).parent / "data" / "readiness.yaml"


class AskedQuestion(Strict):
    """A question with its levels, from the lowest to the highest."""

    id: str
    text: Text
    levels: tuple[Text, ...] = Field(min_length=4, max_length=5)

    @property
    def slug(self) -> str:
        """The id as a form field's name."""
        return self.id.replace(".", "_")


class Dimension(Strict):
    """One of the six dimensions. `weak` says what to do next where it is weak."""

    id: str
    title: Text
    about: Text
    weak: Text
    questions: tuple[AskedQuestion, ...] = Field(min_length=1)


class Check(Strict):
    version: str
    dimensions: tuple[Dimension, ...]

    def questions(self) -> list[Question]:
        """As the scoring rules take them."""
        return [
            Question(question.id, dimension.id, len(question.levels) - 1)
            for dimension in self.dimensions
            for question in dimension.questions
        ]

    def dimension(self, name: str) -> Dimension | None:
        """The dimension with this id, or None."""
        return next((dimension for dimension in self.dimensions if dimension.id == name), None)

    def question_text(self, name: str) -> Text:
        """The text of a question; KeyError for an unknown id."""
        for dimension in self.dimensions:
            for question in dimension.questions:
                if question.id == name:
                    return question.text
        raise KeyError(name)


def check() -> Check:
    """The readiness check, read once."""
    return load(PATH, Check)
