"""Which columns decide, in words: what the ranking loses when a column's values are mixed up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.recipes.leads.alone import bins
from pilotwerk.pilots.recipes.leads.calibration import auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pilotwerk.pilots.recipes.leads.columns import Column, Flags
    from pilotwerk.pilots.recipes.leads.validation import Scored

SHOWN = 5
LATEST = 5
# A loss below this is chance.
WORTH = 0.001
LEAST_ROWS = 20
WORDS = (
    "%(best)s: %(high)s %% won; %(worst)s: %(low)s %%.",
    "%(best)s: %(high)s %% gewonnen; %(worst)s: %(low)s %%.",
)
BETWEEN = ("%s to %s", "%s bis %s")
PARTS = 5


def deciding(columns: Sequence[Column], won: Flags, scored: Scored, *, seed: int) -> list[dict[str, Any]]:
    """The strongest columns with the AUC that is lost without them (permutation importance, Breiman 2001).

    Measured on held-out leads: those of the latest five models. Columns that carry the same knowledge share it.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    last = np.unique(scored.blocks)[-LATEST:]
    chosen = np.isin(scored.blocks, last)
    truth = won[scored.places[chosen]]
    whole = auc(scored.probabilities[chosen], truth)
    found = []
    for place, column in enumerate(columns):
        mixed = np.zeros(len(scored.places))
        for number in last:
            rows = scored.places[scored.blocks == number]
            parts = [one.rows(rows) for one in columns]
            parts[place] = column.rows(random.permutation(rows))
            mixed[scored.blocks == number] = scored.models[number].score(parts)
        found.append((whole - auc(mixed[chosen], truth), -place, column))
    strongest = sorted((one for one in found if one[0] >= WORTH), key=lambda one: one[:2], reverse=True)
    return [
        {"column": column.name, "auc_lost": lost, "words": english, "words_de": german}
        for lost, _, column in strongest[:SHOWN]
        for english, german in [in_words(column, won)]
    ]


def in_words(column: Column, won: Flags) -> tuple[str, str]:
    """Where most and where fewest leads were won, in English and German; empty where it cannot be said."""
    import numpy as np

    places = bins(column, PARTS)
    shares = []
    for place in np.unique(places[places >= 0]):
        rows = places == place
        if rows.sum() >= LEAST_ROWS:
            shares.append((float(won[rows].mean()), int(place)))
    if len(shares) < 2:
        return "", ""
    (low, worst), (high, best) = min(shares), max(shares)
    sentences = []
    for language, words in enumerate(WORDS):
        named = {
            "best": _name(column, places == best, language),
            "worst": _name(column, places == worst, language),
        }
        sentences.append(words % {**named, "high": round(100 * high), "low": round(100 * low)})
    return sentences[0], sentences[1]


def _name(column: Column, rows: Flags, language: int) -> str:
    """A label in quotes, or the range of the numbers."""
    values = column.values[rows]
    if column.is_label:
        label = column.labels[int(values[0])]
        return f"„{label}“" if language else f"“{label}”"
    low, high = f"{values.min():.6g}", f"{values.max():.6g}"
    if language:
        low, high = low.replace(".", ","), high.replace(".", ",")
    return low if low == high else BETWEEN[language] % (low, high)
