"""Leads on real calls of a bank: Pilotwerk beside scikit-learn's usual models, without the column that leaks.

`python bench/leads.py [--rows N]` prints one table; the data folder is PILOTWERK_TEST_DATA or ../shared/data. All
are asked about the same calls in order of time. No time is asserted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from pilotwerk.pilots.providers.embedded.calibration import expected_calibration_error  # noqa: E402
from pilotwerk.pilots.recipes.leads.calibration import auc  # noqa: E402
from pilotwerk.pilots.recipes.leads.columns import Column, read_column  # noqa: E402
from pilotwerk.pilots.recipes.leads.encoding import Encoding  # noqa: E402
from pilotwerk.pilots.recipes.leads.validation import in_time, steps  # noqa: E402
from pilotwerk.processes.reading import open_source  # noqa: E402

TABLES = ("bank-additional-full.csv", "bank-full.csv")


def calls(path: Path, limit: int | None) -> tuple[list[Column], Any]:
    """All columns that are known before the call, and whether it was a success."""
    import numpy as np

    with open_source(path, sample=limit) as source:
        names, rows = source.columns, source.first_rows(source.rows)
    cells = dict(zip(names, zip(*(row for _, row in rows), strict=True), strict=True))
    won = np.array([cell == "yes" for cell in cells["y"]])
    return [read_column(name, cells[name]) for name in names if name not in ("y", "duration")], won


def once(columns: list[Column], won: Any, make: Callable[[], Any]) -> Any:
    """Scores of a model that is trained before the first tenth is over and never again."""
    import numpy as np

    cut = len(won) // 10
    encoding = Encoding.learn([column.rows(np.arange(cut)) for column in columns])
    matrix = encoding.linear(columns)
    return make().fit(matrix[:cut], won[:cut]).predict_proba(matrix)[:, 1]


def anew(columns: list[Column], won: Any, make: Callable[[], Any]) -> Any:
    """Scores of a model that is trained anew on the same windows as ours."""
    import numpy as np

    scores = np.full(len(won), np.nan)
    for block in steps(won):
        past = np.arange(block.first, block.start)
        encoding = Encoding.learn([column.rows(past) for column in columns])
        new = encoding.linear([column.rows(np.arange(block.start, block.end)) for column in columns])
        model = make().fit(encoding.linear([column.rows(past) for column in columns]), won[past])
        scores[block.start : block.end] = model.predict_proba(new)[:, 1]
    return scores


def methods() -> Iterator[tuple[str, Callable[[list[Column], Any], Any]]]:
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    def ours(columns: list[Column], won: Any) -> Any:
        result, scores = in_time(columns, won), np.full(len(won), np.nan)
        scores[result.places] = result.probabilities
        return scores

    logistic = lambda: LogisticRegression(max_iter=500)  # noqa: E731
    boosting = lambda: HistGradientBoostingClassifier(random_state=1)  # noqa: E731
    forest = lambda: RandomForestClassifier(200, min_samples_leaf=20, random_state=1)  # noqa: E731
    yield "pilotwerk", ours
    yield "sklearn logistic, once", lambda columns, won: once(columns, won, logistic)
    yield "sklearn boosting, once", lambda columns, won: once(columns, won, boosting)
    yield "sklearn logistic, anew", lambda columns, won: anew(columns, won, logistic)
    yield "sklearn boosting, anew", lambda columns, won: anew(columns, won, boosting)
    yield "sklearn forest, anew", lambda columns, won: anew(columns, won, forest)


def main() -> None:
    import numpy as np

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, help="only the first so many calls, to be quick")
    args = parser.parse_args()
    data = Path(os.environ.get("PILOTWERK_TEST_DATA", ROOT.parent / "shared" / "data"))
    packed = data / "bank_marketing" / "bank-additional.zip"
    if not packed.is_file():
        print(f"No data set at {packed}. Set PILOTWERK_TEST_DATA to the data folder.")
        return
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(packed).extractall(folder)
        for table in TABLES:
            columns, won = calls(Path(folder) / "bank-additional" / table, args.rows)
            judged = np.arange(len(won)) >= len(won) // 10
            for name, method in methods():
                began = time.perf_counter()
                scores = method(columns, won)
                seconds = time.perf_counter() - began
                shares, truth = scores[judged], won[judged]
                error = expected_calibration_error(shares, truth)
                print(
                    f"{table:<28}{name:<26}auc {auc(shares, truth):.3f}   brier {((shares - truth) ** 2).mean():.4f}"
                    f"   ece {error:.3f}   seconds {seconds:.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
