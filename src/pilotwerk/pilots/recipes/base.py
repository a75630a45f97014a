"""What every recipe says about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of pilot: which columns of past data it needs, which it also uses, and from how many rows on.

    Each recipe's package has `train(rows, *, seed, embeddings)` and a model with `propose(...)`, `save` and `load`.
    Their rows and proposals differ by kind, so they are typed there and not here.
    """

    kind: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    minimum_rows: int
