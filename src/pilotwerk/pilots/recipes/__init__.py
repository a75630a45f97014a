"""Recipes: the kinds of pilot. Only what is built is listed, and only what is listed is offered."""

from pilotwerk.pilots.recipes.base import Recipe
from pilotwerk.pilots.recipes.support import RECIPE as SUPPORT

RECIPES: dict[str, Recipe] = {SUPPORT.kind: SUPPORT}

__all__ = ["RECIPES", "Recipe"]
