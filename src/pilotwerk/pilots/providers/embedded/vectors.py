"""TF-IDF vectors that can be stored as plain data: a list of terms and a weight for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.providers.embedded.storage import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Longer texts are read up to here: a pasted log must not hold up the queue.
MOST_CHARACTERS = 20_000
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def lowered(text: str) -> str:
    """Lower case in the composed Unicode form; the length may change only by composition."""
    return unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).lower()


def folded(text: str) -> str:
    """Lower case, umlauts written out, accents gone: "Zähler" and "Zaehler" are the same."""
    plain = unicodedata.normalize("NFKD", lowered(text).translate(_UMLAUTS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


PREPARE = {"lowered": lowered, "folded": folded}


@dataclass(frozen=True, slots=True)
class Form:
    """What counts as a term: words or characters inside words, of which lengths, in how many texts at least."""

    unit: str
    shortest: int
    longest: int
    texts_at_least: int = 1
    prepare: str = "lowered"

    def counter(self, terms: Sequence[str] | None = None) -> Any:
        """A scikit-learn counter of this form, with a given list of terms or yet to find them."""
        import numpy as np
        from sklearn.feature_extraction.text import CountVectorizer

        words = self.unit == "word"
        return CountVectorizer(
            analyzer="word" if words else "char_wb",
            token_pattern=r"(?u)\b\w+\b" if words else None,
            ngram_range=(self.shortest, self.longest),
            preprocessor=PREPARE[self.prepare],
            vocabulary=None if terms is None else {term: number for number, term in enumerate(terms)},
            dtype=np.float32,
        )


WORDS = Form("word", 1, 2)
# Terms of a single text are noise for a classifier and two thirds of all; for retrieval they may be the name sought.
CHARACTERS = Form("character", 2, 5, texts_at_least=2)
PASSAGES = Form("character", 3, 6, prepare="folded")


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each term stands in each text: rows are texts, columns `terms`.

    Counting is the slow part. Done once, weights can be learned anew for any part of the rows.
    """

    form: Form
    terms: list[str]
    counts: csr_matrix

    @classmethod
    def read(cls, form: Form, texts: Sequence[str]) -> Counted:
        from scipy.sparse import csr_matrix

        counter = form.counter()
        try:
            counts = counter.fit_transform(texts).tocsr()
        except ValueError:  # no term at all: texts of signs only
            return cls(form, [""], csr_matrix((len(texts), 1), dtype="float32"))
        return cls(form, list(counter.get_feature_names_out()), counts)

    def others(self, texts: Sequence[str]) -> Counted:
        """Other texts, counted by the same terms."""
        return Counted(self.form, self.terms, self.form.counter(self.terms).transform(texts).tocsr())

    def rows(self, places: NDArray[np.integer[Any]] | Sequence[int]) -> Counted:
        """Some of the texts, in the given order; the terms stay."""
        return Counted(self.form, self.terms, self.counts[places])

    def weights(self) -> NDArray[np.float32]:
        """Smoothed inverse document frequency of each term; 0 for one in too few of these texts."""
        import numpy as np

        texts = np.bincount(self.counts.indices, minlength=len(self.terms))
        weights = np.log((1 + self.counts.shape[0]) / (1 + texts)) + 1
        enough = texts >= self.form.texts_at_least
        weights[~(enough if enough.any() else texts >= 1)] = 0.0
        result: NDArray[np.float32] = weights.astype(np.float32)
        return result


def weigh(counts: csr_matrix, weights: NDArray[np.float32]) -> csr_matrix:
    """(1 + log count) times weight, each row of length 1; a row without a known term is zero."""
    import numpy as np

    result = counts.copy()
    values = (1 + np.log(result.data)) * weights[result.indices]
    rows = np.repeat(np.arange(result.shape[0]), np.diff(result.indptr))
    lengths = np.sqrt(np.bincount(rows, weights=values.astype(np.float64) ** 2, minlength=result.shape[0]))
    result.data = (values / np.maximum(lengths, 1e-12)[rows]).astype(np.float32)
    return result


@dataclass(frozen=True, slots=True)
class Vectors:
    """Known terms and their weights: turns texts into vectors of length 1."""

    form: Form
    terms: dict[str, int]
    weights: NDArray[np.float32]
    _counter: Any

    @classmethod
    def made(cls, form: Form, terms: Sequence[str], weights: NDArray[np.float32]) -> Vectors:
        numbers = {term: number for number, term in enumerate(terms)}
        return cls(form, numbers, weights, form.counter(terms))

    @classmethod
    def learn(cls, counted: Counted) -> tuple[Vectors, csr_matrix]:
        """Weights from all counted texts, and the vectors of these texts. Terms without weight are dropped."""
        import numpy as np

        weights = counted.weights()
        kept = np.flatnonzero(weights) if weights.any() else np.arange(len(weights))
        matrix = weigh(counted.counts[:, kept], weights[kept])
        return cls.made(counted.form, [counted.terms[place] for place in kept], weights[kept]), matrix

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        return weigh(self._counter.transform(texts).tocsr(), self.weights)

    def terms_of(self, text: str) -> list[str]:
        """The terms of a text in their order, with repetition, known or not."""
        terms: list[str] = _analyzer(self.form)(text)
        return terms

    def store(self) -> Stored:
        return Stored({"terms": list(self.terms)}, {"weights": self.weights})

    @classmethod
    def restore(cls, form: Form, stored: Stored) -> Vectors:
        weights: Any = stored.arrays["weights"]
        return cls.made(form, stored.plain["terms"], weights)


@lru_cache(maxsize=8)
def _analyzer(form: Form) -> Any:
    return form.counter().build_analyzer()
