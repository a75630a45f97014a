"""Whether a written number is a fact's number: to its own last digit, or rounded as the words around it say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.checking import words
from pilotwerk.pilots.recipes.reports.checking.figures import FRACTION, RATIO

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.checking.figures import Figure
    from pilotwerk.pilots.recipes.reports.checking.reading import Sentence, Token
    from pilotwerk.pilots.recipes.reports.facts import Fact

# Rounding coarser than the report's own may change a number by this share at most; a bound may lie this far off.
COARSE, BOUND = Fraction(1, 20), Fraction(1, 10)
WORDED, HEDGED = Fraction(1, 50), Fraction(1, 20)


class Hedge(StrEnum):
    """What the words before a number say about how exactly it is meant."""

    EXACT = "exact"
    APPROX = "approx"
    OVER = "over"
    AT_LEAST = "at_least"
    UNDER = "under"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Meant:
    """How a number is hedged, and the tokens that say so (they are no directions then)."""

    hedge: Hedge
    tokens: tuple[Token, ...] = ()


_ARTICLES = frozenset(["der", "die", "das", "dem", "the", "a"])
_NEGATED = {
    Hedge.OVER: Hedge.AT_MOST, Hedge.UNDER: Hedge.AT_LEAST, Hedge.AT_LEAST: Hedge.UNDER, Hedge.AT_MOST: Hedge.OVER,
}  # fmt: skip


def hedge(sentence: Sentence, token: Token) -> Meant:
    """The hedge right before the number: "rund", "mehr als", "nicht unter", "at least"."""
    place = sentence.place(token)
    near = sentence.tokens[max(0, place - 3) : place]
    texts = [one.text for one in near]
    last = texts[-1] if texts else ""
    if last in words.APPROX:
        return Meant(Hedge.APPROX, (near[-1],))
    if last in _ARTICLES:
        if token.figure is None or token.figure.kind not in (FRACTION, RATIO) or len(near) < 2:
            return Meant(Hedge.EXACT)
        near, last = near[:-1], texts[-2]
        texts = texts[:-1]
        if last in words.APPROX:
            return Meant(Hedge.APPROX, (near[-1],))
    used: tuple[Token, ...] = ()
    found = Hedge.EXACT
    if (
        last in ("über", "over")
        and token.figure
        and token.figure.unit in ("day", "week", "month", "year", "period")
    ):
        return Meant(found)  # "über 13 Wochen" says how long
    joined = last in ("als", "than", "at") or last in words.AT_LEAST | words.AT_MOST
    if last in ("als", "than") and len(texts) > 1:
        used = tuple(near[-2:])
        found = _bound(texts[-2])
    elif last in words.AT_LEAST:
        found, used = Hedge.AT_LEAST, (near[-1],)
    elif last in words.AT_MOST:
        found, used = Hedge.AT_MOST, (near[-1],)
    elif not joined and last not in ("mehr", "weniger", "more", "less", "fewer"):
        found, used = _bound(last), tuple(near[-1:])
    if found is Hedge.EXACT:
        return Meant(found)
    if sentence.negated(used[0], 2):
        found = _NEGATED[found]
    return Meant(found, used)


def _bound(word: str) -> Hedge:
    if word in words.OVER or word in ("höher", "higher", "größer", "greater"):
        return Hedge.OVER
    return Hedge.UNDER if word in words.UNDER else Hedge.EXACT


def agrees(figure: Figure, fact: Fact, meant: Hedge) -> bool:
    """Whether the written size is that of the fact; signs are looked at elsewhere."""
    true = abs(fact.value)
    if figure.kind == FRACTION:
        return _bounded(figure.value * 100, true, meant, Fraction(1), Fraction(5, 2))
    if figure.kind == RATIO and figure.worded:
        return _bounded(figure.value, true, meant, figure.value * WORDED, figure.value * HEDGED)
    difference = abs(figure.value - true)
    own = Fraction(1, 10**fact.decimals)
    if meant is Hedge.EXACT:
        if difference > figure.step / 2:
            return False
        return figure.step <= own or difference <= COARSE * true
    if meant is Hedge.APPROX:
        return difference <= figure.coarse / 2 and difference <= COARSE * true
    inside = difference <= figure.coarse and difference <= BOUND * true
    return inside and _on_side(figure.value, true, meant)


def _on_side(bound: Fraction, true: Fraction, meant: Hedge) -> bool:
    return {
        Hedge.OVER: true > bound,
        Hedge.AT_LEAST: true >= bound,
        Hedge.UNDER: true < bound,
        Hedge.AT_MOST: true <= bound,
    }[meant]


def _bounded(said: Fraction, true: Fraction, meant: Hedge, exact: Fraction, hedged: Fraction) -> bool:
    """A fraction or multiple in words: near enough, and on the right side where a side is named."""
    difference = abs(said - true)
    if meant in (Hedge.EXACT, Hedge.APPROX):
        return difference <= (exact if meant is Hedge.EXACT else hedged)
    return difference <= 2 * hedged and _on_side(said, true, meant)
