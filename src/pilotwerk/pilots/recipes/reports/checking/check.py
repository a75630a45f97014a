"""The number check: a text passes only if every number in it is a fact, said of the right thing in the right way."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.checking import words
from pilotwerk.pilots.recipes.reports.checking.claims import Claim
from pilotwerk.pilots.recipes.reports.checking.fitting import candidates
from pilotwerk.pilots.recipes.reports.checking.mentions import Finder, Named
from pilotwerk.pilots.recipes.reports.checking.problems import Problem, Wrong
from pilotwerk.pilots.recipes.reports.checking.reading import Sentence, Token, distance, language_of, read
from pilotwerk.pilots.recipes.reports.facts import Fact, Facts, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTED = re.compile(r"\s*(\d{1,2})[.)]\s")


def check(text: str, facts: Facts, language: str | None = None) -> list[Problem]:
    """What is wrong with the numbers of a text; an empty list lets it pass.

    `language` ("de" or "en") says how 1.234 is read; without it the small words decide.
    """
    return Checker(facts).check(text, language)


class Checker:
    """Checks many texts against the same facts; the names that the texts may use are prepared once."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.finder = facts, Finder(facts)

    def check(self, text: str, language: str | None = None) -> list[Problem]:
        """See the function `check`."""
        found: list[Problem] = []
        for sentence in read(text, self.finder, language or language_of(text)):
            found += _Checked(self.facts, sentence, text).problems()
        return sorted(found, key=lambda one: (one.start, one.end))


