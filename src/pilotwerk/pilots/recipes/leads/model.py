"""A model that says how likely a lead is to be won, and why: gradient boosting, with few rows beside a straight line.

Sixty trees of eight leaves that see a third of the columns at each split; measured against other sizes, forests
and logistic regression on several tables (docs/adr/0011). Below `FEW` rows the mean with logistic regression is
better than either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.leads.calibration import Calibration
from pilotwerk.pilots.recipes.leads.encoding import Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from pilotwerk.pilots.recipes.leads.columns import Column, Flags, Floats

FEW = 2000
# With more threads, boosting on so few rows gains nothing, and is ten times slower on a busy machine.
THREADS = 1
# Log-odds beyond this are no knowledge but a gap in the data.
SUREST = 9.0
COMPARED = 50


@dataclass(frozen=True, slots=True)
class Reason:
    """A column of one lead, its value in words, and by how much it moves the log-odds from those of usual leads."""

    column: str
    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class LeadModel:
    """What was learned from decided leads."""

    names: tuple[str, ...]
    encoding: Encoding
    boosted: Any
    straight: Any
    usual: tuple[Column, ...]
    calibration: Calibration

    def log_odds(self, columns: Sequence[Column]) -> Floats:
        """Log-odds before calibration, one for each row of the columns that the model was trained with."""
        import numpy as np

        with _capped():
            scores = self.boosted.decision_function(self.encoding.boosted(columns))
            if self.straight is not None:
                scores = (scores + self.straight.decision_function(self.encoding.linear(columns))) / 2
        result: Floats = np.clip(scores, -SUREST, SUREST)
        return result

    def score(self, columns: Sequence[Column]) -> Floats:
        """The probability of being won, 0..1, one for each row."""
        return self.calibration.probabilities(self.log_odds(columns))

    def reasons(self, columns: Sequence[Column], row: int, most: int = 5) -> tuple[Reason, ...]:
        """What speaks most for (weight above 0) or against one lead, compared with leads as they usually are.

        The weight of a column is by how much the log-odds fall on average when its value is exchanged for that of
        past leads (an interventional effect of one column at a time).
        """
        import numpy as np

        count = len(self.usual[0].values)
        repeated = [column.rows(np.full(count, row)) for column in columns]
        own = float(self.log_odds([column.rows(np.array([row])) for column in columns])[0])
        found = []
        for place, column in enumerate(columns):
            exchanged = [*repeated[:place], self.usual[place], *repeated[place + 1 :]]
            weight = own - float(self.log_odds(exchanged).mean())
            found.append(Reason(column.name, value_text(column, row), weight))
        return tuple(sorted(found, key=lambda reason: -abs(reason.weight))[:most])


@cache
def _pools() -> Any:
    """The thread pools of the loaded libraries; looking for them takes as long as scoring a thousand leads."""
    import sklearn.ensemble  # noqa: F401 -- its pool must be there to be found
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def _capped() -> AbstractContextManager[Any]:
    """Bounds the threads of what runs inside."""
    limits: AbstractContextManager[Any] = _pools().limit(limits=THREADS)
    return limits


def value_text(column: Column, row: int) -> str:
    """The value of a row as a person knows it; a dash where it is missing."""
    value = column.values[row]
    if column.missing[row]:
        return "–"
    return column.labels[int(value)] if column.is_label else f"{value:g}"


def fit(columns: Sequence[Column], won: Flags, *, seed: int) -> LeadModel:
    """Learns from decided leads, uncalibrated; both kinds must occur. Same rows, same seed, same model."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    encoding = Encoding.learn(columns)
    boosted = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=60,
        max_leaf_nodes=8,
        max_bins=64,
        min_samples_leaf=int(np.clip(len(won) // 40, 5, 40)),
        max_features=0.3,
        l2_regularization=5.0,
        early_stopping=False,
        categorical_features=encoding.is_label,
        random_state=seed,
    )
    straight = LogisticRegression(C=0.1, max_iter=500) if len(won) < FEW else None
    with _capped():
        boosted.fit(encoding.boosted(columns), won)
        if straight is not None:
            straight.fit(encoding.linear(columns), won)
    places = np.random.default_rng(seed).choice(len(won), size=min(COMPARED, len(won)), replace=False)
    usual = tuple(column.rows(np.sort(places)) for column in columns)
    names = tuple(column.name for column in columns)
    return LeadModel(names, encoding, boosted, straight, usual, Calibration())


def calibrated(model: LeadModel, calibration: Calibration) -> LeadModel:
    """The same model with a calibration measured on rows that it had not seen."""
    return replace(model, calibration=calibration)
