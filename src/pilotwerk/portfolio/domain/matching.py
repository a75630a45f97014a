"""Which typical use cases fit the imported data: by topic (words) and by the data that they need.

A field counts as present when at least FILLED_FROM of the cases carry it. A topic is recognised by words in the
process's name, in the file's columns and categories, or in at least TEXTS_FROM of the texts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

FILLED_FROM = 0.5
TEXTS_FROM = 0.1
# A word that is this long counts inside other words too: "anfrage" in "Kundenanfragen".
WITHIN_FROM = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """What an import shows. `filled`: meaning of a column -> share of cases (0..1) that carry it.

    `columns`: names of all columns of the file; `free`: those that hold something and have no other meaning, in which
    a field may be. `texts`: a sample of the cases' texts. `minutes`: mean handling
    time of the cases that carry one.
    """

    cases: int
    filled: Mapping[str, float]
    name: str
    columns: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[str, ...]
    minutes: float | None = None
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """A field that a use case needs: the meaning of a column, or words in the name of one."""

    field: str
    meaning: str = ""
    columns: tuple[str, ...] = ()


class Fit(StrEnum):
    """How well a use case fits, best first."""

    GOOD = "good"
    """The topic is recognised and the data is there."""
    PARTLY = "partly"
    """The topic is recognised, data is missing."""
    DATA = "data"
    """The data would suffice, the topic is not recognised."""
    NONE = "none"


ORDER = tuple(Fit)


@dataclass(frozen=True, slots=True)
class Match:
    """How a use case fits an import. `present` and `missing`: field -> share of cases that carry it (0..1).

    `words`: what was recognised outside of the texts. `text_share`: share of the sampled texts with one of the words.
    """

    fit: Fit
    present: Mapping[str, float]
    missing: Mapping[str, float]
    words: tuple[str, ...]
    text_share: float

    @property
    def order(self) -> tuple[int, float, float]:
        """Sorts the best fit first: by fit, by recognised words, by the share of needed data that is there."""
        needed = len(self.present) + len(self.missing)
        topic = min(len(self.words), 3) + self.text_share
        return (ORDER.index(self.fit), -topic, -len(self.present) / needed)


def match(needs: Iterable[Need], words: Iterable[str], signals: Signals) -> Match:
    """Hold a use case's needs and words against what an import shows."""
    shares = {need.field: _share(need, signals) for need in needs}
    present = {field: share for field, share in shares.items() if share >= FILLED_FROM}
    missing = {field: share for field, share in shares.items() if share < FILLED_FROM}
    wanted = tuple(words)
    places = " | ".join([signals.name, *signals.columns, *signals.categories])
    found = tuple(word for word in wanted if _pattern(word).search(places))
    any_word = [_pattern(word) for word in wanted]
    hits = sum(any(pattern.search(text) for pattern in any_word) for text in signals.texts)
    share = hits / len(signals.texts) if signals.texts else 0.0
    topic = bool(found) or share >= TEXTS_FROM
    known, unknown = (Fit.PARTLY, Fit.NONE) if missing else (Fit.GOOD, Fit.DATA)
    return Match(known if topic else unknown, present, missing, found, share)


def _share(need: Need, signals: Signals) -> float:
    if need.meaning:
        return signals.filled.get(need.meaning, 0.0)
    named = any(_pattern(word).search(column) for word in need.columns for column in signals.free)
    return 1.0 if named else 0.0


@lru_cache(maxsize=2000)
def _pattern(word: str) -> re.Pattern[str]:
    inside = re.escape(word)
    return re.compile(inside if len(word) >= WITHIN_FROM else rf"(?<!\w){inside}(?!\w)", re.IGNORECASE)
