"""Support requests: propose a category, show similar answered requests, draft a reply from what was answered before.

Nothing is invented: a draft consists of a past answer, with everything that belonged to the old case replaced by
placeholders that a person fills.
"""

from pilotwerk.pilots.providers.embedded.calibration import Bin, Quality
from pilotwerk.pilots.providers.embedded.explain import Reason
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

__all__ = [
    "REASONS",
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
