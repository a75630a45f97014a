"""What a report is about: the time column, the measures, the dimensions, and how long a period is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.stock.periods import Frequency

MOST_DIMENSIONS = 2
MOST_MEASURES = 5


class Kind(StrEnum):
    """How the rows of a period become one figure."""

    SUM = "sum"
    COUNT = "count"
    MEAN = "mean"
    SHARE = "share"
    MEDIAN = "median"


_LABELS = {
    Kind.SUM: ("{name}", "{name}"),
    Kind.COUNT: ("{name}", "{name}"),
    Kind.MEAN: ("{name} im Mittel", "Mean {name}"),
    Kind.MEDIAN: ("{name} im Median", "Median {name}"),
    Kind.SHARE: ("Anteil „{value}“ bei {name}", "Share of “{value}” in {name}"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of each period. `column` is empty for the number of rows; `value` is what a share counts.

    `name` is what people call it and stays as it is in both languages, `unit` "" or what stands behind the number,
    `decimals` how many are shown (of a share: of its percentage).
    """

    kind: Kind
    column: str = ""
    value: str = ""
    name: str = ""
    unit: str = ""
    decimals: int = 0

    @property
    def key(self) -> str:
        return ":".join((self.kind.value, self.column, self.value))

    @property
    def additive(self) -> bool:
        """Whether the figures of the parts add up to the whole."""
        return self.kind in (Kind.SUM, Kind.COUNT)

    def label(self, language: str) -> str:
        """The name in a sentence or a table, in "de" or "en"."""
        name = self.name or self.column
        if not name:
            name = "Anzahl Zeilen" if language == "de" else "Number of rows"
        return _LABELS[self.kind][0 if language == "de" else 1].format(name=name, value=self.value)


@dataclass(frozen=True, slots=True)
class Spec:
    """A report that recurs. `guessed` says of each part that no person chose why it was taken."""

    title: str
    time: str
    measures: tuple[Measure, ...]
    dimensions: tuple[str, ...]
    frequency: Frequency
    zone: str = "Europe/Berlin"
    guessed: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.frequency is Frequency.DAY:
            raise BadInput("A report is about weeks or months.")
        if not 1 <= len(self.measures) <= MOST_MEASURES:
            raise BadInput(f"A report has 1 to {MOST_MEASURES} measures.")
        if len(self.dimensions) > MOST_DIMENSIONS:
            raise BadInput(f"A report has at most {MOST_DIMENSIONS} dimensions.")
        if len({one.key for one in self.measures}) < len(self.measures):
            raise BadInput("The same measure is named twice.")

    def measure(self, key: str) -> Measure:
        return next(one for one in self.measures if one.key == key)

    def as_json(self) -> dict[str, Any]:
        """Plain data, to be kept with the pilot."""
        kept = asdict(self)
        kept["measures"] = [{**asdict(one), "kind": one.kind.value} for one in self.measures]
        return {**kept, "dimensions": list(self.dimensions), "frequency": self.frequency.value}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Spec:
        measures = tuple(Measure(**{**one, "kind": Kind(one["kind"])}) for one in kept["measures"])
        guessed = tuple((str(name), str(why)) for name, why in kept.get("guessed", ()))
        return cls(
            title=kept["title"],
            time=kept["time"],
            measures=measures,
            dimensions=tuple(kept["dimensions"]),
            frequency=Frequency(kept["frequency"]),
            zone=kept["zone"],
            guessed=guessed,
        )
