"""Risk questions and typical use cases, as they stand in data/."""

import math
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field as Key
from pydantic import model_validator

from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.portfolio.domain.potential import INPUTS, SHARES
from pilotwerk.portfolio.domain.risk import RiskQuestion

DATA = Path(__file__).parent / "data"


class Option(Strict):
    """An answer with its points 0..100; `note` is shown when it is chosen, with the article it comes from."""

    id: str
    points: float = Key(ge=0, le=100)
    text: Text
    note: Text | None = None
    prohibited: bool = False


class AskedRisk(Strict):
    id: str
    text: Text
    options: tuple[Option, ...] = Key(min_length=2)

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


Three = tuple[float, float, float]


class Area(Strict):
    id: str
    title: Text


class Field(Strict):
    """Something that data can hold: a column with this `meaning` in an import, or with one of these words in its
    name. With neither, an import cannot show it.
    """

    id: str
    title: Text
    meaning: str = ""
    columns: tuple[str, ...] = ()


class Source(Strict):
    id: str
    title: Text
    url: str


class Hint(Strict):
    """A hint to the law with article, source and certainty (C certain, S supported, U open). No classification."""

    id: str
    article: Text
    source: str
    certainty: Literal["C", "S", "U"]
    text: Text


class Entry(Strict):
    """A typical use case. `inputs`: low, likely, high as the catalogue estimates them; shares in percent, money in
    EUR, minutes a case. `answers`: risk question -> usual option. `recipe` "other": not by Pilotwerk.
    """

    id: str = Key(max_length=20)
    area: str
    recipe: Literal["support", "leads", "stock", "reports", "other"]
    name: Text
    description: Text
    needs: tuple[str, ...] = Key(min_length=1)
    words: tuple[str, ...] = Key(min_length=1)
    risk: Text
    hints: tuple[str, ...] = Key(min_length=1)
    answers: dict[str, str]
    inputs: dict[str, Three]


class Catalogue(Strict):
    """All entries, with what they refer to. Wrong references and ranges stop the start."""

    version: str
    as_of: date
    areas: tuple[Area, ...]
    fields: tuple[Field, ...]
    sources: tuple[Source, ...]
    hints: tuple[Hint, ...]
    defaults: dict[str, Three]
    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _refers_to_what_is_there(self) -> Self:
        areas, fields = {one.id for one in self.areas}, {one.id for one in self.fields}
        hints, sources = {one.id for one in self.hints}, {one.id for one in self.sources}
        if unknown := {one.source for one in self.hints} - sources:
            raise ValueError(f"there are no sources {sorted(unknown)}")
        if len({one.id for one in self.entries}) < len(self.entries):
            raise ValueError("two entries have the same id")
        options = {
            question.id: {option.id for option in question.options}
            for group in risk_catalogue().groups
            for question in group.questions
        }
        for one in self.entries:
            if one.area not in areas or set(one.needs) - fields or set(one.hints) - hints:
                raise ValueError(f"{one.id} names an area, a field or a hint that is not there")
            for question, option in one.answers.items():
                if option not in options.get(question, set()):
                    raise ValueError(f"{one.id}: {question} has no option {option}")
            self._check_inputs(one)
        return self

    def _check_inputs(self, one: Entry) -> None:
        for name, (low, likely, high) in {**self.defaults, **one.inputs}.items():
            top = 100.0 if name in SHARES else math.inf
            if name not in INPUTS or not 0 <= low <= likely <= high <= top:
                raise ValueError(f"{one.id}: {name} is no input, or its range is not in order")
        if "automatable_share" not in one.inputs:
            raise ValueError(f"{one.id} names no share of cases")

    def find(self, name: str) -> Entry | None:
        """The entry with this id, or None."""
        return next((entry for entry in self.entries if entry.id == name), None)

    def field(self, name: str) -> Field:
        """The field with this id; KeyError for an unknown one."""
        return {one.id: one for one in self.fields}[name]

    def hints_of(self, entry: Entry) -> list[tuple[Hint, Source]]:
        """The hints of an entry, each with its source."""
        sources = {one.id: one for one in self.sources}
        return [(one, sources[one.source]) for one in self.hints if one.id in entry.hints]

    def inputs_of(self, entry: Entry) -> dict[str, Three]:
        """The catalogue's ranges for an entry, with the common ones."""
        return {**self.defaults, **entry.inputs}


def risk_catalogue() -> RiskCatalogue:
    """The risk questions, read once."""
    return load(DATA / "risk.yaml", RiskCatalogue)


def usecase_catalogue() -> Catalogue:
    """The typical use cases, read once."""
    return load(DATA / "usecases.yaml", Catalogue)
