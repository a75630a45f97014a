"""A draft from what was answered before: the past answer that others like it agree with, in a new letter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.support.letters import salutation_for, sentences, take_apart
from pilotwerk.pilots.recipes.support.personal import generalise, own_names, unfilled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pilotwerk.pilots.recipes.support.proposal import DraftSettings

CLOSINGS = {"de": "Freundliche Grüße", "en": "Kind regards"}
# Somebody says that something was done: true in the old case, to be checked in the new one.
_DONE = re.compile(
    r"\b(?:haben|habe|hat|wurden?|worden|ist|sind)\b.*\b(?:\w*ge\w{2,}(?:t|en)|\w+iert|bestellt|erstattet|"
    r"überwiesen|verschickt|versendet|veranlasst|beauftragt|erledigt|vermerkt|vereinbart|erhalten|ersetzt|verschoben)\b"
    r"|\b(?:we have|we've|i have|i've|has been|have been|was|were)\s\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Template:
    """A past answer without its salutation, closing and personal parts; `body` may be empty."""

    body: str
    language: str

    @property
    def words(self) -> frozenset[str]:
        """What the body says, as a set, to compare it with others."""
        return frozenset(re.findall(r"\w{3,}", self.body.lower()))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template with the case it comes from and how like the new request that case was (0..1)."""

    case: str
    template: Template
    score: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply to be checked and completed by a person."""

    text: str
    body: str
    sentences: tuple[str, ...]
    placeholders: tuple[str, ...]
    to_check: tuple[str, ...]


def template_of(request: str, answer: str, *, customs: frozenset[str], language: str) -> Template:
    """What of a past answer can be said to somebody else."""
    letter = take_apart(answer)
    names = own_names(request, letter.salutation)
    return Template(generalise(letter.body, customs=customs, names=names, language=language), language)


def choose(candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that the others, weighted by their likeness, agree with most; the most like one among equals.

    A single odd answer, however like its request was, so loses against what is usually answered.
    """
    usable = [(candidate, words) for candidate in candidates if (words := candidate.template.words)]
    best, best_support = None, 0.0
    for candidate, words in usable:
        agreed = sum(other.score**2 * len(words & said) / len(words | said) for other, said in usable)
        support = agreed * (0.5 + candidate.score)
        if support > best_support:
            best, best_support = candidate, support
    return best


def to_check(said: Sequence[str]) -> tuple[str, ...]:
    """The sentences that say something was done: a person checks whether it is true here."""
    return tuple(sentence for sentence in said if _DONE.search(sentence))


def compose(
    candidate: Candidate, *, sender: str | None, titles: Mapping[str, str], settings: DraftSettings
) -> Draft:
    """The letter around the chosen answer. Nothing of the new request's text goes into it."""
    template = candidate.template
    language = template.language
    closing = (settings.closing or {}).get(language) or CLOSINGS.get(language, CLOSINGS["en"])
    salutation = salutation_for(sender, titles, language)
    text = f"{salutation}\n\n{template.body}\n\n{closing}\n{settings.organisation_name}"
    said = sentences(template.body)
    return Draft(
        text=text,
        body=template.body,
        sentences=tuple(said),
        placeholders=unfilled(text),
        to_check=to_check(said),
    )
