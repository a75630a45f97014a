"""What would have happened: stock, orders and backorders of every item, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.stock.policy import order_due

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """All (items, periods), in pieces. `filled` is demand met at once from stock; `ordered` when it goes out,
    `received` when it comes in; `on_hand` and `owed` (backorders) at the end of the period, `before` is the stock on
    hand before the period's demand.
    """

    demand: Matrix
    filled: Matrix
    ordered: Matrix
    received: Matrix
    before: Matrix
    on_hand: Matrix
    owed: Matrix

    @property
    def average_stock(self) -> Matrix:
        """Mean of the stock before and after the demand of each period."""
        return (self.before + self.on_hand) / 2


def simulate(
    demand: Matrix,
    reorder: Matrix,
    quantity: Matrix,
    *,
    lead: NDArray[np.int64],
    start: Matrix,
    minimum: Matrix,
    pack: Matrix,
) -> Run:
    """Runs a policy over known demand with periodic review and backorders.

    `demand`, `reorder` (reorder points) and `quantity` (order quantities) are (items, periods) and hold what is known
    at the start of each period; `lead` is in whole periods, at least 1; `start` is the stock at the beginning. Ordered
    is the quantity, or what lifts the position to the reorder point, at least `minimum`, in whole packs. An item for
    which nothing is expected (quantity 0) is ordered only for what is owed.
    """
    import numpy as np

    items, periods = demand.shape
    received = np.zeros((items, periods + int(lead.max(initial=1)) + 1))
    shape = (items, periods)
    filled, ordered, before, on_hand, owed = (np.zeros(shape) for _ in range(5))
    net, on_order = start.astype(float).copy(), np.zeros(items)
    rows = np.arange(items)
    for period in range(periods):
        net += received[:, period]
        on_order -= received[:, period]
        position = net + on_order
        order = order_due(position, reorder[:, period], quantity[:, period], minimum, pack)
        ordered[:, period] = order
        received[rows, period + lead] += order
        on_order += order
        before[:, period] = np.maximum(net, 0.0)
        filled[:, period] = np.minimum(before[:, period], demand[:, period])
        net -= demand[:, period]
        on_hand[:, period], owed[:, period] = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    return Run(demand, filled, ordered, received[:, :periods], before, on_hand, owed)