class _Checked:
    """One sentence held against the facts."""

    def __init__(self, facts: Facts, sentence: Sentence, text: str) -> None:
        self.facts, self.sentence, self.text = facts, sentence, text
        self.stands: list[tuple[Token, Claim, list[Fact]]] = []

    def _problem(self, token: Token, wrong: Wrong) -> Problem:
        return Problem(token.start, token.end, self.text[token.start : token.end].strip(), wrong)

    def problems(self) -> list[Problem]:
        found = [*self._periods(), *self._days()]
        for token in self.sentence.tokens:
            if token.figure is None or self._list_number(token):
                continue
            claim = Claim(self.facts, self.sentence, token, token.figure)
            kept, wrong = candidates(claim)
            if wrong is not None:
                found.append(self._problem(token, wrong))
            self.stands.append((token, claim, kept))
        return found or [*self._directions(), *self._extremes(), *self._polarity()]

    def _list_number(self, token: Token) -> bool:
        """The "2." of a numbered list."""
        line = self.text.rfind("\n", 0, token.start) + 1
        match = _LISTED.match(self.text[line:])
        return match is not None and line + match.start(1) == token.start and token.end <= line + match.end()

    def _periods(self) -> Iterator[Problem]:
        known = {one for fact in self.facts.facts for one in (fact.period, fact.base)}
        for token in self.sentence.of(Named.PERIOD):
            if token.mention and not token.mention.what & known and not self._not_compared(token):
                yield self._problem(token, Wrong.NO_PERIOD)

    def _not_compared(self, token: Token) -> bool:
        """The period before may be named to say that the data do not hold it."""
        named = token.mention is not None and self.facts.period - 1 in token.mention.what
        return named and bool(self.sentence.words(words.NOT))

    def _days(self) -> Iterator[Problem]:
        frequency = self.facts.spec.frequency
        until = date.fromisoformat(self.facts.data_until)
        missing = {date.fromisoformat(day) for day in self.facts.missing_days}
        bounds = {until}
        for fact in self.facts.facts:
            for one in (fact.period, fact.base):
                if one is not None:
                    bounds |= {frequency.first_day(one), frequency.last_day(one)}
        bounds |= {day + timedelta(days=1) for day in bounds if day == until}
        speaks_of_data = self.sentence.has("daten", "data") and self.sentence.has(
            "reich", "reach", "bis", "until"
        )
        speaks_of_gaps = self.sentence.has("ohne", "without", "fehl", "missing")
        allowed = {until} if speaks_of_data else missing if speaks_of_gaps and missing else bounds | missing
        for token in self.sentence.of(Named.DAY):
            if token.mention and not token.mention.what & allowed:
                yield self._problem(token, Wrong.NO_DAY)

    def _directions(self) -> Iterator[Problem]:
        """Words like "mehr" or "fell" that belong to no number must be true of what the sentence names."""
        used: set[int] = set()
        for _token, claim, kept in self.stands:
            used |= {id(one) for one in claim.meant.tokens}
            word = claim.direction_word
            if word and any(self._agrees(word, one) for one in kept):
                used.add(id(word))
        for token in self.sentence.tokens:
            sign = 1 if token.text in words.UP else -1 if token.text in words.DOWN else 0
            if not sign or id(token) in used:
                continue
            if self.sentence.negated(token):
                sign = -sign
            wrong = self._untrue(token, sign)
            if wrong:
                yield self._problem(token, Wrong.DIRECTION)
        for token in self.sentence.words(words.SAME):
            values = [one for one in self._changes(token) if one.value]
            of_time = self.sentence.following(token, 1)[:1] in (["week"], ["month"], ["woche"], ["period"])
            if values and not of_time and not self.sentence.negated(token):
                yield self._problem(token, Wrong.DIRECTION)

    def _extremes(self) -> Iterator[Problem]:
        """ "highest" and "lowest" beside a figure: of the last periods for the whole, among the parts for a part."""
        for token in self.sentence.tokens:
            high = token.text.startswith(
                ("höchst", "highest", "rekord", "record", "größt", "largest", "biggest")
            )
            low = token.text.startswith(("niedrigst", "lowest", "tiefst", "kleinst", "smallest"))
            if (high or low) and token.text != "höchstens" and not self._extreme(high):
                yield self._problem(token, Wrong.CLAIM)

    def _extreme(self, high: bool) -> bool:
        for _token, _claim, kept in self.stands:
            values = [one for one in kept if one.role is Role.VALUE and one.period == self.facts.period]
            if len(values) != len(kept) or not values:
                continue
            return any(self._is_extreme(one, high) for one in values)
        return True

    def _is_extreme(self, fact: Fact, high: bool) -> bool:
        if fact.part is None:
            bound = self.facts.find(Role.HIGHEST if high else Role.LOWEST, measure=fact.measure)
            return bound is None or bound.value == fact.value
        ranks = [
            one.value for one in self.facts.all(Role.RANK, measure=fact.measure)
            if one.part and one.part[0] == fact.part[0]
        ]  # fmt: skip
        own = self.facts.find(Role.RANK, measure=fact.measure, part=fact.part)
        return own is None or own.value == (1 if high else max(ranks))

    def _agrees(self, word: Token, fact: Fact) -> bool:
        """Whether a word of direction is said of this fact, and says which way it goes."""
        if fact.what.startswith("parts_") or fact.role is Role.RATIO:
            return True
        up = (word.text in words.UP) != self.sentence.negated(word)
        return fact.role in _DIRECTED and (fact.value > 0) == up

    def _untrue(self, token: Token, sign: int) -> bool:
        """Against the usual range where the sentence names it, else against the change that is meant."""
        for _token, _claim, kept in self.stands:
            slope = next((one for one in kept if one.role in (Role.SLOPE, Role.STREAK)), None)
            if slope is not None and token.text not in _PLACES:
                return (slope.value > 0) != (sign > 0)
            for high in (one for one in kept if one.role in (Role.USUAL_HIGH, Role.USUAL_LOW)):
                value = self.facts.find(
                    Role.VALUE, measure=high.measure, part=high.part, period=high.period, what=""
                )
                low = self.facts.find(
                    Role.USUAL_LOW, measure=high.measure, part=high.part, period=high.period
                )
                if value is not None and low is not None:
                    return (sign > 0) != (value.value > low.value)
        if not self.stands and not self.sentence.of(Named.MEASURE):
            return False
        changes = self._changes(token)
        return any((one.value > 0) - (one.value < 0) != sign for one in changes)

    def _changes(self, token: Token) -> list[Fact]:
        """The changes that the sentence speaks of at this word."""
        nearest = self.sentence.nearest(token, [one for one, _, _ in self.stands], behind=None)
        if nearest is not None:
            claim = next(claim for one, claim, _ in self.stands if one is nearest)
            # "über 13 Wochen", "more than in February": the word's own comparison, where it names one.
            bases = claim.base
            compared = [
                one
                for one in self.sentence.of(Named.PERIOD)
                if distance(one, token) <= 8 and one.at > token.at
            ]
            if compared and compared[0].mention:
                bases = compared[0].mention.what
            if token.text in _PLACES and not compared:
                return []
            measures, parts = claim.measures, claim.parts
        else:
            named = self.sentence.of(Named.MEASURE)
            mention = named[0].mention if named else None
            if mention is None:
                return []
            measures, parts = mention.what, frozenset({None})
            own = self.sentence.of(Named.PART)
            if own and own[0].mention:
                parts = own[0].mention.what
            periods = [one.mention.what for one in self.sentence.of(Named.PERIOD) if one.mention]
            bases = next(
                (one for one in periods if self.facts.period not in one), frozenset({self.facts.period - 1})
            )
        return [
            one for one in self.facts.all(Role.CHANGE)
            if measures is not None and one.measure in measures and one.part in parts and one.base in bases
        ]  # fmt: skip

    def _polarity(self) -> Iterator[Problem]:
        """Statements that a single "not" turns round: complete, included, possible, outside, readable."""
        for token in self.sentence.tokens:
            for stems, needs in _POLAR:
                if token.figure or token.mention or not token.text.startswith(stems):
                    continue
                wanted = needs(self)
                if (
                    wanted is not None
                    and self.sentence.negated(token, 9 if needs is _outside else 3) != wanted
                ):
                    yield self._problem(token, Wrong.CLAIM)

    def names(self, *what: str) -> bool:
        """Whether a number of the sentence is this count."""
        return any(one.what in what for _, _, kept in self.stands for one in kept)


