"""One number in a sentence: to what, to which period and which direction the words around it bind it."""

from __future__ import annotations

import re

from pilotwerk.pilots.recipes.reports.checking import words
from pilotwerk.pilots.recipes.reports.checking.figures import Figure
from pilotwerk.pilots.recipes.reports.checking.matching import Meant, hedge
from pilotwerk.pilots.recipes.reports.checking.mentions import Named
from pilotwerk.pilots.recipes.reports.checking.reading import NEAR, Sentence, Token, distance
from pilotwerk.pilots.recipes.reports.facts import Facts
from pilotwerk.pilots.recipes.reports.spec import Kind

COMMA = 9
_LEVEL_BEFORE = words.many(
    """auf bei beträgt betrug betrugen betragen lag lagen liegt liegen erreichte erreicht
    at is was were reached totalled stood amounted"""
)
_CHANGE_BEFORE = frozenset(["um", "by", "plus", "minus"])
CHANGE_BEHIND = (words.UP | words.DOWN) - {"über", "unter", "above", "below", "zurück"}
_ABOVE = frozenset(["über", "unter", "above", "below", "oberhalb", "unterhalb", "hinter", "behind"])


class Claim:
    """One number in a sentence, with what it is bound to."""

    def __init__(self, facts: Facts, sentence: Sentence, token: Token, figure: Figure) -> None:
        self.facts, self.sentence, self.token, self.figure = facts, sentence, token, figure
        self.meant: Meant = hedge(sentence, token)
        hedging = set(map(id, self.meant.tokens))
        directions = [
            one for one in sentence.tokens if id(one) not in hedging and one.text in words.UP | words.DOWN
        ]
        self.direction_word = sentence.nearest(token, directions, behind=12)
        self.parts = self._parts(self.sentence.words(words.TOTAL))
        # "33,8 % des Gesamtwerts": the share is the part's, though the whole is named next to it.
        self.parts_only = self._parts([])
        self.measures = self._measures()
        self.period, self.base, self.base_named = self._periods()
        self.change = self._is_change()

    def directed(self) -> int:
        """1 or -1 as the sign or the nearest word says, 0 where nothing says it."""
        word = self.direction_word
        by_word = 0
        if word is not None:
            by_word = 1 if word.text in words.UP else -1
            # "nicht um 3 % gestiegen": the "not" stands before the number.
            if self.sentence.negated(word) or (
                word.at > self.token.at and self.sentence.negated(self.token, 2)
            ):
                by_word = -by_word
        sign = self.figure.sign
        close = word is not None and distance(word, self.token) <= 2
        if sign and word is not None and (self._doubled(word) or (close and by_word != sign)):
            return 2  # "−12 % mehr", "−12 % weniger": sign and word do not go together
        return sign or by_word

    def _doubled(self, word: Token) -> bool:
        """A minus beside a word that says "less" already, as in "−12 % weniger" and "sank um −12 %"."""
        if self.figure.sign >= 0 or word.text not in words.DOWN:
            return False
        if word.at > self.token.at:
            return distance(word, self.token) <= 2
        before = self.sentence.preceding(self.token, 1)[:1]
        return before in (["um"], ["by"], ["of"], ["von"]) or before == [word.text]

    def _measures(self) -> frozenset[object] | None:
        """Keys of the measures that the number may be of; None where none is named here or before."""
        sentence: Sentence | None = self.sentence
        named = self.sentence.of(Named.MEASURE)
        nearest = self.sentence.nearest(self.token, named) or (named[0] if named else None)
        while nearest is None and sentence is not None and sentence.before is not None:
            sentence = sentence.before
            earlier = sentence.of(Named.MEASURE)
            nearest = earlier[0] if earlier else None
        if nearest is None or nearest.mention is None:
            return None
        keys = set(nearest.mention.what)
        spoken = {one.text for one in self.sentence.tokens}
        for kind, known in ((Kind.MEAN, words.MEAN_WORDS), (Kind.MEDIAN, words.MEDIAN_WORDS)):
            if spoken & known:
                columns = {self.facts.spec.measure(str(key)).column for key in keys}
                keys |= {
                    one.key for one in self.facts.spec.measures if one.kind is kind and one.column in columns
                }
        return frozenset(keys)

    def _parts(self, whole: list[Token]) -> frozenset[object]:
        """The parts that the number may be of; None among them stands for the whole, which `whole` names."""
        named = self.sentence.of(Named.PART)
        opening = self.sentence.preceding(self.token, 1)[:1] in (["mit"], ["with"])
        nearest = self.sentence.nearest(self.token, named + whole, behind=NEAR + (COMMA if opening else 0))
        if nearest is None:
            carried = self.sentence.words(words.THERE) and self.sentence.before
            earlier = self.sentence.before.of(Named.PART) if carried and self.sentence.before else []
            return earlier[-1].mention.what if earlier and earlier[-1].mention else frozenset({None})
        if nearest.mention is None:
            return frozenset({None})
        between = [
            one for one in self.sentence.of(Named.MEASURE) if nearest.at < one.at < self.token.at
            and any(sign.text in (",", ";") and nearest.at < sign.at < one.at for sign in self.sentence.tokens)
        ]  # fmt: skip
        return nearest.mention.what | ({None} if between else frozenset())

    def _periods(self) -> tuple[frozenset[object], frozenset[object], bool]:
        """The period that the number is of, the one that it is compared with, and whether that one is named."""
        named = self.sentence.of(Named.PERIOD)
        compared = [one for one in named if self._is_base(one)]
        own = [one for one in named if one not in compared]
        before = frozenset({self.facts.period - 1})
        base = self.sentence.nearest(self.token, compared, behind=None)
        subject = self.sentence.nearest(self.token, own, behind=None, allowed=self._same_clause)
        bases = base.mention.what if base and base.mention else before
        period: frozenset[object] = (
            subject.mention.what if subject and subject.mention else frozenset({self.facts.period})
        )
        any_near = self.sentence.nearest(self.token, named)
        if any_near is not None and any_near in compared and any_near.mention:
            close = distance(any_near, self.token)
            crossed = [
                one for one in self.sentence.tokens
                if one.figure and min(any_near.at, self.token.at) < one.at < max(any_near.at, self.token.at)
            ]  # fmt: skip
            nearer = subject is None or distance(subject, self.token) > close
            reaches = self.sentence.preceding(self.token, 1)[:1] in (["auf"], ["to"], ["mit"], ["with"])
            if close <= NEAR and not crossed and nearer and not reaches and not self._directed_to(any_near):
                period = any_near.mention.what
        if self._from_before_to():
            period = bases
        return period, bases, base is not None

    def _same_clause(self, other: Token) -> bool:
        """A period named behind the number counts only up to the next comma or bracket."""
        return other.at < self.token.at or not any(
            self.token.at < one.at < other.at and one.text in (",", ";", "(") for one in self.sentence.tokens
        )

    def _is_base(self, token: Token) -> bool:
        if re.search(r"\bon\b|\bover\b|vergleich", self.sentence.said(token)):
            return True
        return (
            bool(words.BASE & set(self.sentence.preceding(token, 3)))
            or any(one in _ABOVE for one in self.sentence.preceding(token, 4))
            or bool(words.COMPARED & set(self.sentence.preceding(token, 8)))
        )

    def _directed_to(self, mention: Token) -> bool:
        """ "39.015 € mehr als im Februar": what lies between is a comparison, so the number is not February's."""
        low, high = sorted((mention.at, self.token.at))
        return (
            any(
                low < one.at < high and one.text in words.UP | words.DOWN | words.SAME
                for one in self.sentence.tokens
            )
            and self.token.at < mention.at
        )

    def _from_before_to(self) -> bool:
        """The first number of "von 34.942 € auf 39.015 €", "from 34.942 to 39.015", and of "statt 34.942 €"."""
        said = self.sentence.preceding(self.token, 1)
        if said and said[0] in ("statt", "gegenüber", "nach", "against", "versus", "vs", "after"):
            return True
        if said and said[0] == "of" and "instead" in self.sentence.preceding(self.token, 2):
            return True
        if not said or said[0] not in ("von", "from"):
            return False
        place = self.sentence.place(self.token)
        earlier = self.sentence.tokens[max(0, place - 3) : place - 1]
        if said[0] == "from" and len(earlier) == 2 and earlier[0].text == "to" and earlier[1].figure:
            return True
        for one in self.sentence.tokens[place + 1 : place + 8]:
            if one.text in ("auf", "to"):
                return True
            if one.text in ("bis", ",", ";"):
                return False
        return False

    def _is_change(self) -> bool | None:
        """Whether the words say that it is a change (True), that it is a level (False), or neither."""
        before = self.sentence.preceding(self.token, 2)
        behind = self.sentence.following(self.token, 2)
        skip = {one.text for one in self.meant.tokens} | words.APPROX
        near = next((one for one in before if one not in skip), "")
        if near in ("auf", "to") and not range_ends(self)[1]:
            return False
        if (
            near in ("of", "von")
            and not self._from_before_to()
            and len(before) > 1
            and before[1] in words.UP | words.DOWN
        ):
            return True
        if near in _CHANGE_BEFORE or (behind and behind[0] in CHANGE_BEHIND) or self.figure.sign > 0:
            return True
        if behind[:1] and behind[0] in _ABOVE:
            return True
        if near in _LEVEL_BEFORE or near == "(":
            return False if near != "(" else None
        return True if self.sentence.has("veränderung", "change", "beitrag", "contribution") else None

    def rate(self) -> bool:
        """Whether "je Woche", "a month" follows."""
        behind = self.sentence.following(self.token, 2)
        return (
            len(behind) == 2
            and behind[0] in ("je", "pro", "a", "per", "each")
            and behind[1].startswith(("woche", "monat", "week", "month"))
        )

    def per_something(self) -> bool:
        """ "je Filiale", "per order": no figure of the report is divided by anything but time."""
        before = self.sentence.preceding(self.token, 4)
        upto = before[: before.index(",")] if "," in before else before
        near = {*self.sentence.following(self.token, 1), *upto}
        return bool(near & {"je", "pro", "per"}) and not self.rate()

    def right_average(self, kind: Kind) -> bool:
        """Whether a mean or median of which the sentence speaks, other than by a measure's name, is of this kind."""
        spoken = {one.text for one in self.sentence.tokens}
        asked = {Kind.MEAN} if spoken & words.MEAN_WORDS else set()
        asked |= {Kind.MEDIAN} if "median" in spoken else set()
        return not asked or kind in asked

    def reported(self) -> bool:
        """Whether the number is said to stand in the last report."""
        marks = [
            one
            for one in self.sentence.tokens
            if one.text in ("bericht", "report", "jetzt", "now", "inzwischen")
        ]
        nearest = self.sentence.nearest(self.token, marks)
        return nearest is not None and nearest.text in ("bericht", "report") and nearest.at < self.token.at


def range_ends(claim: Claim) -> tuple[bool, bool]:
    """Whether the number is the lower or the upper end of "von 3 bis 5", "zwischen 3 und 5", "3 to 5"."""
    place = claim.sentence.place(claim.token)
    before, behind = claim.sentence.preceding(claim.token, 2), claim.sentence.following(claim.token, 1)
    between = claim.sentence.tokens[place + 1 : place + 3]
    joining = {"bis", "to", "–", "and", "und"}

    def opens(said: list[str]) -> bool:
        return bool(said) and said[0] in ("von", "zwischen", "between", "of", "from")

    usual = claim.sentence.has("bereich", "range", "zwischen", "between", "bis")
    lower = (
        usual
        and opens(before)
        and len(between) == 2
        and behind[0] in joining
        and between[1].figure is not None
    )
    upper = (
        usual and len(before) == 2 and before[0] in joining and place >= 2
        and claim.sentence.tokens[place - 2].figure is not None
        and opens(claim.sentence.preceding(claim.sentence.tokens[place - 2], 1))
    )  # fmt: skip
    return lower, upper
