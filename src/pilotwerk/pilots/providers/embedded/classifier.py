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
from pilotwerk.pilots.providers.embedded.vectors import CHARACTERS, WORDS, Counted, Vectors, weigh

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


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts with their categories, counted once. `embedded` holds one vector a text."""

    texts: Sequence[str]
    labels: Sequence[str]
    words: Counted
    characters: Counted
    embedded: Embedded | None

    @classmethod
    def read(cls, texts: Sequence[str], labels: Sequence[str], embedded: Embedded | None = None) -> Corpus:
        return cls(texts, labels, Counted.read(WORDS, texts), Counted.read(CHARACTERS, texts), embedded)

    def others(self, texts: Sequence[str], labels: Sequence[str], embedded: Embedded | None = None) -> Corpus:
        """Other texts, counted by the terms of these."""
        return Corpus(texts, labels, self.words.others(texts), self.characters.others(texts), embedded)

    def rows(self, places: Numbers) -> Corpus:
        """Some of the texts."""
        return Corpus(
            [self.texts[place] for place in places],
            [self.labels[place] for place in places],
            self.words.rows(places),
            self.characters.rows(places),
            self.embedded[places] if self.embedded is not None else None,
        )

    def features(self, words: NDArray[np.float32], characters: NDArray[np.float32]) -> csr_matrix:
        """The vectors of the texts with weights that may have been learned on other ones."""
        from scipy.sparse import hstack

        parts = [weigh(self.words.counts, words), weigh(self.characters.counts, characters)]
        return hstack(parts, format="csr")


def hold_back(corpus: Corpus, *, seed: int) -> HeldBack | CannotTell:
    """Scores of every row by models that did not see it. Needs 30 rows and two categories with two texts each."""
    import numpy as np

    often = [category for category, count in Counter(corpus.labels).items() if count >= 2]
    if len(corpus.texts) < FEWEST_ROWS or len(often) < 2:
        return CannotTell(TOO_FEW_ROWS)
    categories = tuple(sorted(set(corpus.labels)))
    places = {category: place for place, category in enumerate(categories)}
    folds = assign_folds(corpus.texts, corpus.labels, seed=seed)
    words = np.zeros((len(corpus.texts), len(categories)))
    meaning = np.zeros_like(words) if corpus.embedded is not None else None
    for fold in range(FOLDS):
        rest, held = corpus.rows(np.flatnonzero(folds != fold)), np.flatnonzero(folds == fold)
        seen = sorted(set(rest.labels))
        if not held.size or len(seen) < 2:
            return CannotTell(TOO_FEW_ROWS)
        columns = [places[category] for category in seen]
        by_words, by_meaning = score_held(rest, corpus.rows(held), seen, seed)
        words[held] = _wide(by_words, columns, len(categories))
        if meaning is not None and by_meaning is not None:
            meaning[held] = _wide(by_meaning, columns, len(categories))
    truth = np.array([places[label] for label in corpus.labels])
    return HeldBack(categories, truth, words, meaning, folds)


def score_held(
    rest: Corpus, held: Corpus, categories: Sequence[str], seed: int
) -> tuple[Floats, Floats | None]:
    """Scores of the held rows by models fitted on the rest; terms and weights come from the rest alone."""
    weights = rest.words.weights(), rest.characters.weights()
    lexical = fit_words(rest.features(*weights), rest.labels, categories, seed)
    by_words = lexical.scores(held.features(*weights))
    if rest.embedded is None or held.embedded is None:
        return by_words, None
    return by_words, fit_meaning(rest.embedded, rest.labels, categories).scores(held.embedded)


def _wide(scores: Floats, columns: Sequence[int], width: int) -> Floats:
    """Scores over all categories; one that the part did not know lies a little below its lowest."""
    import numpy as np

    lowest = scores.min(axis=1, keepdims=True) - 1.0
    result = np.repeat(lowest, width, axis=1)
    result[:, columns] = scores
    return result


def fit_classifier(corpus: Corpus, *, seed: int) -> TextClassifier | CannotTell:
    """Trains on all rows and measures out of fold how far the answers can be trusted.

    Deterministic for a seed. CannotTell with fewer than two categories.
    """
    if len(set(corpus.labels)) < 2:
        return CannotTell(ONE_CATEGORY)
    return fit_measured(corpus, hold_back(corpus, seed=seed), seed=seed)


def fit_measured(corpus: Corpus, held: HeldBack | CannotTell, *, seed: int) -> TextClassifier:
    """Trains on all rows, calibrated on what was held back before."""
    if isinstance(held, CannotTell):
        return fit_on_all(corpus, USUAL_MARGIN, held, seed=seed)
    margin, temperature = held.calibrated()
    quality = judge(held.log_scores(margin, temperature), held.truth, temperature)
    return fit_on_all(corpus, margin, quality, seed=seed)


def fit_on_all(corpus: Corpus, margin: float, quality: Quality | CannotTell, *, seed: int) -> TextClassifier:
    """The classifier on all rows, with what was measured before about its trustworthiness."""
    from scipy.sparse import hstack

    categories = tuple(sorted(set(corpus.labels)))
    words, word_rows = Vectors.learn(corpus.words)
    characters, character_rows = Vectors.learn(corpus.characters)
    lexical = fit_words(hstack([word_rows, character_rows], format="csr"), corpus.labels, categories, seed)
    meaning = fit_meaning(corpus.embedded, corpus.labels, categories) if corpus.embedded is not None else None
    return TextClassifier(categories, words, characters, lexical, meaning, margin, quality)
