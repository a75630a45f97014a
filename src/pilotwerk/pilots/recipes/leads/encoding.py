"""Columns as the matrix that gradient boosting reads, and as the one that logistic regression reads.

What is learned here (which labels are frequent, medians, spreads) is learned from the training rows alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Column, Floats

# Labels with fewer training rows than this count as one: "something else".
LEAST_ROWS = 5
MOST_LABELS = 60
# Numbers far outside of what was seen must not carry a straight line anywhere: so many spreads at most.
FAR = 4.0


@dataclass(frozen=True, slots=True)
class Encoding:
    """For each column what the training rows said: kept labels, or median and spread."""

    kept: tuple[NDArray[np.int64] | None, ...]
    medians: tuple[float, ...]
    spreads: tuple[float, ...]

    @classmethod
    def learn(cls, columns: Sequence[Column]) -> Encoding:
        import numpy as np

        kept: list[NDArray[np.int64] | None] = []
        medians, spreads = [], []
        for column in columns:
            there = column.values[~column.missing]
            if column.is_label:
                codes, counts = np.unique(there.astype(np.int64), return_counts=True)
                frequent = np.argsort(-counts, kind="stable")[:MOST_LABELS]
                kept.append(np.sort(codes[frequent[counts[frequent] >= LEAST_ROWS]]))
            else:
                kept.append(None)
            medians.append(float(np.median(there)) if len(there) else 0.0)
            spreads.append((float(there.std()) or 1.0) if len(there) else 1.0)
        return cls(tuple(kept), tuple(medians), tuple(spreads))

    @property
    def is_label(self) -> list[bool]:
        return [kept is not None for kept in self.kept]

    def boosted(self, columns: Sequence[Column]) -> Floats:
        """One matrix column a column; labels as small whole numbers, the rare ones together, NaN where missing."""
        import numpy as np

        parts = [
            column.values if kept is None else _coded(column, kept)
            for column, kept in zip(columns, self.kept, strict=True)
        ]
        return np.column_stack(parts)

    def linear(self, columns: Sequence[Column]) -> Floats:
        """Numbers standardised and bounded, with a flag for missing; a flag for each kept label."""
        import numpy as np

        parts: list[NDArray[Any]] = []
        for place, (column, kept) in enumerate(zip(columns, self.kept, strict=True)):
            missing = column.missing
            if kept is None:
                scaled = (column.values - self.medians[place]) / self.spreads[place]
                parts.append(np.where(missing, 0.0, np.clip(scaled, -FAR, FAR))[:, None])
                parts.append(missing[:, None].astype(float))
            else:
                codes = _coded(column, kept)
                parts.append((codes[:, None] == np.arange(len(kept) + 1)[None, :]).astype(float))
        return np.hstack(parts)


def _coded(column: Column, kept: NDArray[np.int64]) -> Floats:
    """The place among the kept labels, their number for all others, NaN where missing."""
    import numpy as np

    missing = column.missing
    codes = np.where(missing, -1, column.values).astype(np.int64)
    places = np.searchsorted(kept, codes)
    known = (places < len(kept)) & (
        kept[np.minimum(places, max(len(kept) - 1, 0))] == codes if len(kept) else False
    )
    return np.where(missing, np.nan, np.where(known, places, len(kept)).astype(float))
