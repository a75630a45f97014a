"""What one column alone says about the outcome, and what all others together say: the ground of the leakage tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.leads.calibration import auc, auc_error, auc_within
from pilotwerk.pilots.recipes.leads.columns import Kind
from pilotwerk.pilots.recipes.leads.model import fit
from pilotwerk.pilots.recipes.leads.validation import folds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Column, Flags, Floats

BINS = 20
# The share of won leads in a bin is drawn to the share in all as if by so many rows.
SMOOTHING = 10.0
# More rows do not change what the tests say, only how long they take.
MOST_ROWS = 6000
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Strength:
    """AUC of one column alone, out of fold, and its standard error."""

    area: float
    error: float

    @property
    def at_least(self) -> float:
        """Lower bound of a 95 % interval."""
        return self.area - 1.96 * self.error


@dataclass(frozen=True, slots=True)
class Past:
    """Decided leads. `blocks` numbers stretches of time; pairs are then compared within a stretch only, so that
    what merely changed in the course of time does not look like knowledge about a lead.
    """

    won: Flags
    blocks: NDArray[np.int64]
    seed: int

    @property
    def folds(self) -> NDArray[np.int64]:
        return folds_of(self.won, None, seed=self.seed)

    def area(self, scores: Floats, parts: NDArray[np.int64] | None = None) -> float:
        """AUC within stretches of time, and within `parts` where given; 0.5 where no stretch has both kinds."""
        blocks = self.blocks if parts is None else self.blocks * (int(parts.max()) + 1) + parts
        found = auc_within(scores, self.won, blocks)
        return found if found == found else 0.5

    def rows(self, places: NDArray[np.int64]) -> Past:
        return Past(self.won[places], self.blocks[places], self.seed)


def bins(column: Column, most: int = BINS) -> NDArray[np.int64]:
    """The bin of each row: a label, a value of few, or of numbers one of `most` equal parts; -1 where missing."""
    import numpy as np

    missing = column.missing
    if column.kind is Kind.IDENTIFIER and column.labels:
        return missing.astype(np.int64)
    if column.is_label:
        return np.where(missing, -1, column.values).astype(np.int64)
    there = column.values[~missing]
    distinct = np.unique(there)
    edges = distinct if len(distinct) <= most else np.unique(np.quantile(there, np.arange(1, most) / most))
    places = np.searchsorted(edges, column.values, side="right")
    return np.where(missing, -1, places).astype(np.int64)


def rates(places: NDArray[np.int64], past: Past, folds: NDArray[np.int64]) -> Floats:
    """For each row the smoothed share of won leads in its bin, counted on the other folds."""
    import numpy as np

    _, places = np.unique(places, return_inverse=True)
    scores = np.zeros(len(places))
    for fold in np.unique(folds):
        rest = folds != fold
        count = np.bincount(places[rest], minlength=places.max() + 1)
        wins = np.bincount(places[rest], weights=past.won[rest], minlength=places.max() + 1)
        rate = (wins + SMOOTHING * past.won[rest].mean()) / (count + SMOOTHING)
        scores[~rest] = rate[places[~rest]]
    return scores


def strengths(columns: Sequence[Column], past: Past) -> dict[str, Strength]:
    """How well each column alone orders leads that it was not counted on."""
    folds, found = past.folds, {}
    wins = int(past.won.sum())
    for column in columns:
        # Pairs within a fold only: the shares of different folds differ by chance, against the outcome.
        area = past.area(rates(bins(column), past, folds), folds)
        found[column.name] = Strength(area, auc_error(area, wins, len(past.won) - wins))
    return found


def together(columns: Sequence[Column], past: Past) -> float:
    """AUC out of fold of a model of these columns; 0.5 without any."""
    import numpy as np

    usable = [column for column in columns if column.usable]
    if not usable:
        return 0.5
    count = len(past.won)
    places = np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(np.int64))
    part, sample = [column.rows(places) for column in usable], past.rows(places)
    folds = folds_of(sample.won, None, seed=past.seed, folds=FOLDS)
    scores = np.zeros(len(places))
    for fold in range(FOLDS):
        rest, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = fit([column.rows(rest) for column in part], sample.won[rest], seed=past.seed)
        scores[tested] = model.score([column.rows(tested) for column in part])
    return sample.area(scores)


def plain_area(column: Column, won: Flags) -> float:
    """AUC of a column's numbers as they are, in the better direction; for identifiers."""
    there = ~column.missing
    area = auc(column.values[there], won[there])
    return max(area, 1 - area)
