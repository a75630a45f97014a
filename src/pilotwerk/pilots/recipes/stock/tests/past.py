"""Demand with a known truth, for the stories of this recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pilotwerk.pilots.recipes.stock import Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray


def now_and_then(items: int, periods: int, seed: int = 1, chance: float = 0.3) -> NDArray[np.float64]:
    """Stationary demand: with the given chance one to six pieces, mean 3.5 x chance a period."""
    random = np.random.default_rng(seed)
    asked = random.random((items, periods)) < chance
    return np.where(asked, random.integers(1, 7, (items, periods)), 0).astype(float)


def seasonal(items: int, periods: int, seed: int = 1) -> NDArray[np.float64]:
    """Three busy months a year, the same each year."""
    random = np.random.default_rng(seed)
    shape = np.where(np.arange(periods) % 12 < 3, 60.0, 4.0)
    return random.poisson(np.tile(shape, (items, 1))).astype(float)


def long_sheet(rows: list[tuple[str, str, str]], file: str = "verkauf.csv") -> Sheet:
    """Item, date, quantity below a header in row 1."""
    return Sheet(file, ("Artikel", "Datum", "Menge"), [(2 + place, row) for place, row in enumerate(rows)])


def wide_sheet(columns: tuple[str, ...], *rows: tuple[str, ...]) -> Sheet:
    """A wide table with the item in the first column."""
    return Sheet("breit.csv", ("Artikel", *columns), [(2 + place, row) for place, row in enumerate(rows)])
