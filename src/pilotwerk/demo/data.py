"""What the people of the sample company know and decide, as data: use cases, AI systems, learnings, roadmap."""

from pathlib import Path
from typing import Any

from pilotwerk.core.catalogue import Strict, load

DATA = Path(__file__).parent / "data"


class Idea(Strict):
    """A use case. `inputs`: low, likely, high in the units of the portfolio; `answers`: risk question -> option."""

    key: str
    name: str
    description: str
    recipe: str
    template: str = ""
    measured: bool = False
    inputs: dict[str, tuple[float, float, float]]
    answers: dict[str, str | None]
    refusal: str = ""
    look_again: str = ""


class System(Strict):
    """An entry of the AI register, with the answers for its classification; without answers it stays open."""

    key: str
    day: int
    name: str
    purpose: str
    recipe: str = "other"
    provider: str = ""
    use_case: str | None = None
    responsible: str
    state: str
    answers: dict[str, str | list[str] | None] | None = None
    dpia: str = ""
    dpia_reason: str = ""


class Noticed(Strict):
    """A learning of the pilot."""

    topic: str
    observation: str
    consequence: str


class Next(Strict):
    """A use case on the roadmap, so many quarters after the present one."""

    use_case: str
    quarters_ahead: int
    kpi: str
    budget: int
    days: float
    owner: str


class Story(Strict):
    """Everything that is told rather than computed."""

    use_cases: list[Idea]
    systems: list[System]
    return_assumptions: dict[str, Any]
    learnings: list[Noticed]
    roadmap: list[Next]
    roadmap_limits: dict[str, int]


def story() -> Story:
    """The sample company's story, read once."""
    return load(DATA / "story.yaml", Story)
