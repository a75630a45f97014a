"""Parts of the past that are held back in turn, so that the model is judged on what it has not seen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pilotwerk.pilots.providers.embedded.vectors import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

FOLDS = 5


def assign_folds(
    texts: Sequence[str], labels: Sequence[str], *, seed: int, folds: int = FOLDS
) -> NDArray[np.int64]:
    """The fold of each row. Each category is spread evenly, and equal texts stay together.

    Equal texts on both sides would let the model look good by remembering.
    """
    import numpy as np

    keys = [" ".join(folded(text).split()) for text in texts]
    by_label: dict[str, dict[str, None]] = {}
    owner: dict[str, str] = {}
    for key, label in zip(keys, labels, strict=True):
        by_label.setdefault(owner.setdefault(key, label), {})[key] = None
    fold_of: dict[str, int] = {}
    place = 0
    for label in sorted(by_label):
        distinct = list(by_label[label])
        random.Random(f"{seed}:{label}").shuffle(distinct)
        for key in distinct:
            fold_of[key] = place % folds
            place += 1
    return np.array([fold_of[key] for key in keys], dtype=np.int64)
