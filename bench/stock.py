"""Demand of real car parts, 12 months ahead: Pilotwerk's choice beside single methods of statsforecast.

`python bench/stock.py [--ets]` prints one table; the data folder is PILOTWERK_TEST_DATA or ../shared/data. `--ets` adds
AutoETS, which takes about a minute. Seconds are for choosing and forecasting. No time is asserted.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from pilotwerk.pilots.recipes.stock import accuracy  # noqa: E402
from pilotwerk.pilots.recipes.stock.choose import bias_factors, choose, losses_of, rolled  # noqa: E402
from pilotwerk.pilots.recipes.stock.forecast import METHODS, forecast  # noqa: E402

HORIZON = SEASON = 12


def carparts(path: Path) -> Any:
    """2,674 parts x 51 months out of R's serialised matrix; the smallest integer stands for NA."""
    packed, count = gzip.decompress(path.read_bytes()), 2674 * 51
    begin = packed.index(count.to_bytes(4, "big")) + 4
    numbers = np.frombuffer(packed, dtype=">i4", count=count, offset=begin).astype(float)
    numbers[numbers == np.iinfo(np.int32).min] = np.nan
    return numbers.reshape(2674, 51)


def smallest_past_error(train: Any) -> Any:
    """For each item the method with the smallest mean error at the past origins: the usual way to choose."""
    past = rolled(train, HORIZON, SEASON).seen_from(train.shape[1])
    factors = bias_factors(past)
    errors = np.nan_to_num(losses_of(past, factors)).mean(axis=0)
    result = np.zeros((len(train), HORIZON))
    for place in np.unique(errors.argmin(axis=0)):
        rows = errors.argmin(axis=0) == place
        result[rows] = forecast(train[rows], METHODS[place], HORIZON, SEASON) / factors[place]
    return result


def peers(train: Any, *, ets: bool) -> Iterator[tuple[str, Any]]:
    """Name and forecasts, computed when asked for."""
    yield "pilotwerk", choose(train, HORIZON, SEASON).forecast(train, HORIZON, SEASON)
    yield "smallest past error of each item", smallest_past_error(train)
    for method in METHODS:
        yield f"statsforecast {method}", forecast(train, method, HORIZON, SEASON)
    yield "zero", np.zeros((len(train), HORIZON))
    if ets:
        from statsforecast.models import AutoETS

        for season in (1, SEASON):
            model = AutoETS(season_length=season)
            yield (
                f"statsforecast AutoETS({season})",
                np.array([model.forecast(y=row, h=HORIZON)["mean"] for row in train]),
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ets", action="store_true", help="AutoETS as well")
    args = parser.parse_args()
    path = (
        Path(os.environ.get("PILOTWERK_TEST_DATA", ROOT.parent / "shared" / "data"))
        / "carparts"
        / "carparts.rda"
    )
    if not path.is_file():
        print(f"No data set at {path}. Set PILOTWERK_TEST_DATA to the folder of data sets.")
        return
    values = carparts(path)
    values = values[~np.isnan(values).any(axis=1)]
    train, actual = values[:, :-HORIZON], values[:, -HORIZON:]
    items = accuracy.judge(train, actual).items
    every = np.ones(len(values), dtype=bool)
    forecast(train[:10], "IMAPA", HORIZON, SEASON)  # loading the library is not measured
    began = time.perf_counter()
    for name, predicted in peers(train, ets=args.ets):
        seconds = time.perf_counter() - began
        error = accuracy.mean_rmsse(actual, predicted, train, items)
        off = accuracy.bias(actual, predicted, every)
        print(f"carparts  {name:<36}rmsse {error:.4f}   bias {off:+.3f}   s {seconds:.2f}", flush=True)
        began = time.perf_counter()


if __name__ == "__main__":
    main()
