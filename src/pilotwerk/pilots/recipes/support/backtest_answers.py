"""How often the right past answer is found: the recipe's search, asked with known questions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.providers.embedded.embedding import Embedder, embedder_for
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TIMED = 50
BLOCK = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the places of the entries that answer it."""

    question: str
    relevant: frozenset[int]


def backtest_answers(pairs: Sequence[tuple[str, str]], *, embeddings: bool | None = None) -> dict[str, Any]:
    """Each question is asked against all distinct answers; its own must be found. The questions are not indexed."""
    pool = list(dict.fromkeys(answer for _, answer in pairs))
    places = {answer: place for place, answer in enumerate(pool)}
    asked = [Asked(question, frozenset({places[answer]})) for question, answer in pairs]
    embedder = embedder_for(embeddings)
    embedded = embedder.passages(pool) if embedder else None
    return _figures(PassageIndex.build(pool, embedded), asked, embedder)


def backtest_requests(
    pairs: Sequence[tuple[str, str]],
    queries: Sequence[tuple[str, str]],
    *,
    ids: Sequence[str] | None = None,
    embeddings: bool | None = None,
) -> dict[str, Any]:
    """New queries against the past questions, as the recipe searches. A hit is an entry with the relevant answer.

    `queries` are pairs of question and the relevant answer's text or, with `ids`, the id of an entry.
    """
    embedder = embedder_for(embeddings)
    known: dict[str, set[int]] = {}
    for place, (_, answer) in enumerate(pairs):
        known.setdefault(answer.strip(), set()).add(place)
        if ids is not None:
            known.setdefault(ids[place].strip(), set()).add(place)
    asked = []
    for number, (question, relevant) in enumerate(queries, start=1):
        places = known.get(relevant.strip())
        if not places:
            raise BadInput(f"Query {number} names an answer that is not in the pool: “{relevant[:60]}”.")
        asked.append(Asked(question, frozenset(places)))
    questions = [question for question, _ in pairs]
    embedded = embedder.queries(questions) if embedder else None
    return _figures(PassageIndex.build(questions, embedded), asked, embedder)


def _figures(index: PassageIndex, asked: Sequence[Asked], embedder: Embedder | None) -> dict[str, Any]:
    ranks: list[int] = []
    for start in range(0, len(asked), BLOCK):
        block = asked[start : start + BLOCK]
        questions = [one.question for one in block]
        scores = index.scores(questions, embedder.queries(questions) if embedder else None)
        ranks += [_rank(row, one.relevant) for row, one in zip(scores, block, strict=True)]
    return {
        "pool": index.size,
        "queries": len(asked),
        "hit_at_1": fmean(rank == 1 for rank in ranks),
        "hit_at_5": fmean(rank <= 5 for rank in ranks),
        "mrr": fmean(1 / rank for rank in ranks),
        "milliseconds_per_query": _timed(index, [one.question for one in asked[:TIMED]], embedder),
        "embedding": embedder.name if embedder else "none",
    }


def _rank(scores: NDArray[np.float32], relevant: frozenset[int]) -> int:
    """Place of the first relevant entry, from 1; among equal scores the earlier entry comes first."""
    order = (-scores).argsort(kind="stable")
    return next(number for number, place in enumerate(order, start=1) if int(place) in relevant)


def _timed(index: PassageIndex, questions: Sequence[str], embedder: Embedder | None) -> float:
    spent = []
    for question in questions:
        began = time.perf_counter()
        index.scores([question], embedder.queries([question]) if embedder else None)
        spent.append(time.perf_counter() - began)
    return round(1000 * median(spent), 2)
