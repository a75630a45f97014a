"""2,000 simulated pilots under constant watching: false promotions, cases to promotion, falls and false alarms.

`python bench/autonomy.py [--pilots N] [--choose]` prints the table of docs/autonomy.md; `--choose` compares CUSUM and
the Shiryaev-Roberts e-detector at several thresholds. Seeds are fixed. No network, no data.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from pilotwerk.pilots.domain.autonomy_evidence import LEVEL, FallRules, log_e_value  # noqa: E402

BOUND, CASES, SEED = 0.90, 2000, 20261126
BEFORE, AFTER = 200, 1000
Table = Any


def draws(pilots: int, cases: int, rate: float, seed: int) -> Table:
    """Whether each case of each pilot agreed."""
    return np.random.default_rng([SEED, seed]).random((pilots, cases)) < rate


def e_table(cases: int, bound: float) -> Table:
    """log e by number of cases and number of agreements, filled where it can occur near the bound."""
    from scipy.special import betaincc, betaln

    n = np.arange(cases + 1)[:, None]
    k = np.minimum(np.arange(cases + 1)[None, :], n)
    with np.errstate(divide="ignore"):
        tail = np.log(betaincc(k + 1, n - k + 1, bound))
    return (
        betaln(k + 1, n - k + 1)
        + tail
        - math.log1p(-bound)
        - k * math.log(bound)
        - (n - k) * math.log1p(-bound)
    )


def promotions(agreed: Table, bound: float = BOUND, level: float = LEVEL) -> Table:
    """The case at which each pilot is promoted; 0 where it never is."""
    cases = agreed.shape[1]
    table = e_table(cases, bound)
    path = table[np.arange(1, cases + 1)[None, :], np.cumsum(agreed, axis=1)]
    # The table is the vectorised twin of the product's function; one path shows that they are the same.
    assert math.isclose(path[0, 99], log_e_value(int(agreed[0, :100].sum()), 100, bound), rel_tol=1e-9)
    hit = path >= -math.log(level)
    return np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, 0)


def wilson_promotions(agreed: Table, bound: float = BOUND) -> Table:
    """The same with a one-sided 95 % Wilson bound looked at after each case from the 30th on."""
    n = np.arange(1, agreed.shape[1] + 1)[None, :]
    p, z = np.cumsum(agreed, axis=1) / n, 1.6448536269514722
    low = (p + z * z / (2 * n) - z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    hit = (low > bound) & (n >= 30)
    return np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, 0)


def alarms(agreed: Table, threshold: float, *, method: str = "cusum", bound: float = BOUND) -> Table:
    """The case at which the detector of each pilot says "fallen"; 0 where it never does."""
    rules = FallRules(bound, threshold)
    steps = np.where(agreed, rules.step(True), rules.step(False))
    height = np.zeros(len(agreed))
    found = np.zeros(len(agreed), dtype=int)
    for case in range(agreed.shape[1]):
        if method == "cusum":
            height = np.maximum(0.0, height + steps[:, case])
        else:
            height = np.logaddexp(height, 0.0 if case else -np.inf) + steps[:, case]
        found[(found == 0) & (height >= threshold)] = case + 1
    return found


def fallen(pilots: int, seed: int, low: float = 0.80) -> Table:
    """200 cases at 0.95, then a fall."""
    return np.hstack([draws(pilots, BEFORE, 0.95, seed), draws(pilots, AFTER, low, seed + 1000)])


def delays(agreed: Table, threshold: float, method: str = "cusum") -> Table:
    """Cases from the fall to the alarm, of the pilots that had none before; infinite where it never came."""
    found = alarms(agreed, threshold, method=method)
    return np.where(found == 0, np.inf, found - BEFORE)[(found == 0) | (found > BEFORE)]


def choose(pilots: int) -> None:
    """Both detectors at several thresholds: 95 % of delays, and false alarms in 500 cases in order."""
    agreed, steady = (
        fallen(pilots, 7),
        {r: draws(pilots, 500, r, 8 + i) for i, r in enumerate((0.90, 0.93, 0.95, 0.97))},
    )
    for method in ("cusum", "shiryaev-roberts"):
        for threshold in (3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0):
            late = delays(agreed, threshold, method)
            false = [f"{(alarms(s, threshold, method=method) > 0).mean():.3f}" for s in steady.values()]
            print(
                f"{method:17} {threshold:4.1f}  median {np.median(late):5.0f}  95 % {np.quantile(late, 0.95):5.0f}"
                f"  false in 500 at 0.90, 0.93, 0.95, 0.97: {' '.join(false)}",
                flush=True,
            )


def report(pilots: int) -> None:
    """The table of docs/autonomy.md."""
    print(f"{pilots} pilots, {CASES} cases each, bound {BOUND}, level {LEVEL}, seed {SEED}")
    null = draws(pilots, CASES, BOUND, 1)
    false, wilson = (promotions(null) > 0).mean(), (wilson_promotions(null) > 0).mean()
    print(f"true rate 0.90: promoted falsely {false:.3f}; Wilson {wilson:.3f}")
    for seed, rate in ((2, 0.85), (3, 0.93), (4, 0.95), (5, 0.97), (6, 0.99)):
        at = promotions(draws(pilots, CASES, rate, seed))
        done = at[at > 0]
        middle = (
            f"median {np.median(done):.0f}, 90 % within {np.quantile(done, 0.9):.0f}"
            if len(done)
            else "never"
        )
        print(f"true rate {rate:.2f}: promoted {len(done) / pilots:.3f}; {middle}")
    threshold = FallRules(BOUND).threshold
    for seed, low in ((7, 0.80), (17, 0.85), (27, 0.70), (37, 0.50)):
        late = delays(fallen(pilots, seed, low), threshold)
        middle, most = np.median(late), np.quantile(late, 0.95)
        print(f"fall 0.95 to {low:.2f}: noticed after median {middle:.0f}, 95 % within {most:.0f}")
    for seed, rate in ((8, 0.90), (9, 0.93), (10, 0.95), (11, 0.97), (12, 0.99)):
        at = alarms(draws(pilots, CASES, rate, seed), threshold)
        within = [f"{((at > 0) & (at <= n)).mean():.3f}" for n in (200, 500, 1000, 2000)]
        print(f"steady at {rate:.2f}: false alarm within 200, 500, 1000, 2000 cases: {' '.join(within)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pilots", type=int, default=2000)
    parser.add_argument("--choose", action="store_true")
    given = parser.parse_args()
    began = time.perf_counter()
    choose(given.pilots) if given.choose else report(given.pilots)
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
