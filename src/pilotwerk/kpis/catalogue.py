"""KPI definitions as they stand in data/catalogue.yaml."""

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from pilotwerk.core.catalogue import Strict, Text, load
from pilotwerk.kpis.domain.measures import COMPUTATIONS
from pilotwerk.kpis.domain.smart import Direction

PATH = Path(__file__).parent / "data" / "catalogue.yaml"

Unit = Literal["days", "hours", "minutes", "share", "cases"]


class Kpi(Strict):
    """One KPI. `formula` and `needs` are sentences; `unit` "share" lies in 0..1, shown as percent."""

    id: str
    name: Text
    area: Literal["process", "support", "leads", "stock", "reports"]
    unit: Unit
    direction: Direction
    computable: bool
    source: str
    formula: Text
    needs: Text


class Catalogue(Strict):
    version: str
    sources: dict[str, Text]
    kpis: tuple[Kpi, ...]

    @model_validator(mode="after")
    def _computable_ones_have_a_computation(self) -> "Catalogue":
        named = {kpi.id for kpi in self.kpis if kpi.computable}
        if named != set(COMPUTATIONS):
            raise ValueError(f"computable KPIs and computations differ: {named ^ set(COMPUTATIONS)}")
        if unknown := {kpi.source for kpi in self.kpis} - set(self.sources):
            raise ValueError(f"unknown sources: {unknown}")
        return self

    def find(self, name: str) -> Kpi | None:
        """The KPI with this id, or None."""
        return next((kpi for kpi in self.kpis if kpi.id == name), None)

    def source_of(self, kpi: Kpi) -> Text:
        """Where the definition comes from."""
        return self.sources[kpi.source]


def catalogue() -> Catalogue:
    """All KPI definitions, read once."""
    return load(PATH, Catalogue)
