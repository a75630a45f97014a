"""TF-IDF vectors that can be stored as plain data: a list of terms and a weight for each."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.providers.embedded.storage import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def vectorizer(self) -> Any:
        """A fresh scikit-learn vectoriser of this form."""
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(
            analyzer="word" if self.unit == "word" else "char_wb",
            token_pattern=r"(?u)\b\w+\b" if self.unit == "word" else None,
            ngram_range=(self.shortest, self.longest),
            min_df=self.texts_at_least,
            preprocessor=PREPARE[self.prepare],
            sublinear_tf=True,
            dtype=np.float32,
        )


WORDS = Form("word", 1, 2)
# Terms of a single text are noise for a classifier and two thirds of all; for retrieval they may be the name sought.
CHARACTERS = Form("character", 2, 5, texts_at_least=2)
PASSAGES = Form("character", 3, 6, prepare="folded")


class Vectors:
    """A fitted vectoriser."""

    def __init__(self, form: Form, fitted: Any) -> None:
        self.form = form
        self._fitted = fitted

    @classmethod
    def fit(cls, form: Form, texts: Sequence[str]) -> tuple[Vectors, csr_matrix]:
        """Learns terms and weights; answers the vectors of the texts too. Rows without a term are zero."""
        vectorizer = form.vectorizer()
        try:
            matrix = vectorizer.fit_transform(texts)
        except ValueError:  # no term occurs often enough
            vectorizer = Form(form.unit, form.shortest, form.longest, 1, form.prepare).vectorizer()
            try:
                matrix = vectorizer.fit_transform(texts)
            except ValueError:  # no term at all: texts of signs only
                vectorizer.fit(["-empty-"])
                matrix = vectorizer.transform(texts)
        return cls(form, vectorizer), matrix.tocsr()

    @property
    def size(self) -> int:
        return len(self._fitted.vocabulary_)

    @property
    def terms(self) -> dict[str, int]:
        found: dict[str, int] = self._fitted.vocabulary_
        return found

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        return self._fitted.transform(texts).tocsr()

    def terms_of(self, text: str) -> list[str]:
        """The terms of a text in their order, with repetition, known or not."""
        terms: list[str] = _analyzer(self.form)(text)
        return terms

    def store(self) -> Stored:
        import numpy as np

        terms = sorted(self.terms, key=self.terms.__getitem__)
        return Stored({"terms": terms}, {"weights": np.asarray(self._fitted.idf_, dtype=np.float32)})

    @classmethod
    def restore(cls, form: Form, stored: Stored) -> Vectors:
        vectorizer = form.vectorizer()
        vectorizer.vocabulary = {term: number for number, term in enumerate(stored.plain["terms"])}
        vectorizer._validate_vocabulary()
        vectorizer.idf_ = stored.arrays["weights"]
        return cls(form, vectorizer)


@lru_cache(maxsize=8)
def _analyzer(form: Form) -> Any:
    return form.vectorizer().build_analyzer()
