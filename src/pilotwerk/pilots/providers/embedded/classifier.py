"""Which category a text belongs to, how sure that is, and which words say so.

Words and parts of words in a linear support vector machine; with embeddings, the mean of its log-probabilities
with those of a logistic regression on them. Chosen by measurement, see the figures of `pilotwerk backtest`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded.calibration import (
    Bin,
    Quality,
    fit_temperature,
    judge,
    log_softmax,
)
from pilotwerk.pilots.providers.embedded.folds import FOLDS, assign_folds
from pilotwerk.pilots.providers.embedded.linear import Linear, fit_meaning, fit_words
from pilotwerk.pilots.providers.embedded.storage import Stored, join
from pilotwerk.pilots.providers.embedded.vectors import CHARACTERS, WORDS, Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from pilotwerk.pilots.providers.embedded.calibration import Floats, Numbers

    Embedded = NDArray[np.float32]

ONE_CATEGORY = "There are fewer than two categories to tell apart."
TOO_FEW_ROWS = "There are too few past cases to measure how often the category is right."
FEWEST_ROWS = 30
# Where nothing can be fitted out of fold: what larger collections come to, so that categories are still ranked.
USUAL_MARGIN = 0.25


@dataclass(frozen=True, slots=True)
class TextClassifier:
    """A trained classifier. `log_scores` are calibrated only where `quality` is not CannotTell."""

    categories: tuple[str, ...]
    words: Vectors
    characters: Vectors
    lexical: Linear
    meaning: Linear | None
    margin: float
    quality: Quality | CannotTell

    @property
    def temperature(self) -> float:
        return self.quality.temperature if isinstance(self.quality, Quality) else 1.0

    def features(self, texts: Sequence[str]) -> csr_matrix:
        from scipy.sparse import hstack

        return hstack([self.words.transform(texts), self.characters.transform(texts)], format="csr")

    def log_scores(self, texts: Sequence[str], embedded: Embedded | None = None) -> Floats:
        """Logarithms of the probabilities, one row a text, columns as `categories`."""
        words = self.lexical.scores(self.features(texts))
        meaning = self.meaning.scores(embedded) if self.meaning and embedded is not None else None
        return log_softmax(combined(words, meaning, self.margin) / self.temperature)

    def store(self) -> Stored:
        quality = asdict(self.quality)
        plain = {"categories": list(self.categories), "margin": self.margin, "quality": quality}
        return join(
            plain,
            words=self.words.store(),
            characters=self.characters.store(),
            lexical=self.lexical.store(),
            meaning=self.meaning.store() if self.meaning else None,
        )

    @classmethod
    def restore(cls, stored: Stored) -> TextClassifier:
        return cls(
            categories=tuple(stored.plain["categories"]),
            words=Vectors.restore(WORDS, stored.part("words")),
            characters=Vectors.restore(CHARACTERS, stored.part("characters")),
            lexical=Linear.restore(stored.part("lexical")),
            meaning=Linear.restore(stored.part("meaning")) if stored.has("meaning") else None,
            margin=stored.plain["margin"],
            quality=_quality(stored.plain["quality"]),
        )


def _quality(plain: dict[str, object]) -> Quality | CannotTell:
    if "reason" in plain:
        return CannotTell(str(plain["reason"]))
    values: dict[str, object] = {**plain}
    values["bins"] = tuple(Bin(**row) for row in plain["bins"])  # type: ignore[attr-defined]
    return Quality(**values)  # type: ignore[arg-type]


def combined(words: Floats, meaning: Floats | None, margin: float) -> Floats:
    """Mean of the log-probabilities of both models; those of the words alone where there is no other."""
    lexical = log_softmax(words / margin)
    return lexical if meaning is None else (lexical + log_softmax(meaning)) / 2


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What each of both models scored for every row while that row was held back."""

    categories: tuple[str, ...]
    truth: Numbers
    words: Floats
    meaning: Floats | None
    folds: Numbers

    def calibrated(self) -> tuple[float, float]:
        """Margin of the words' scores, temperature of the combination."""
        margin = fit_temperature(self.words, self.truth)
        return margin, fit_temperature(combined(self.words, self.meaning, margin), self.truth)

    def without(self, fold: int) -> HeldBack:
        """The rows of all other folds."""
        return self._rows(self.folds != fold)

    def only(self, fold: int) -> HeldBack:
        """The rows of one fold."""
        return self._rows(self.folds == fold)

    def _rows(self, kept: NDArray[np.bool_]) -> HeldBack:
        meaning = self.meaning[kept] if self.meaning is not None else None
        return HeldBack(self.categories, self.truth[kept], self.words[kept], meaning, self.folds[kept])

    def log_scores(self, margin: float, temperature: float) -> Floats:
        return log_softmax(combined(self.words, self.meaning, margin) / temperature)


