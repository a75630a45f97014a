"""Probabilities that keep their promise, and the figures that judge a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Flags, Floats

# How strongly shift and slope are held at 0 and 1: few rows change little. Chosen on the older form of the bank's
# table (bank-full), not on the one that the figures are reported for.
HOLD_SHIFT, HOLD_SLOPE = 5.0, 20.0
DECILE = 0.1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Log-odds become `shift + slope * log-odds` (Platt 1999)."""

    shift: float = 0.0
    slope: float = 1.0

    def probabilities(self, log_odds: Floats) -> Floats:
        from scipy.special import expit

        result: Floats = expit(self.shift + self.slope * log_odds)
        return result


def calibrate(log_odds: Floats, won: Flags) -> Calibration:
    """Shift and slope most likely for rows that the model had not seen; none without rows of both kinds."""
    import numpy as np
    from scipy.special import expit

    if won.all() or not won.any():
        return Calibration()
    point = np.array([0.0, 1.0])
    design = np.column_stack([np.ones(len(log_odds)), log_odds])
    hold, home = np.array([HOLD_SHIFT, HOLD_SLOPE]), np.array([0.0, 1.0])
    for _ in range(30):  # Newton's method; the loss is convex
        share = expit(design @ point)
        slope = design.T @ (share - won) + 2 * hold * (point - home)
        curve = (design * (share * (1 - share))[:, None]).T @ design + 2 * np.diag(hold)
        step = np.linalg.solve(curve, slope)
        point = point - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(float(point[0]), float(point[1]))


def auc(scores: Floats, won: Flags) -> float:
    """Area under the ROC curve: the share of pairs of a won and a lost lead that are in the right order, ties half
    (Mann-Whitney). NaN without both kinds.
    """
    from scipy.stats import rankdata

    wins = int(won.sum())
    losses = len(won) - wins
    if not wins or not losses:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[won].sum() - wins * (wins + 1) / 2) / (wins * losses))


def auc_within(scores: Floats, won: Flags, blocks: NDArray[np.int64]) -> float:
    """AUC among pairs of the same block only: the order of leads that lay on the table at the same time."""
    import numpy as np

    total, right = 0.0, 0.0
    for block in np.unique(blocks):
        inside = blocks == block
        wins = int(won[inside].sum())
        pairs = wins * (int(inside.sum()) - wins)
        if pairs:
            right += pairs * auc(scores[inside], won[inside])
            total += pairs
    return right / total if total else float("nan")


def auc_error(area: float, wins: int, losses: int) -> float:
    """Standard error of an AUC (Hanley and McNeil 1982)."""
    area = max(area, 1 - area)
    first, second = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (wins - 1) * (first - area**2) + (losses - 1) * (second - area**2)
    return float((spread / (wins * losses)) ** 0.5) if wins and losses else float("nan")


def lift_top_decile(scores: Floats, won: Flags) -> float:
    """Share of won leads in the best tenth, as a multiple of the share in all. Rows that tie at the edge of the
    tenth count with the share of them that fits in.
    """
    import numpy as np

    count = max(1.0, len(scores) * DECILE)
    edge = np.sort(scores)[::-1][int(np.ceil(count)) - 1]
    above, tied = scores > edge, scores == edge
    wins = won[above].sum() + won[tied].mean() * (count - above.sum())
    return float(wins / count / won.mean())
