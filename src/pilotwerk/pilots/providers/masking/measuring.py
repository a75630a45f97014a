"""How much of what was labelled the rules find, by kind: recall and precision over characters and over places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pilotwerk.pilots.providers.masking.finding import Known, find

_LABEL = re.compile(r"\{(name|email|phone|iban|address|birth|customer|url):([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, its language, and the places that must be masked: start, end, kind."""

    language: str
    text: str
    places: tuple[tuple[int, int, str], ...]


@dataclass(slots=True)
class Tally:
    """Places: labelled, covered wholly, masked by the rules, and those of them that touch a label."""

    labelled: int = 0
    covered: int = 0
    masked: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.covered / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.masked if self.masked else 1.0


def labelled(lines: Iterable[str]) -> Iterator[Labelled]:
    """Sentences from lines like `de Mein Name ist {name:Petra Wulff}.`; comments and blank lines are left out."""
    for line in lines:
        if line[:3] in ("de ", "en "):
            text, places, at = "", [], 3
            for match in _LABEL.finditer(line := line.rstrip("\n")):
                text += line[at : match.start()]
                places.append((len(text), len(text) + len(match.group(2)), match.group(1)))
                text += match.group(2)
                at = match.end()
            yield Labelled(line[:2], text + line[at:], tuple(places))


def tally(sentences: Iterable[Labelled], known: Known) -> dict[str, Tally]:
    """By kind and under "all". A labelled place counts as covered only when each of its letters and digits is."""
    kinds: dict[str, Tally] = {"all": Tally()}
    for sentence in sentences:
        found = find(sentence.text, known)
        hidden = {place for one in found for place in range(one.start, one.end)}
        for start, end, kind in sentence.places:
            # Titles in a label ("Dr.") need not be hidden, the name itself must.
            core = re.sub(
                r"^(?:(?:Herrn?|Frau|Familie|Fam\.|Mrs\.?|Mr\.?|Dr\.|Prof\.)\s)+",
                "",
                sentence.text[start:end],
            )
            needed = range(end - len(core), end)
            whole = all(place in hidden or not sentence.text[place].isalnum() for place in needed)
            for name in ("all", kind):
                one = kinds.setdefault(name, Tally())
                one.labelled += 1
                one.covered += whole
        for place in found:
            touches = any(place.start < end and place.end > start for start, end, _kind in sentence.places)
            for name in ("all", place.kind):
                one = kinds.setdefault(name, Tally())
                one.masked += 1
                one.right += touches
    return kinds
