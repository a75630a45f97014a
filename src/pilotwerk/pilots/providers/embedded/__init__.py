"""The embedded provider: a text classifier and a search for similar texts, learned from the company's own rows."""

from pilotwerk.pilots.providers.embedded.calibration import Bin, Quality
from pilotwerk.pilots.providers.embedded.classifier import Corpus, TextClassifier, fit_classifier
from pilotwerk.pilots.providers.embedded.embedding import Embedder, embedder_for
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex

__all__ = [
    "Bin",
    "Corpus",
    "Embedder",
    "PassageIndex",
    "Quality",
    "TextClassifier",
    "embedder_for",
    "fit_classifier",
]
