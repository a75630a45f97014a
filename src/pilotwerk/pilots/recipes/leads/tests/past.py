"""Leads of a company that sells heat pumps, made with a known truth: what matters, what leaks, what only sounds so.

Whether a lead is won depends on its source, the size of the house, the wish for a visit, and chance. Nothing else does.
"""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

SOURCES = ("Empfehlung", "Messe", "Website", "Anzeige")
# Log-odds of the sources.
PULL = {"Empfehlung": 1.1, "Messe": 0.3, "Website": 0.0, "Anzeige": -0.8}
REGIONS = ("Nord", "Süd", "Ost", "West")

Columns = dict[str, list[str]]


def leads(count: int, *, seed: int = 1) -> Columns:
    """The truth: columns that are known when a lead comes in, and `Ergebnis`, what became of it."""
    random = np.random.default_rng(seed)
    source = random.choice(SOURCES, count, p=[0.15, 0.15, 0.4, 0.3])
    area = random.normal(150, 45, count).clip(50)
    visit = random.random(count) < 0.4
    odds = np.array([PULL[one] for one in source]) + (area - 150) / 70 + 1.0 * visit - 1.6
    won = random.random(count) < 1 / (1 + np.exp(-odds))
    begin = datetime(2024, 1, 8, 8, tzinfo=UTC)
    return {
        "Nr": [f"L-{10_000 + number}" for number in range(count)],
        "Eingang": [(begin + timedelta(hours=7 * n)).strftime("%d.%m.%Y %H:%M") for n in range(count)],
        "Quelle": list(map(str, source)),
        "Wohnfläche": [f"{value:.1f}".replace(".", ",") for value in area],
        "Besuch gewünscht": ["ja" if one else "nein" for one in visit],
        "Region": list(map(str, random.choice(REGIONS, count))),
        "Haushaltsgröße": [str(value) for value in random.integers(1, 7, count)],
        "Ergebnis": ["gewonnen" if one else "verloren" for one in won],
    }


def won(columns: Columns) -> np.ndarray:
    return np.array([value == "gewonnen" for value in columns["Ergebnis"]])


def talk_minutes(columns: Columns, *, seed: int = 2, longer: float = 2.0) -> list[str]:
    """A true leak: who buys is talked to longer, on average so many times as long."""
    random = np.random.default_rng(seed)
    minutes = random.gamma(3, 3, len(won(columns))) * np.where(won(columns), longer, 1.0)
    return [f"{value:.1f}".replace(".", ",") for value in minutes]


def membership_years(columns: Columns, *, seed: int = 3) -> list[str]:
    """A false friend: sounds like a duration, says nothing."""
    return [str(value) for value in np.random.default_rng(seed).integers(0, 15, len(won(columns)))]


def filled_after(
    columns: Columns, values: tuple[str, ...], *, won_share: float, lost_share: float, seed: int
) -> list[str]:
    """Filled in won leads with one probability and in lost ones with another."""
    random = np.random.default_rng(seed)
    share = np.where(won(columns), won_share, lost_share)
    there = random.random(len(share)) < share
    chosen = random.choice(values, len(share))
    return [str(value) if one else "" for value, one in zip(chosen, there, strict=True)]


def write(path: Path, columns: Columns) -> Path:
    """A German CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path
