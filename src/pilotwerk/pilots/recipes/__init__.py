"""Recipes: the kinds of pilot. Only what is built is listed, and only what is listed is offered."""

from pilotwerk.pilots.recipes.base import Recipe, RunningRecipe
from pilotwerk.pilots.recipes.leads.running import Leads
from pilotwerk.pilots.recipes.reports.running import Reports
from pilotwerk.pilots.recipes.stock.running import Stock
from pilotwerk.pilots.recipes.support.running import Support

RECIPES: dict[str, RunningRecipe] = {
    recipe.about.kind: recipe for recipe in (Support(), Stock(), Leads(), Reports())
}

__all__ = ["RECIPES", "Recipe", "RunningRecipe"]
