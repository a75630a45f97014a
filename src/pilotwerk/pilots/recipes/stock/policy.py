"""When to reorder and how much: reorder points for a fill rate, economic quantities, and the rule of thumb.

Reviewed at the start of each period: where stock on hand and on order, less what is owed, is at or below the reorder
point, an order goes out. What is ordered at period t is there at the start of period t + lead; so a decision covers the
lead time and one review period.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

# Bisection halves this often: 2^-20 of the range, far below one piece for every range that occurs.
HALVINGS = 20


def economic_quantity(yearly: Matrix, order_cost: Matrix, holding_cost: Matrix) -> Matrix:
    """Economic order quantity in pieces (Harris 1913): sqrt(2 x demand a year x cost an order / cost to hold a piece a
    year). Zero where nothing is sold.
    """
    import numpy as np

    return np.asarray(np.sqrt(2 * np.maximum(yearly, 0) * order_cost / np.maximum(holding_cost, 1e-9)))


def in_packs(quantity: Matrix, minimum: Matrix, pack: Matrix) -> Matrix:
    """The quantity raised to the minimum and rounded up to whole packs; zero stays zero."""
    import numpy as np

    wanted = np.maximum(quantity, minimum)
    packs = np.ceil(np.round(wanted / np.maximum(pack, 1e-9), 6))
    rounded = np.where(pack > 0, packs * pack, wanted)
    return np.where(quantity > 0, rounded, 0.0)


def shortage_normal(level: Matrix, mean: Matrix, variance: Matrix) -> Matrix:
    """Expected pieces short, E[max(D - level, 0)], for normal demand: sigma (phi(z) - z (1 - Phi(z)))."""
    import numpy as np
    from scipy.special import ndtr

    sigma = np.sqrt(np.maximum(variance, 1e-12))
    z = (level - mean) / sigma
    return np.asarray(sigma * (np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi) - z * ndtr(-z)))


def shortage_gamma(level: Matrix, mean: Matrix, variance: Matrix) -> Matrix:
    """The same for gamma demand, the continuous counterpart of the negative binomial: skewed and never negative.

    With shape a = mean^2 / variance: mean (1 - G(level; a + 1)) - level (1 - G(level; a)), as in Burgin (1975), "The
    gamma distribution and inventory control", Operational Research Quarterly 26(3).
    """
    import numpy as np
    from scipy.special import gammaincc

    safe = np.maximum(mean, 1e-9)
    shape = safe**2 / np.maximum(variance, 1e-9)
    scaled = np.maximum(level, 0.0) * shape / safe
    return np.asarray(safe * gammaincc(shape + 1, scaled) - np.maximum(level, 0.0) * gammaincc(shape, scaled))


def reorder_points(
    mean: Matrix, variance: Matrix, quantity: Matrix, target: Matrix, *, normal: bool = False
) -> Matrix:
    """The smallest level, in pieces, whose expected shortage in an order cycle is at most (1 - target) x quantity.

    The fill-rate criterion of Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, 4th
    edition, section 6.7. `mean` and `variance` are of the demand in lead time plus review period, `target` lies in
    0..1. Zero where nothing is expected.
    """
    import numpy as np

    shortage = shortage_normal if normal else shortage_gamma
    allowed = (1 - target) * np.maximum(quantity, mean)
    low = np.zeros_like(mean)
    high = mean + 12 * np.sqrt(variance) + 1
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = shortage(middle, mean, variance) <= allowed
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    fits_at_zero = shortage(np.zeros_like(mean), mean, variance) <= allowed
    return np.where((mean <= 0) | fits_at_zero, 0.0, high)


def rule_of_thumb(mean_demand: Matrix, lead: Matrix, factor: Matrix) -> Matrix:
    """Present rule: reorder at `factor` times the mean demand in the lead time (`lead` in periods)."""
    return factor * mean_demand * lead
