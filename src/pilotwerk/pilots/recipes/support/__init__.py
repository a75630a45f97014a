"""Support requests: propose a category, show similar answered requests, draft a reply from what was answered before.

Nothing is invented: a draft consists of a past answer, with everything that belonged to the old case replaced by
placeholders that a person fills.
"""

from pilotwerk.pilots.providers.embedded.calibration import Bin, Quality
from pilotwerk.pilots.providers.embedded.explain import Reason
from pilotwerk.pilots.recipes.base import Recipe
from pilotwerk.pilots.recipes.support.learning import train
from pilotwerk.pilots.recipes.support.model import SupportModel, load, save
from pilotwerk.pilots.recipes.support.personal import unfilled
from pilotwerk.pilots.recipes.support.proposal import (
    Alternative,
    DraftSettings,
    LabelledText,
    ModelFacts,
    Origin,
    Similar,
    SupportProposal,
)
from pilotwerk.pilots.recipes.support.wording import REASONS, reason_text

RECIPE = Recipe(kind="support", needs=("text",), uses=("category", "answer", "time", "case"), minimum_rows=30)

__all__ = [
    "REASONS",
    "RECIPE",
    "Alternative",
    "Bin",
    "DraftSettings",
    "LabelledText",
    "ModelFacts",
    "Origin",
    "Quality",
    "Reason",
    "Similar",
    "SupportModel",
    "SupportProposal",
    "load",
    "reason_text",
    "save",
    "train",
    "unfilled",
]
