"""The two linear models: a support vector machine on TF-IDF, logistic regression on embeddings."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.providers.embedded.storage import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from pilotwerk.pilots.providers.embedded.calibration import Floats

# Cross-validated on the training texts of massive_de and banking77: 1.0 beats 0.3 and 0.1 on both.
SVM_C = 1.0
# Embeddings of one company's requests lie close together; spread out, the usual strength of the penalty fits.
SPREAD = 10.0


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores = x @ weights + bias; one column a category."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    centre: NDArray[np.float32] | None = None

    def scores(self, rows: csr_matrix | NDArray[np.float32]) -> Floats:
        import numpy as np

        if self.centre is not None:
            rows = (rows - self.centre) * SPREAD
        return np.asarray(rows @ self.weights, dtype=np.float64) + self.bias

    def store(self) -> Stored:
        arrays: dict[str, NDArray[np.generic]] = {"weights": self.weights, "bias": self.bias}
        if self.centre is not None:
            arrays["centre"] = self.centre
        return Stored({}, arrays)

    @classmethod
    def restore(cls, stored: Stored) -> Linear:
        found: dict[str, Any] = dict(stored.arrays)
        return cls(found["weights"], found["bias"], found.get("centre"))


def fit_words(rows: csr_matrix, labels: Sequence[str], categories: Sequence[str], seed: int) -> Linear:
    """A linear support vector machine, rare categories weighted up."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=SVM_C, class_weight="balanced", random_state=seed)
    return _spread_out(_quiet(model, rows, labels), categories)


def fit_meaning(rows: NDArray[np.float32], labels: Sequence[str], categories: Sequence[str]) -> Linear:
    """Logistic regression on centred embeddings."""
    from sklearn.linear_model import LogisticRegression

    centre = rows.mean(axis=0)
    model = _quiet(LogisticRegression(max_iter=300), (rows - centre) * SPREAD, labels)
    found = _spread_out(model, categories)
    return Linear(found.weights, found.bias, centre)


def _quiet(model: Any, rows: Any, labels: Sequence[str]) -> Any:
    """Fits; that it stops a little early, or has many small categories, is no reason for a warning to the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return model.fit(rows, labels)


def _spread_out(model: Any, categories: Sequence[str]) -> Linear:
    """The model's columns in the order of `categories`; one that was not in the rows scores far below all."""
    import numpy as np

    coefficients, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, bias = np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
    weights = np.zeros((coefficients.shape[1], len(categories)), dtype=np.float32)
    biases = np.full(len(categories), -20.0, dtype=np.float32)
    places = {category: place for place, category in enumerate(categories)}
    for number, category in enumerate(model.classes_):
        weights[:, places[str(category)]] = coefficients[number]
        biases[places[str(category)]] = bias[number]
    return Linear(weights, biases)
