"""Probabilities that keep their promise: temperature, reliability table, and from where on "95 % sure" holds.

Everything here is fitted on answers out of fold: about rows that the model had not seen when it answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.integer[Any]]

SURE = 0.95
# Two-sided 95 %: the true share lies below the bound in 2.5 of 100 cases.
Z = 1.959964
EDGES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
ENOUGH_IN_BIN = 30
ECE_BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """Of `n` past cases with a confidence in [low, high), `right` were right. The last bin includes 1."""

    low: float
    high: float
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the model answered out of fold. Shares lie in 0..1.

    `threshold` is the confidence from which on a proposal counts as sure: there, the lower Wilson bound of the
    share of right answers is at least 0.95. None where the past does not allow such a promise. `coverage` is the
    share of cases above it, `precision` the share of right ones among them (None where there are none).
    """

    n: int
    accuracy: float
    macro_f1: float
    ece: float
    temperature: float
    threshold: float | None
    coverage: float
    precision: float | None
    bins: tuple[Bin, ...]

    def bin_of(self, confidence: float) -> Bin | None:
        """The row of the table that a confidence belongs to."""
        return next((row for row in self.bins if confidence < row.high or row is self.bins[-1]), None)


def log_softmax(scores: Floats) -> Floats:
    """Logarithms of the probabilities, row by row."""
    import numpy as np

    shifted = scores - scores.max(axis=1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def fit_temperature(scores: Floats, truth: Numbers) -> float:
    """The divisor that makes the scores' probabilities most likely (Guo et al. 2017), within 0.02..20."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(truth))

    def surprise(log_temperature: float) -> float:
        return -float(log_softmax(scores / np.exp(log_temperature))[rows, truth].mean())

    found = minimize_scalar(surprise, bounds=(np.log(0.02), np.log(20.0)), method="bounded")
    return float(np.exp(found.x))


def wilson_lower(right: int, n: int, z: float = Z) -> float:
    """Lower bound of a share (Wilson 1927); 0 for no cases."""
    if n == 0:
        return 0.0
    share = right / n
    middle = share + z * z / (2 * n)
    spread = z * ((share * (1 - share) + z * z / (4 * n)) / n) ** 0.5
    return float((middle - spread) / (1 + z * z / n))


def threshold_for(confidence: Floats, right: Flags, promise: float = SURE) -> float | None:
    """The lowest confidence above which the Wilson lower bound is at least `promise`; None if there is none."""
    import numpy as np

    order = np.argsort(-confidence, kind="stable")
    sorted_confidence, hits = confidence[order], np.cumsum(right[order])
    # Ties belong together: a threshold lies below all cases of equal confidence.
    ends = np.flatnonzero(np.append(np.diff(sorted_confidence) < 0, True))
    for end in ends[::-1]:
        if wilson_lower(int(hits[end]), int(end) + 1) >= promise:
            return float(sorted_confidence[end])
    return None


def expected_calibration_error(confidence: Floats, right: Flags, bins: int = ECE_BINS) -> float:
    """Mean gap between confidence and share of right answers over equal bins, weighted by cases; 0..1."""
    import numpy as np

    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[places == place].mean()) - float(right[places == place].mean()))
        * float((places == place).mean())
        for place in np.unique(places)
    ]
    return float(sum(gaps))


def reliability(confidence: Floats, right: Flags) -> tuple[Bin, ...]:
    """The table behind "so far this was right in 91 of 100 cases"; thin bins are joined with their neighbour."""
    rows: list[Bin] = []
    for low, high in pairwise(EDGES):
        inside = (confidence >= low) & ((confidence < high) | (high == EDGES[-1]))
        rows.append(Bin(low, high, int(inside.sum()), int(right[inside].sum())))
    joined: list[Bin] = []
    for row in rows:
        if joined and (joined[-1].n < ENOUGH_IN_BIN or row.n == 0):
            joined[-1] = _together(joined[-1], row)
        else:
            joined.append(row)
    while len(joined) > 1 and joined[-1].n < ENOUGH_IN_BIN:
        joined[-2:] = [_together(joined[-2], joined[-1])]
    return tuple(joined)


def _together(first: Bin, second: Bin) -> Bin:
    return Bin(first.low, second.high, first.n + second.n, first.right + second.right)


def macro_f1(truth: Numbers, answered: Numbers) -> float:
    """Mean F1 over the categories that occur in the truth."""
    import numpy as np

    scores = []
    for category in np.unique(truth):
        hits = int(((truth == category) & (answered == category)).sum())
        both = int((truth == category).sum()) + int((answered == category).sum())
        scores.append(2 * hits / both)
    return float(np.mean(scores))


def judge(log_scores: Floats, truth: Numbers, temperature: float) -> Quality:
    """The quality of answers whose tempered log-probabilities are given."""
    import numpy as np

    answered = log_scores.argmax(axis=1)
    confidence = np.exp(log_scores.max(axis=1))
    right = answered == truth
    threshold = threshold_for(confidence, right)
    sure = confidence >= threshold if threshold is not None else np.zeros(len(right), dtype=bool)
    return Quality(
        n=len(truth),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(truth, answered),
        ece=expected_calibration_error(confidence, right),
        temperature=temperature,
        threshold=threshold,
        coverage=float(sure.mean()),
        precision=float(right[sure].mean()) if sure.any() else None,
        bins=reliability(confidence, right),
    )