_DIRECTED = frozenset({Role.CHANGE, Role.PERCENT, Role.CONTRIBUTION, Role.SLOPE, Role.STREAK, Role.RATIO})
# "over 13 weeks", "down to": words that also say where something is.
_PLACES = frozenset(["über", "unter", "above", "below", "over", "up", "down", "zurück"])


def _incomplete(one: _Checked) -> bool | None:
    """Whether "complete" must be negated of the period that the sentence names."""
    named = [token.mention.what for token in one.sentence.of(Named.PERIOD) if token.mention]
    meant = named[0] if named else frozenset({one.facts.period})
    return not meant & set(one.facts.whole)


def _complete(one: _Checked) -> bool | None:
    wanted = _incomplete(one)
    return None if wanted is None else not wanted


def _not_included(one: _Checked) -> bool | None:
    return True if one.names("rows_undated", "cells_empty") else None


def _not_readable(one: _Checked) -> bool | None:
    return True if one.names("rows_undated", "cells_empty") else None


def _possible(one: _Checked) -> bool | None:
    if not one.sentence.has("vergleich", "comparison"):
        return None
    return one.facts.find(Role.CHANGE, base=one.facts.period - 1) is None


def _outside(one: _Checked) -> bool | None:
    """Outside of the usual range: none of the tested series is, where there is no outlier."""
    if not one.names("series_tested") or one.names("outliers"):
        return None
    return not one.facts.outliers


def _gap(one: _Checked) -> bool | None:
    """Rows are denied where the sentence names a day without any."""
    missing = {date.fromisoformat(day) for day in one.facts.missing_days}
    named = [token.mention.what for token in one.sentence.of(Named.DAY) if token.mention]
    return True if any(what & missing for what in named) else None


_POLAR = (
    (("vollständig", "complete"), _incomplete),
    (("unvollständig", "incomplete"), _complete),
    (("enthalten", "included"), _not_included),
    (("lesbar", "readable"), _not_readable),
    (("möglich", "possible"), _possible),
    (("zeilen", "rows"), _gap),
    (("außerhalb", "outside"), _outside),
)
