"""How much a pilot may do by itself: the levels, what counts as agreement, and who may change a level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pilotwerk.pilots.domain.autonomy_evidence import LEVEL


class Level(StrEnum):
    """From least to most by itself. SUGGEST is what every pilot starts with."""

    SHADOW = "shadow"
    SUGGEST = "suggest"
    SAMPLE = "sample"
    AUTOMATIC = "automatic"


ORDER: Final = tuple(Level)
DEFAULT: Final = Level.SUGGEST
# At these levels some answers go out without a person having seen them first.
BY_ITSELF: Final = frozenset({Level.SAMPLE, Level.AUTOMATIC})


def above(level: Level) -> Level | None:
    """The next level; None at the top. A level is never skipped."""
    at = ORDER.index(level) + 1
    return ORDER[at] if at < len(ORDER) else None


def below(level: Level) -> list[Level]:
    """The levels under this one, to which any decider may go back at once."""
    return list(ORDER[: ORDER.index(level)])


def fallback(level: Level) -> Level:
    """Where a level that works by itself falls when quality falls: to "a person decides about each"."""
    return Level.SUGGEST if level in BY_ITSELF else level


def error_level(demotions: int, level: float = LEVEL) -> float:
    """The chance of a false promotion that a further attempt may use: halved after each demotion.

    The sum over any number of attempts stays below twice ``level``.
    """
    return level * float(0.5**demotions)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person did with a proposal. Shares in 0..1; None means that it cannot be said."""

    unchanged: bool
    category_same: bool | None
    rejected: bool = False


def agreed_open(shown: Shown) -> bool:
    """With the proposal in sight: only what was approved word for word counts as agreement.

    Without a person exactly these words would have gone out, so every edit is a disagreement.
    """
    return shown.unchanged and not shown.rejected and shown.category_same is not False


def agreed_blind(proposed: str, chosen: str) -> bool | None:
    """Without having seen the proposal: the same category. Two people never write the same words.

    None where the model or the person named no category.
    """
    return proposed == chosen if proposed and chosen else None


def goes_by_itself(level: Level, *, drawn: bool | None) -> bool:
    """Whether a case at this level may go out without a person; ``drawn``: it is in the random sample.

    A case that was never drawn for (None) is shown to a person.
    """
    if level is Level.AUTOMATIC:
        return drawn is not None
    return level is Level.SAMPLE and drawn is False
