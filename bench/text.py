"""Categories and answers on real data: Pilotwerk's embedded provider beside scikit-learn's usual pipelines.

`python bench/text.py [--embeddings] [--rows N]` prints one table; the data folder is PILOTWERK_TEST_DATA or
../shared/data. Embeddings take about 30 ms a text, so they are measured only when asked for. No time is asserted.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from pilotwerk.pilots.providers.embedded.calibration import expected_calibration_error  # noqa: E402
from pilotwerk.pilots.providers.embedded.classifier import Corpus, TextClassifier, fit_classifier  # noqa: E402
from pilotwerk.pilots.providers.embedded.embedding import embedder_for  # noqa: E402
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex  # noqa: E402

Rows = tuple[list[str], list[str]]
Row = dict[str, Any]


def labelled(path: Path, limit: int | None) -> Rows:
    """Texts and labels of a CSV with header, or of text TAB label lines."""
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            rows = [(row["text"], row["category"]) for row in csv.DictReader(stream)]
        else:
            rows = [(line.split("\t")[0], line.split("\t")[1].strip()) for line in stream if "\t" in line]
    rows = rows[:: max(1, len(rows) // limit)] if limit else rows
    return [text for text, _ in rows], [label for _, label in rows]


def ours(train: Rows, test: Rows, *, embeddings: bool) -> Row:
    import numpy as np

    embedder = embedder_for(embeddings)
    began = time.perf_counter()
    model = fit_classifier(Corpus.read(*train, embedder.queries(train[0]) if embedder else None), seed=1)
    trained = time.perf_counter() - began
    assert isinstance(model, TextClassifier)
    scores = model.log_scores(test[0], embedder.queries(test[0]) if embedder else None)
    right = np.array(model.categories)[scores.argmax(axis=1)] == np.array(test[1])
    began = time.perf_counter()
    for text in test[0][:50]:
        model.log_scores([text], embedder.queries([text]) if embedder else None)
    each = (time.perf_counter() - began) / 50
    error = expected_calibration_error(np.exp(scores.max(axis=1)), right)
    return figures(float(right.mean()), error, trained, each)


def peer(train: Rows, test: Rows, *, make: Callable[[], Any]) -> Row:
    import numpy as np

    model = make()
    began = time.perf_counter()
    model.fit(*train)
    trained = time.perf_counter() - began
    shares = model.predict_proba(test[0])
    right = model.classes_[shares.argmax(axis=1)] == np.array(test[1])
    began = time.perf_counter()
    for text in test[0][:50]:
        model.predict_proba([text])
    each = (time.perf_counter() - began) / 50
    return figures(float(right.mean()), expected_calibration_error(shares.max(axis=1), right), trained, each)


def figures(accuracy: float, error: float, trained: float, each: float) -> Row:
    return {"accuracy": accuracy, "ece": error, "train s": trained, "ms a case": 1000 * each}


def logistic() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=300))


def naive_bayes() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), ComplementNB())


def categories(data: Path, limit: int | None, *, embeddings: bool) -> Iterator[Row]:
    sets = {
        "banking77": ("banking77/train.csv", "banking77/test.csv"),
        "massive_de": ("massive_de_intents/train.txt", "massive_de_intents/test.txt"),
    }
    for name, (train_file, test_file) in sets.items():
        train, test = labelled(data / train_file, limit), labelled(data / test_file, limit)
        yield {"data": name, "method": "pilotwerk", **ours(train, test, embeddings=False)}
        if embeddings:
            yield {"data": name, "method": "pilotwerk, embeddings", **ours(train, test, embeddings=True)}
        yield {"data": name, "method": "sklearn TF-IDF + logistic", **peer(train, test, make=logistic)}
        yield {"data": name, "method": "sklearn TF-IDF + ComplementNB", **peer(train, test, make=naive_bayes)}


def answers(data: Path, *, embeddings: bool) -> Iterator[Row]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    csv.field_size_limit(2**31 - 1)
    with (data / "covid_faq" / "faq_200327.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["lang"] == "de"]
    pool = list(dict.fromkeys(row["answer"] for row in rows))
    truth = np.array([pool.index(row["answer"]) for row in rows])
    questions = [row["question"] for row in rows]

    def hits(scores: Any) -> Row:
        rank = (scores > scores[np.arange(len(truth)), truth][:, None]).sum(axis=1)
        return {"hit@1": float((rank == 0).mean()), "hit@5": float((rank < 5).mean())}

    yield {"data": "covid_faq de", "method": "pilotwerk", **hits(PassageIndex.build(pool).scores(questions))}
    embedder = embedder_for(True) if embeddings else None
    if embedder:
        index = PassageIndex.build(pool, embedder.passages(pool))
        found = hits(index.scores(questions, embedder.queries(questions)))
        yield {"data": "covid_faq de", "method": "pilotwerk, embeddings", **found}
    words = TfidfVectorizer()
    matrix = words.fit_transform(pool)
    plain = (words.transform(questions) @ matrix.T).toarray()
    yield {"data": "covid_faq de", "method": "sklearn TF-IDF words", **hits(plain)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embeddings", action="store_true")
    parser.add_argument("--rows", type=int, help="about so many rows of each file, to be quick")
    args = parser.parse_args()
    data = Path(os.environ.get("PILOTWERK_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        print(f"No data sets at {data}. Set PILOTWERK_TEST_DATA to their folder.")
        return
    for rows in (
        categories(data, args.rows, embeddings=args.embeddings),
        answers(data, embeddings=args.embeddings),
    ):
        for row in rows:
            cells = [f"{key} {value:.3f}" for key, value in row.items() if isinstance(value, float)]
            print(f"{row['data']:<14}{row['method']:<32}{'   '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
