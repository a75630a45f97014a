"""What rooms above hand in: which recipes run, and how one is tried on the company's own past."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.processes.models import ProcessImport

TRIAL_STEPS = 3


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Share of cases (0..1) whose proposal was right, measured on `n` cases that the recipe had not seen.

    `figures` are kept with the use case: plain JSON, shares in 0..1; `wasted` among them is the share of cases
    whose proposal was wrong, as [low, likely, high].
    """

    share: Range
    n: int
    figures: Mapping[str, Any]


Tell = Callable[[int, int], None]
"""Called with the step that begins (1..TRIAL_STEPS) and the number of cases that are used."""


@dataclass(frozen=True, slots=True)
class RecipeTrial:
    """How a recipe is tried. `needs`: meanings of columns that the import must have."""

    recipe: str
    needs: tuple[str, ...]
    run: Callable[[ProcessImport, Tell], TrialResult | CannotTell]


_trials: dict[str, RecipeTrial] = {}
_recipes: list[Callable[[], Iterable[str]]] = []


def register_trial(
    recipe: str,
    *,
    needs: tuple[str, ...],
    run: Callable[[ProcessImport, Tell], TrialResult | CannotTell],
) -> None:
    """Offer a trial for a recipe. A recipe has one."""
    if recipe in _trials:
        raise ValueError(f"the trial of {recipe} is registered twice")
    _trials[recipe] = RecipeTrial(recipe, needs, run)


def register_recipes(source: Callable[[], Iterable[str]]) -> None:
    """Name the function that answers which recipes run in this version."""
    _recipes.append(source)


def trial(recipe: str) -> RecipeTrial | None:
    """The trial of a recipe, or None where there is none."""
    return _trials.get(recipe)


def runs(recipe: str) -> bool:
    """Whether Pilotwerk can run a pilot of this kind in this version."""
    return any(recipe in source() for source in _recipes)
