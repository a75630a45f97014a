"""A sentence as a row of tokens, and which token belongs to which: by distance, with breaks between the parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.checking import words
from pilotwerk.pilots.recipes.reports.checking.figures import Figure, figures
from pilotwerk.pilots.recipes.reports.checking.mentions import Finder, Mention, Named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOKEN = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|[,;:()–/=→]|[≈~]", re.UNICODE)
# What it costs to look past a sign or a word: a comma parts more than a bracket, another number more than a word.
_COST = {",": 8, ";": 20, "(": 2, ")": 4, ":": 1, "–": 8, "/": 4, "=": 1, "→": 3}
BREAK_COST, FIGURE_COST = 6, 6
NEAR = 7
_ABBREVIATED = re.compile(
    r"(?:\b(?:mio|tsd|mrd|ca|bzw|vgl|nr|inkl|approx|vs|fr|sept|jan|feb|mar|mär|apr|jun|jul|aug|okt|oct|nov|dez|dec)"
    r"|\bz\.\s?B|\bd\.\s?h|\bu\.\s?a)\.$",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?])[\s]+(?=[A-ZÄÖÜ„“\"€$£\d(])|\n+")
_GERMAN = words.many(
    """der die das und mit im von um auf für gegenüber nicht ist sind war waren den dem des mehr als"""
)
_ENGLISH = words.many(
    "the and of to than is are was were from with by not more less a for it this in compared"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, sign, number or mention. `at` counts costs from the sentence's beginning, `to` its own cost with them."""

    start: int
    end: int
    text: str
    at: int
    to: int
    figure: Figure | None = None
    mention: Mention | None = None


def distance(one: Token, other: Token) -> int:
    """The cost of what lies between two tokens, and one."""
    first, second = (one, other) if one.at <= other.at else (other, one)
    return second.at - first.to + 1


@dataclass(slots=True)
class Sentence:
    """Tokens of one sentence in order, and what earlier sentences named."""

    text: str
    tokens: list[Token]
    before: Sentence | None = None
    start: int = 0
    """Where the sentence begins in the text."""

    def of(self, kind: Named) -> list[Token]:
        return [one for one in self.tokens if one.mention and one.mention.kind is kind]

    def words(self, known: frozenset[str]) -> list[Token]:
        return [one for one in self.tokens if one.text in known]

    def has(self, *stems: str) -> bool:
        """Whether a word begins with one of the stems."""
        return any(one.text.startswith(stems) for one in self.tokens if not one.figure and not one.mention)

    def said(self, token: Token) -> str:
        """The token as it stands in the text, in lower case."""
        return self.text[token.start - self.start : token.end - self.start].lower()

    def place(self, token: Token) -> int:
        return self.tokens.index(token)

    def nearest(
        self,
        token: Token,
        others: list[Token],
        *,
        behind: int | None = NEAR,
        allowed: Callable[[Token], bool] | None = None,
    ) -> Token | None:
        """The closest of the others; those behind the token only within a cost (None: without a limit)."""
        found = [
            (distance(one, token) + (one.at > token.at) * 0.5, one)
            for one in others
            if (one.at <= token.at or behind is None or distance(one, token) <= behind)
            and (not allowed or allowed(one))
        ]
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def preceding(self, token: Token, count: int) -> list[str]:
        """The words right before the token, the closest first."""
        place = self.place(token)
        return [one.text for one in reversed(self.tokens[max(0, place - count) : place])]

    def following(self, token: Token, count: int) -> list[str]:
        place = self.place(token)
        return [one.text for one in self.tokens[place + 1 : place + 1 + count]]

    def negated(self, token: Token, reach: int = 3) -> bool:
        """Whether a "not" stands within so many words before the token, without a comma or another number between."""
        for one in reversed(self.tokens[: self.place(token)][-reach:]):
            if one.text in words.NOT:
                return True
            if (one.figure and reach <= 3) or one.text in (",", ";") or one.text in words.BREAKS:
                return False
        return False


def language_of(text: str) -> str:
    """ "de" or "en", by the small words and the place of the currency; German where nothing says otherwise."""
    spoken = re.findall(r"[a-zäöüß]+", text.lower())
    german = sum(word in _GERMAN for word in spoken) + len(re.findall(r"\d\s?€", text))
    english = sum(word in _ENGLISH for word in spoken) + len(re.findall(r"[€$£]\d", text))
    return "en" if english > german else "de"


def read(text: str, finder: Finder, language: str) -> Iterator[Sentence]:
    """The sentences of a text, each of which knows the one before it."""
    even = text.translate({0x00A0: " ", 0x2009: " ", 0x2011: "-"})
    mentions, masked = finder.find(even)
    numbers = figures(masked, language)
    last: Sentence | None = None
    for start, end in _split(even, masked):
        inside = [one for one in mentions if start <= one.start < end]
        tokens = _tokens(masked, start, end, inside, [one for one in numbers if start <= one.start < end])
        last = Sentence(even[start:end], tokens, last, start)
        yield last


def _split(text: str, masked: str) -> list[tuple[int, int]]:
    """Where sentences begin and end; a point behind an abbreviation or an ordinal ends none."""
    found, start = [], 0
    for match in _END.finditer(text):
        head = text[start : match.start()]
        following = text[match.end() : match.end() + 12]
        ordinal = re.search(r"\d\.$", head) and re.match(r"(?:Platz|Stelle|Rang|Mal|Quartal)\b", following)
        inside_date = masked[match.start() - 1] == " " and text[match.start() - 1] == "."
        listed = re.fullmatch(r"\s*\d{1,2}\.", head) is not None
        if "\n" not in match[0] and (_ABBREVIATED.search(head) or ordinal or inside_date or listed):
            continue
        found.append((start, match.start()))
        start = match.end()
    found.append((start, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip()]


def _tokens(masked: str, start: int, end: int, mentions: list[Mention], numbers: list[Figure]) -> list[Token]:
    blocks = [(one.start, one.end) for one in numbers]
    raw: list[tuple[int, int, str, Figure | None, Mention | None]] = [
        (one.start, one.end, "", one, None) for one in numbers
    ]
    raw += [(one.start, one.end, "", None, one) for one in mentions]
    for match in _TOKEN.finditer(masked, start, end):
        if not any(a <= match.start() < b for a, b in blocks):
            raw.append((match.start(), match.end(), match[0].lower(), None, None))
    tokens, at = [], 0
    for first, last, word, figure, mention in sorted(raw, key=lambda one: one[0]):
        half = FIGURE_COST if figure else _COST.get(word, BREAK_COST if word in words.BREAKS else 1)
        tokens.append(Token(first, last, word, at, at + half, figure, mention))
        at += half
    return _joined_verbs(tokens)


def _joined_verbs(tokens: list[Token]) -> list[Token]:
    """Gives "zu" and "ab" at the end of "nahm um 3 % zu" the direction of the whole verb."""
    verb = any(one.text in words.SPLIT_VERBS for one in tokens)
    if not verb:
        return tokens
    whole = {"zu": "zunehmen", "ab": "abnehmen", "nach": "nachgeben", "ein": "einbüßen"}
    found = []
    for place, one in enumerate(tokens):
        final = place + 1 == len(tokens) or tokens[place + 1].text in (",", ";", "und", "–", "(")
        found.append(replace(one, text=whole[one.text]) if one.text in whole and final else one)
    return found
