"""Stock: forecast the demand of items, most of which sell now and then, and say when to reorder how much.

The test on a company's own history and the running recipe take the same way: `choose` the methods from past demand,
forecast, and turn the outlook into reorder points with `policy`.
"""

from pilotwerk.pilots.recipes.base import Sheet
from pilotwerk.pilots.recipes.stock.backtest import backtest_stock
from pilotwerk.pilots.recipes.stock.demand import Demand
from pilotwerk.pilots.recipes.stock.parameters import Parameters, assumed, read_parameters
from pilotwerk.pilots.recipes.stock.periods import Frequency
from pilotwerk.pilots.recipes.stock.reading import read_long, read_wide, with_head

__all__ = [
    "Demand",
    "Frequency",
    "Parameters",
    "Sheet",
    "assumed",
    "backtest_stock",
    "read_long",
    "read_parameters",
    "read_wide",
    "with_head",
]
