"""What the recipe would have reached on a company's own past: the same training, judged on held-back rows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded.calibration import (
    SURE,
    expected_calibration_error,
    macro_f1,
    threshold_for,
)
from pilotwerk.pilots.providers.embedded.classifier import (
    Corpus,
    HeldBack,
    TextClassifier,
    combined,
    fit_measured,
    hold_back,
    score_held,
)
from pilotwerk.pilots.providers.embedded.embedding import Embedder, embedder_for
from pilotwerk.pilots.providers.embedded.folds import FOLDS
from pilotwerk.pilots.providers.embedded.language import shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.support.proposal import LabelledText

PROMISES = (0.9, SURE, 0.98)
CURVE = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
# Of rows with times, the latest fifth is the test.
TEST_SHARE = 0.2
TIMED = 100
LANGUAGE_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers about rows that the model had not seen, and the thresholds found on other rows than these."""

    truth: NDArray[np.str_]
    answered: NDArray[np.str_]
    confidence: NDArray[np.float64]
    thresholds: dict[float, NDArray[np.float64]]

    @property
    def right(self) -> NDArray[np.bool_]:
        result: NDArray[np.bool_] = self.answered == self.truth
        return result


def backtest_support(
    rows: Sequence[LabelledText],
    *,
    test: Sequence[LabelledText] | None = None,
    seed: int = 1,
    embeddings: bool | None = None,
) -> dict[str, Any]:
    """The figures of `pilotwerk backtest support`.

    Judged on `test` where given, else on the latest fifth where every row has a time, else by cross-validation.
    Raises `BadInput` where the rows do not suffice.
    """
    train, held_out, validation = _split(rows, test)
    embedder = embedder_for(embeddings)
    began = time.perf_counter()
    corpus = Corpus.read(*_parts(train, embedder))
    held = hold_back(corpus, seed=seed)
    if isinstance(held, CannotTell):
        raise BadInput(held.reason)
    model = fit_measured(corpus, held, seed=seed)
    seconds = time.perf_counter() - began
    if held_out:
        tested = corpus.others(*_parts(held_out, embedder))
        answers = _on_test(model, held, tested)
        curve = _curve(corpus, tested, model, seed)
    else:
        answers = _crossed(held)
        first, rest = held.folds == 0, held.folds != 0
        curve = _curve(corpus.rows(rest.nonzero()[0]), corpus.rows(first.nonzero()[0]), model, seed)
    asked = held_out or train
    labels = [row.category for row in train]
    return {
        "rows": len(rows) + len(test or ()),
        "labels": len(set(labels)),
        "language": shares([row.text for row in rows[:: max(1, len(rows) // LANGUAGE_SAMPLE)]]),
        "validation": validation,
        "train_rows": len(train),
        "test_rows": len(answers.truth),
        "majority_accuracy": _majority(labels, answers),
        **_figures(answers),
        "learning_curve": curve,
        "train_seconds": round(seconds, 2),
        "milliseconds_per_case": _timed(model, [row.text for row in asked[:TIMED]], embedder),
        "embedding": embedder.name if embedder else "none",
        "seed": seed,
    }


def _split(
    rows: Sequence[LabelledText], test: Sequence[LabelledText] | None
) -> tuple[Sequence[LabelledText], Sequence[LabelledText], str]:
    if test is not None:
        return rows, test, "test file"
    times = [row.time for row in rows if row.time is not None]
    if not rows or len(times) < len(rows):
        return rows, (), "cross"
    ordered = sorted(rows, key=lambda row: row.time.timestamp() if row.time else 0.0)
    cut = round(len(ordered) * (1 - TEST_SHARE))
    return ordered[:cut], ordered[cut:], "time"


def _parts(
    rows: Sequence[LabelledText], embedder: Embedder | None
) -> tuple[list[str], list[str], NDArray[np.float32] | None]:
    """Texts, labels and embeddings."""
    texts = [row.text for row in rows]
    return texts, [row.category or "" for row in rows], embedder.queries(texts) if embedder else None


def _thresholds(held: HeldBack, margin: float, temperature: float) -> dict[float, float]:
    """For each promise the confidence from which on it holds; above 1 where none does."""
    import numpy as np

    scores = held.log_scores(margin, temperature)
    confidence, right = np.exp(scores.max(axis=1)), scores.argmax(axis=1) == held.truth
    found = {promise: threshold_for(confidence, right, promise) for promise in PROMISES}
    return {promise: 2.0 if threshold is None else threshold for promise, threshold in found.items()}


def _on_test(model: TextClassifier, held: HeldBack, tested: Corpus) -> Answers:
    import numpy as np

    scores = model.log_scores(tested.texts, tested.embedded)
    count = len(tested.texts)
    thresholds = _thresholds(held, model.margin, model.temperature)
    return Answers(
        truth=np.array(tested.labels),
        answered=np.array(model.categories)[scores.argmax(axis=1)],
        confidence=np.exp(scores.max(axis=1)),
        thresholds={promise: np.full(count, value) for promise, value in thresholds.items()},
    )


def _crossed(held: HeldBack) -> Answers:
    """Cross-validation, calibration included: each fold is judged with margin and thresholds of the others."""
    import numpy as np

    count = len(held.truth)
    answered, confidence = np.zeros(count, dtype=int), np.zeros(count)
    thresholds = {promise: np.zeros(count) for promise in PROMISES}
    for fold in range(FOLDS):
        places, others = held.folds == fold, held.without(fold)
        margin, temperature = others.calibrated()
        scores = held.only(fold).log_scores(margin, temperature)
        answered[places], confidence[places] = scores.argmax(axis=1), np.exp(scores.max(axis=1))
        for promise, value in _thresholds(others, margin, temperature).items():
            thresholds[promise][places] = value
    categories = np.array(held.categories)
    return Answers(categories[held.truth], categories[answered], confidence, thresholds)


def _majority(labels: Sequence[str | None], answers: Answers) -> float:
    """Accuracy of always naming the category that was most frequent in training."""
    usual = max(sorted({label or "" for label in labels}), key=labels.count)
    return float((answers.truth == usual).mean())


def _figures(answers: Answers) -> dict[str, Any]:
    import numpy as np

    _, numbers = np.unique(np.concatenate([answers.truth, answers.answered]), return_inverse=True)
    truth, answered = np.split(numbers, 2)
    right = answers.right
    kept = [_kept(answers, promise) for promise in PROMISES]
    return {
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(truth, answered),
        "ece": expected_calibration_error(answers.confidence, right),
        "coverage_at_precision": kept,
        "sure": next(one for one in kept if one["precision"] == SURE),
    }


def _kept(answers: Answers, promise: float) -> dict[str, float | None]:
    """How many cases a promise covers, and how many of these were really right."""
    sure = answers.confidence >= answers.thresholds[promise]
    thresholds = answers.thresholds[promise]
    holds = bool((thresholds <= 1).all())
    return {
        "precision": promise,
        "coverage": float(sure.mean()),
        "realised_precision": float(answers.right[sure].mean()) if sure.any() else None,
        "threshold": float(thresholds.mean()) if holds else None,
    }


def _curve(corpus: Corpus, tested: Corpus, model: TextClassifier, seed: int) -> list[dict[str, float]]:
    """Accuracy after 100, 200, ... labelled rows, drawn at random, on the rows that are tested."""
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(corpus.texts))
    truth = np.array(tested.labels)
    points = []
    for size in [*(size for size in CURVE if size < 0.9 * len(order)), len(order)]:
        part = corpus.rows(order[:size])
        categories = sorted(set(part.labels))
        if len(categories) < 2:
            continue
        words, meaning = score_held(part, tested, categories, seed)
        answered = np.array(categories)[combined(words, meaning, model.margin).argmax(axis=1)]
        points.append({"labelled": size, "accuracy": float((answered == truth).mean())})
    return points


def _timed(model: TextClassifier, texts: Sequence[str], embedder: Embedder | None) -> float:
    """Median milliseconds for one case alone, embedding included."""
    spent = []
    for text in texts:
        began = time.perf_counter()
        model.log_scores([text], embedder.queries([text]) if embedder else None)
        spent.append(time.perf_counter() - began)
    return round(1000 * median(spent), 2)
