"""Risk questions and templates of use cases, as they stand in data/."""

from datetime import date
from pathlib import Path

from pydantic import Field

from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.portfolio.domain.risk import RiskQuestion

DATA = Path(__file__).parent / "data"


class Option(Strict):
    """An answer with its points 0..100; `note` is shown when it is chosen, with the article it comes from."""

    id: str
    points: float = Field(ge=0, le=100)
    text: Text
    note: Text | None = None
    prohibited: bool = False


class AskedRisk(Strict):
    id: str
    text: Text
    options: tuple[Option, ...] = Field(min_length=2)

    def option(self, name: str | None) -> Option | None:
        """The option with this id, or None."""
        return next((option for option in self.options if option.id == name), None)


class RiskGroup(Strict):
    id: str
    title: Text
    questions: tuple[AskedRisk, ...]


class RiskCatalogue(Strict):
    version: str
    as_of: date
    groups: tuple[RiskGroup, ...]

    def questions(self) -> list[RiskQuestion]:
        """As the scoring rules take them."""
        return [
            RiskQuestion(question.id, group.id, {option.id: option.points for option in question.options})
            for group in self.groups
            for question in group.questions
        ]

    def prohibitions(self, answers: dict[str, str | None]) -> list[Text]:
        """Notes of chosen options that name a prohibited practice."""
        return [
            option.note or option.text
            for group in self.groups
            for question in group.questions
            if (option := question.option(answers.get(question.id))) and option.prohibited
        ]


class Template(Strict):
    """A starting point. `inputs`: low, likely, high; shares in percent, money in EUR, review in minutes."""

    id: str
    recipe: str
    name: Text
    description: Text
    inputs: dict[str, tuple[float, float, float]]


class Templates(Strict):
    version: str
    templates: tuple[Template, ...]

    def find(self, name: str) -> Template | None:
        """The template with this id, or None."""
        return next((template for template in self.templates if template.id == name), None)


def risk_catalogue() -> RiskCatalogue:
    """The risk questions, read once."""
    return load(DATA / "risk.yaml", RiskCatalogue)


def templates() -> Templates:
    """The templates, read once."""
    return load(DATA / "templates.yaml", Templates)
