"""The hand-written pieces: situations, ways of writing, names. Read from `data/*.yaml` and checked."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from pilotwerk.core.catalogue import Strict

DATA = Path(__file__).parent / "data"
CATEGORIES = ("Termin", "Störung", "Rechnung", "Angebot", "Ersatzteil", "Vertrag", "Sonstiges")
_FILES = ("termin", "stoerung", "rechnung", "angebot", "ersatzteil", "vertrag", "sonstiges", "unklar")


class Situation(Strict):
    """One thing that customers write about, with everything that can be said and answered."""

    id: str
    weight: float
    devices: str | None = None
    season: Literal["cold", "warm"] | None = None
    mood: Literal["angry"] | None = None
    subject: list[str] = Field(min_length=2)
    says: list[str] = Field(min_length=3)
    more: list[str] = Field(min_length=2)
    asks: list[str] = Field(min_length=2)
    short: list[str] = Field(min_length=2)
    answers: list[str] = Field(min_length=1)
    labels: dict[str, float] | None = Field(default=None, alias="as")  # how people file it, if not clear


class Minutes(Strict):
    """Handling time: median in minutes and standard deviation of its logarithm."""

    median: float
    spread: float


class Topic(Strict):
    """All situations of one category."""

    category: str | None
    share: float
    minutes: Minutes
    team: str
    situations: list[Situation]


class Style(Strict):
    """How people write: shares of the styles, greetings, closings, remarks between the lines."""

    styles: dict[str, float]
    greetings: dict[str, list[str]]
    closings: dict[str, list[str]]
    remarks: dict[str, list[str]]
    joins: list[str]
    forwards: list[str]
    reply_greetings: list[str]
    reply_closings: list[str]


class Names(Strict):
    """Names of people, streets, devices that do not exist in this combination."""

    women: list[str]
    men: list[str]
    families: list[str]
    firms: list[str]
    streets: list[str]
    places: list[str]
    fitters: list[str]
    rooms: list[str]
    since: list[str]
    flats: list[str]
    types: list[str]
    errors: list[str]
    devices: dict[str, list[list[str]]]


def _read(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


@cache
def topics() -> tuple[Topic, ...]:
    """The categories with their situations; the last one holds what nobody can file for sure."""
    return tuple(Topic.model_validate(_read(name)) for name in _FILES)


@cache
def style() -> Style:
    """Ways of writing."""
    return Style.model_validate(_read("stil"))


@cache
def names() -> Names:
    """Names and devices."""
    return Names.model_validate(_read("namen"))
