"""Masking: what names or reaches a person is taken out before a text leaves the house, and put back into the answer."""

from pilotwerk.pilots.providers.masking.finding import KINDS, LONGEST_TEXT, PLACEHOLDER, Known, find
from pilotwerk.pilots.providers.masking.masking import Masked, left_over, mask

__all__ = ["KINDS", "LONGEST_TEXT", "PLACEHOLDER", "Known", "Masked", "find", "left_over", "mask"]
