"""The way from the runtime to the recipes: by kind, never by asking which one it is."""

from __future__ import annotations

from typing import Final

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.base import Place, Proposed, Request, RunningRecipe, plain

# "auto" uses embeddings where the extra is installed.
EMBEDDINGS: Final[dict[str, bool | None]] = {"auto": None, "on": True, "off": False}

__all__ = ["EMBEDDINGS", "kinds", "of", "plain", "propose"]


def kinds() -> list[str]:
    """The recipes that are built; nothing else is offered."""
    from pilotwerk.pilots.recipes import RECIPES

    return sorted(RECIPES)


def of(kind: str) -> RunningRecipe:
    """The recipe of a kind; KeyError for one that is not built."""
    from pilotwerk.pilots.recipes import RECIPES

    return RECIPES[kind]


def propose(kind: str, request: Request, place: Place) -> Proposed | CannotTell:
    """What would go out for one case."""
    return of(kind).propose(request, place)