def hold_back(
    texts: Sequence[str], labels: Sequence[str], embedded: Embedded | None, *, seed: int
) -> HeldBack | CannotTell:
    """Scores of every row by models that did not see it. Needs 30 rows and two categories with two texts each."""
    import numpy as np

    often = [category for category, count in Counter(labels).items() if count >= 2]
    if len(texts) < FEWEST_ROWS or len(often) < 2:
        return CannotTell(TOO_FEW_ROWS)
    categories = tuple(sorted(set(labels)))
    places = {category: place for place, category in enumerate(categories)}
    truth = np.array([places[label] for label in labels])
    folds = assign_folds(texts, labels, seed=seed)
    words = np.zeros((len(texts), len(categories)))
    meaning = np.zeros_like(words) if embedded is not None else None
    for fold in range(FOLDS):
        rest, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        seen = [labels[row] for row in rest]
        if not held.size or len(set(seen)) < 2:
            return CannotTell(TOO_FEW_ROWS)
        part = _fit([texts[row] for row in rest], seen, None if embedded is None else embedded[rest], seed)
        columns = [places[category] for category in part.categories]
        asked = [texts[row] for row in held]
        words[held] = _wide(part.lexical.scores(part.features(asked)), columns, len(categories))
        if meaning is not None and part.meaning is not None and embedded is not None:
            meaning[held] = _wide(part.meaning.scores(embedded[held]), columns, len(categories))
    return HeldBack(categories, truth, words, meaning, folds)


def _wide(scores: Floats, columns: Sequence[int], width: int) -> Floats:
    """Scores over all categories; one that the part did not know lies a little below its lowest."""
    import numpy as np

    lowest = scores.min(axis=1, keepdims=True) - 1.0
    result = np.repeat(lowest, width, axis=1)
    result[:, columns] = scores
    return result


def _fit(texts: Sequence[str], labels: Sequence[str], embedded: Embedded | None, seed: int) -> TextClassifier:
    from scipy.sparse import hstack

    categories = tuple(sorted(set(labels)))
    words, word_rows = Vectors.fit(WORDS, texts)
    characters, character_rows = Vectors.fit(CHARACTERS, texts)
    lexical = fit_words(hstack([word_rows, character_rows], format="csr"), labels, categories, seed)
    meaning = fit_meaning(embedded, labels, categories) if embedded is not None else None
    return TextClassifier(
        categories, words, characters, lexical, meaning, USUAL_MARGIN, CannotTell(TOO_FEW_ROWS)
    )


def fit_classifier(
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    seed: int,
    embedded: Embedded | None = None,
    calibrate: bool = True,
) -> TextClassifier | CannotTell:
    """Trains on all rows and, unless told otherwise, measures out of fold how far its answers can be trusted.

    `embedded` holds one vector a text. Deterministic for a seed. CannotTell with fewer than two categories.
    """
    if len(set(labels)) < 2:
        return CannotTell(ONE_CATEGORY)
    model = _fit(texts, labels, embedded, seed)
    if not calibrate:
        return model
    held = hold_back(texts, labels, embedded, seed=seed)
    if isinstance(held, CannotTell):
        return model
    return with_quality(model, held)


def with_quality(model: TextClassifier, held: HeldBack) -> TextClassifier:
    """The model with margin, temperature and quality from rows that were held back."""
    margin, temperature = held.calibrated()
    quality = judge(held.log_scores(margin, temperature), held.truth, temperature)
    return TextClassifier(
        model.categories, model.words, model.characters, model.lexical, model.meaning, margin, quality
    )
