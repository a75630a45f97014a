"""Scores for past leads as they would have been given: by a model that knew nothing of the lead or of later ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.leads.calibration import Calibration, calibrate
from pilotwerk.pilots.recipes.leads.model import LeadModel, calibrated, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Column, Flags, Floats

    Fit = Callable[[Sequence[Column], Flags], LeadModel]

# After so many new leads the model is trained anew, on at most so many of the latest ones. A short past is gone through
# in twenty steps, a very long one in a hundred.
STEP, WINDOW = 1000, 10_000
LEAST_STEP = 25
STEPS, MOST_STEPS = 20, 100
# Before the first model both kinds must have occurred so often.
LEAST_OF_EACH = 10
FOLDS = 5
# The share of the training rows that calibrates where rows have no order.
HELD_BACK = 4


@dataclass(frozen=True, slots=True)
class Block:
    """Leads `start` to `end` (exclusive) are scored by a model that learned from `first` to `start`."""

    first: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scored:
    """`places` are the scored rows; `blocks` is the number of the model in `models` that scored each of them."""

    places: NDArray[np.int64]
    probabilities: Floats
    blocks: NDArray[np.int64]
    models: tuple[LeadModel, ...]


def step_of(count: int) -> int:
    """After how many new leads the model is trained anew, for a past of `count` leads."""
    return max(LEAST_STEP, min(count // STEPS, STEP), count // MOST_STEPS)


def steps(won: Flags, moments: Floats | None = None) -> Iterator[Block]:
    """The blocks of leads in order of time. Leads of the same moment are not torn apart.

    The first block comes as soon as ten leads of each kind are past.
    """
    import numpy as np

    count = len(won)
    step = step_of(count)
    edges = np.arange(step, count, step)
    if moments is not None:
        edges = np.unique(np.searchsorted(moments, moments[edges], side="left"))
    wins = np.concatenate([[0], np.cumsum(won)])
    for number, start in enumerate(edges.tolist()):
        first = max(0, start - WINDOW)
        past = int(wins[start] - wins[first])
        if min(past, start - first - past) >= LEAST_OF_EACH:
            end = int(edges[number + 1]) if number + 1 < len(edges) else count
            yield Block(first, start, end)


def in_time(
    columns: Sequence[Column],
    won: Flags,
    *,
    moments: Floats | None = None,
    seed: int = 1,
    learn: Fit | None = None,
) -> Scored:
    """Scores in order of time: trained anew at each step on the latest window, applied to what came next.

    Calibrated on the scores given before, whose outcome was known by then; the first block goes uncalibrated.
    An outcome counts as known as soon as the next block begins.
    """
    import numpy as np

    train = learn or (lambda part, outcome: fit(part, outcome, seed=seed))
    log_odds, probabilities = np.full(len(won), np.nan), np.full(len(won), np.nan)
    numbers = np.zeros(len(won), dtype=np.int64)
    models = []
    for number, block in enumerate(steps(won, moments)):
        past, new = np.arange(block.first, block.start), np.arange(block.start, block.end)
        model = train([column.rows(past) for column in columns], won[past])
        given = past[~np.isnan(log_odds[past])]
        calibration = calibrate(log_odds[given], won[given])
        log_odds[new] = model.log_odds([column.rows(new) for column in columns])
        probabilities[new] = calibration.probabilities(log_odds[new])
        numbers[new] = number
        models.append(calibrated(model, calibration))
    places = np.flatnonzero(~np.isnan(probabilities))
    return Scored(places, probabilities[places], numbers[places], tuple(models))


def folds_of(
    won: Flags, groups: NDArray[np.int64] | None, *, seed: int, folds: int = FOLDS
) -> NDArray[np.int64]:
    """The fold of each row; both kinds spread evenly, the rows of a group together."""
    import numpy as np
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    result = np.zeros(len(won), dtype=np.int64)
    blank = np.zeros(len(won))
    if groups is None:
        split = StratifiedKFold(folds, shuffle=True, random_state=seed).split(blank, won)
    else:
        split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(blank, won, groups)
    for number, (_, tested) in enumerate(split):
        result[tested] = number
    return result


def crossed(
    columns: Sequence[Column],
    won: Flags,
    *,
    groups: NDArray[np.int64] | None = None,
    seed: int = 1,
    learn: Fit | None = None,
) -> Scored:
    """Cross-validated scores. A quarter of each training part is held back from a first model and calibrates."""
    import numpy as np

    train = learn or (lambda part, outcome: fit(part, outcome, seed=seed))
    folds = folds_of(won, groups, seed=seed)
    probabilities = np.zeros(len(won))
    models = []
    for fold in range(FOLDS):
        rest, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = calibrated(
            train([column.rows(rest) for column in columns], won[rest]),
            _held_back(columns, won, rest, groups, seed, train),
        )
        probabilities[tested] = model.score([column.rows(tested) for column in columns])
        models.append(model)
    return Scored(np.arange(len(won)), probabilities, folds, tuple(models))


def _held_back(
    columns: Sequence[Column],
    won: Flags,
    rest: NDArray[np.int64],
    groups: NDArray[np.int64] | None,
    seed: int,
    train: Fit,
) -> Calibration:
    """The calibration of a model of three quarters of `rest`, measured on the last one."""
    inner = folds_of(won[rest], None if groups is None else groups[rest], seed=seed, folds=HELD_BACK)
    kept, held = rest[inner != 0], rest[inner == 0]
    if won[kept].all() or not won[kept].any():
        return Calibration()
    model = train([column.rows(kept) for column in columns], won[kept])
    return calibrate(model.log_odds([column.rows(held) for column in columns]), won[held])
