"""The facts that a number in a sentence may be, narrowed down by size, unit, words, subject, period and direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pilotwerk.pilots.recipes.reports.checking import words
from pilotwerk.pilots.recipes.reports.checking.claims import CHANGE_BEHIND, Claim, range_ends
from pilotwerk.pilots.recipes.reports.checking.figures import FRACTION, MIXED, ORDINAL, RATIO
from pilotwerk.pilots.recipes.reports.checking.matching import Hedge, agrees
from pilotwerk.pilots.recipes.reports.checking.mentions import Named
from pilotwerk.pilots.recipes.reports.checking.problems import Wrong
from pilotwerk.pilots.recipes.reports.facts import PERCENT, POINTS, Fact, Role

CHANGES = frozenset({Role.CHANGE, Role.PERCENT, Role.CONTRIBUTION, Role.RATIO})
SIGNED = frozenset({Role.CHANGE, Role.PERCENT, Role.CONTRIBUTION, Role.SLOPE, Role.STREAK})
LEVELS = frozenset(
    {Role.VALUE, Role.USUAL_LOW, Role.USUAL_HIGH, Role.LOWEST, Role.HIGHEST, Role.TYPICAL, Role.PART_OF_WHOLE}
)
_ROWS = ("zeile", "row", "datens", "wert", "value", "eintr")
# What must be said in the sentence for a count to be that count.
_COUNTED: dict[str, tuple[tuple[str, ...], ...]] = {
    "days": (("tag", "day"),),
    "days_covered": (("tag", "day"),),
    "days_missing": (("tag", "day"), ("ohne", "without", "fehl", "missing", "kein", "no")),
    "history": (("woche", "week", "monat", "month", "period"),),
    "rows_undated": (_ROWS, ("dat",)),
    "cells_empty": (_ROWS,),
    "parts": (),
    "parts_up": (),
    "parts_down": (),
    "series_tested": (("reihe", "series", "geprüft", "tested", "prüf", "zahlenreihe"),),
    "outliers": (("ausreißer", "outlier", "auffällig", "außerhalb", "outside", "unusual", "ungewöhnlich"),),
    "outlier_history": (("period", "woche", "week", "monat", "month"),),
}
# The report compares with periods only; whoever compares with a plan takes the number from elsewhere.
_OTHER_BASES = (
    "geplant",
    "erwart",
    "plan",
    "budget",
    "prognose",
    "ziel",
    "soll",
    "target",
    "forecast",
    "expected",
    "branche",
    "wettbewerb",
    "konkurren",
    "competit",
    "industry",
    "goal",
)
_PERIOD_UNITS = {"history", "outlier_history"}
_SHARE = (
    "anteil",
    "share",
    "entfäll",
    "entfall",
    "account",
    "ausmach",
    "macht",
    "makes",
    "made",
    "steuert",
    "trägt",
    "trug",
)


def candidates(claim: Claim) -> tuple[list[Fact], Wrong | None]:
    """The facts that the number stands for; where there is none, what is wrong with it."""
    figure = claim.figure
    steps: list[tuple[Wrong, Callable[[Fact], bool]]] = [
        (Wrong.UNKNOWN, lambda one: _right_kind(claim, one) and agrees(figure, one, claim.meant.hedge)),
        (Wrong.UNIT, lambda one: _right_unit(claim, one)),
        (Wrong.CLAIM, lambda one: _right_role(claim, one)),
        (Wrong.SUBJECT, lambda one: _right_subject(claim, one)),
        (Wrong.PERIOD, lambda one: _right_period(claim, one)),
        (Wrong.DIRECTION, lambda one: _right_direction(claim, one)),
    ]
    kept: list[Fact] = list(claim.facts.facts)
    for wrong, fits in steps:
        narrowed = [one for one in kept if fits(one)]
        if not narrowed:
            return [], _said(claim, wrong, kept)
        kept = narrowed
    return kept, None


def _said(claim: Claim, wrong: Wrong, kept: Iterable[Fact]) -> Wrong:
    if wrong is Wrong.DIRECTION and claim.directed() == 0:
        return Wrong.NO_DIRECTION
    if wrong is Wrong.UNKNOWN and claim.meant.hedge is not Hedge.EXACT:
        return Wrong.BOUND
    return wrong


def _right_kind(claim: Claim, fact: Fact) -> bool:
    """Ordinals are ranks and streaks, fractions shares of the whole, multiples ratios; all else the other facts."""
    kind = claim.figure.kind
    if kind == ORDINAL:
        return fact.role in (Role.RANK, Role.STREAK)
    if kind == FRACTION:
        if claim.change:
            return fact.role is Role.PERCENT
        return fact.role is Role.PART_OF_WHOLE and _of_the_whole(claim)
    if kind == RATIO:
        return fact.role is Role.RATIO
    return fact.role not in (Role.RANK, Role.RATIO)


def _right_unit(claim: Claim, fact: Fact) -> bool:
    if claim.figure.unit == MIXED:
        return False
    if claim.figure.kind != "plain":
        return True
    unit = claim.figure.unit
    if fact.role is Role.NUMBER:
        return claim.figure.sign == 0 and _counts(claim, fact, unit)
    if fact.role is Role.STREAK:
        return unit in ("times", "week", "month", "period") and bool(
            words.IN_A_ROW.search(claim.sentence.text.lower())
        )
    own = words.UNITS.get(fact.unit.lower(), fact.unit)
    if own in (PERCENT, POINTS):
        return unit == own
    # A unit may be left out where the reader knows it, but never be another one.
    return unit in (own, "") or (not own and unit == "pcs")


def _counts(claim: Claim, fact: Fact, unit: str) -> bool:
    """Whether a count is of what the sentence speaks of."""
    groups = _COUNTED[fact.what]
    spoken = [one.text for one in claim.sentence.tokens if not one.mention]
    spoken += [_unit_word(one.figure.unit) for one in claim.sentence.tokens if one.figure]
    if not all(any(word.startswith(stems) for word in spoken) for stems in groups):
        return False
    if fact.what.startswith("parts") and not _of_dimension(claim):
        return False
    expected = {"days": "day", "history": "", "outlier_history": ""}.get(fact.what.split("_")[0], "")
    if fact.what in _PERIOD_UNITS and words.IN_A_ROW.search(claim.sentence.text.lower()):
        return False
    if fact.what in _PERIOD_UNITS:
        return unit in ("week" if claim.facts.spec.frequency.value == "W" else "month", "period")
    if fact.what.startswith("days"):
        return unit == "day" or (unit == "" and _pair(claim))
    if fact.what.startswith(("rows", "cells")):
        return unit in ("row", "")
    return unit in ("", expected, "series")


def _of_the_whole(claim: Claim) -> bool:
    """Whether a fraction is said to be of a measure or of all: "ein Drittel des Umsatzes", "a third of all orders"."""
    place = claim.sentence.place(claim.token)
    behind = claim.sentence.tokens[place + 1 : place + 6]
    return any(
        (one.mention and one.mention.kind is Named.MEASURE)
        or one.text in words.TOTAL | {"aller", "all", "whole"}
        for one in behind
    )


def _of_dimension(claim: Claim) -> bool:
    """Whether the name of a dimension follows, as in "3 Regionen" and "2 von 3 Regionen"."""
    place = claim.sentence.place(claim.token)
    behind = claim.sentence.tokens[place + 1 : place + 5]
    return any(one.mention and one.mention.kind is Named.DIMENSION for one in behind)


def _unit_word(unit: str) -> str:
    return unit or "-"


def _pair(claim: Claim) -> bool:
    """The first number of "4 von 7 Tagen": its unit stands behind the second."""
    place = claim.sentence.place(claim.token)
    behind = [one for one in claim.sentence.tokens[place + 1 : place + 4] if one.text not in ("den", "the")]
    return len(behind) > 1 and behind[0].text in ("von", "of") and behind[1].figure is not None


def _right_role(claim: Claim, fact: Fact) -> bool:
    """Whether the words fit what the fact says: a change, a level, a rate, a bound of the usual range."""
    if fact.role is Role.NUMBER:
        return _right_pair(claim, fact)
    if (fact.role is Role.SLOPE) != claim.rate() or claim.per_something():
        return False
    if fact.role is Role.VALUE and not claim.right_average(claim.facts.spec.measure(fact.measure).kind):
        return False
    if fact.role is Role.VALUE and (fact.what == "reported") != claim.reported():
        return False
    if fact.role in CHANGES and fact.role is not Role.RATIO and claim.change is False:
        return False
    if fact.role in CHANGES and claim.sentence.has(*_OTHER_BASES):
        return False
    if fact.role in LEVELS and claim.change is True:
        return False
    if fact.role is Role.PART_OF_WHOLE and claim.figure.kind != FRACTION and not _share_of(claim):
        return False
    first, second = range_ends(claim)
    if fact.role in (Role.USUAL_LOW, Role.LOWEST):
        return first or (not second and _superlative(claim, fact.role))
    if fact.role in (Role.USUAL_HIGH, Role.HIGHEST):
        return second or (not first and _superlative(claim, fact.role))
    if fact.role is Role.TYPICAL:
        return claim.sentence.has("median", "typisch", "typical", "üblich", "usual", "mitte")
    return not (first or second)


def _share_of(claim: Claim) -> bool:
    """Whether the words say that a percentage is a part of something: "Anteil von", "… % des", "… % of"."""
    behind = claim.sentence.following(claim.token, 3)
    upto = behind[: behind.index(",")] if "," in behind else behind
    if set(upto) & {"des", "der", "von", "vom", "of", "am", "aller"} and not set(upto) & CHANGE_BEHIND:
        return True
    return claim.sentence.has(*_SHARE)


def _superlative(claim: Claim, role: Role) -> bool:
    if role in (Role.USUAL_LOW, Role.USUAL_HIGH):
        return False
    stems = (
        ("höchst", "highest", "maxim", "spitze")
        if role is Role.HIGHEST
        else ("niedrigst", "lowest", "minim", "tiefst")
    )
    return claim.sentence.has(*stems)


def _right_pair(claim: Claim, fact: Fact) -> bool:
    """In "4 von 7" the first is the part and the second the whole."""
    inner = fact.what in ("days_covered", "parts_up", "parts_down", "outliers", "days_missing")
    place = claim.sentence.place(claim.token)
    before = [
        one for one in claim.sentence.tokens[max(0, place - 3) : place] if one.text not in ("den", "the")
    ]
    second = len(before) > 1 and before[-1].text in ("von", "of") and before[-2].figure is not None
    if _pair(claim):
        return inner
    if second:
        return not inner
    return fact.what != "days_covered" or claim.sentence.has("nur", "only", "bisher", "so")


def _right_subject(claim: Claim, fact: Fact) -> bool:
    if fact.role is Role.NUMBER and fact.what.startswith("parts"):
        dimensions = {
            name for one in claim.sentence.of(Named.DIMENSION) if one.mention for name in one.mention.what
        }
        return fact.part is not None and fact.part[0] in dimensions and _right_measure(claim, fact)
    if fact.role is Role.NUMBER:
        return fact.what != "cells_empty" or _right_measure(claim, fact)
    parts = claim.parts_only if fact.role is Role.PART_OF_WHOLE else claim.parts
    return fact.part in parts and _right_measure(claim, fact)


def _right_measure(claim: Claim, fact: Fact) -> bool:
    return not fact.measure or claim.measures is None or fact.measure in claim.measures


def _right_period(claim: Claim, fact: Fact) -> bool:
    if fact.role is Role.NUMBER and fact.base is not None:
        return fact.base in claim.base
    if fact.role is Role.NUMBER:
        return True
    if fact.role in CHANGES:
        return fact.base in claim.base and (fact.period in claim.period or claim.period == claim.base)
    return fact.period in claim.period


def _right_direction(claim: Claim, fact: Fact) -> bool:
    """Signed facts need a sign or a word that says which way; the sign of a level is its own."""
    if fact.role is Role.NUMBER and fact.what in ("parts_up", "parts_down"):
        return claim.directed() == (1 if fact.what == "parts_up" else -1)
    if fact.role in SIGNED:
        if fact.role is Role.STREAK and claim.figure.sign:
            return False
        if not fact.value or not claim.figure.value:
            # Nothing, or so little that it is shown as nothing, goes nowhere; a fact that is nothing has no direction.
            return claim.directed() == 0 or not claim.figure.value
        if claim.directed() == 0 and claim.sentence.words(words.NEUTRAL):
            return True
        return claim.directed() == (1 if fact.value > 0 else -1)
    if fact.role in (Role.NUMBER, Role.RANK, Role.RATIO, Role.PART_OF_WHOLE):
        return claim.figure.sign == 0
    return (claim.figure.sign < 0) == (fact.value < 0)
