"""Personal data out of a text before it leaves, and back into the answer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pilotwerk.pilots.providers.masking.finding import PLACEHOLDER, Found, Known, find


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its originals, and what each placeholder stands for."""

    text: str
    originals: dict[str, str]

    @property
    def counts(self) -> dict[str, int]:
        """How many different values of each kind were masked: {"name": 2}. Nothing else may be kept of them."""
        return dict(Counter(mark[1:].split("_")[0].lower() for mark in self.originals))

    def restore(self, text: str) -> str:
        """The text with the originals in place of their placeholders; a placeholder that is none of these stays."""
        return PLACEHOLDER.sub(lambda match: self.originals.get(match.group(), match.group()), text)

    def again(self, text: str, known: Known) -> Masked:
        """Another text of the same case, masked with the same placeholders for the same values."""
        return _masked(text, known, dict(self.originals))


def mask(text: str, known: Known | None = None) -> Masked:
    """The text masked until nothing more is found; the same value has the same placeholder everywhere.

    `restore` of the masked text gives the text again, and masking it once more changes nothing.
    """
    return _masked(text, known or Known(), {})


def left_over(text: str) -> tuple[str, ...]:
    """Placeholders that stand in a text, in order: invented by a model, or written by the customer."""
    return tuple(PLACEHOLDER.findall(text))


def _masked(text: str, known: Known, originals: dict[str, str]) -> Masked:
    marks = {value: mark for mark, value in originals.items()}
    # What stands there literally is never used, so that restoring cannot fill it.
    reserved = set(PLACEHOLDER.findall(text)) | set(originals)
    text = _everywhere(text, marks)
    while found := find(text, known):
        for one in found:
            value = text[one.start : one.end]
            if value not in marks:
                marks[value] = _next_mark(one.kind, reserved)
                reserved.add(marks[value])
        text = _everywhere(_replaced(text, found, marks), marks)
    return Masked(text, {mark: value for value, mark in marks.items()})


def _next_mark(kind: str, reserved: set[str]) -> str:
    number = 1
    while (mark := f"[{kind.upper()}_{number}]") in reserved:
        number += 1
    return mark


def _replaced(text: str, found: list[Found], marks: dict[str, str]) -> str:
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += [text[at : one.start], marks[text[one.start : one.end]]]
        at = one.end
    return "".join([*pieces, text[at:]])


def _everywhere(text: str, marks: dict[str, str]) -> str:
    """A value that was found once is masked wherever it stands as a whole word, the longest first."""
    if not marks:
        return text
    values = "|".join(re.escape(value) for value in sorted(marks, key=len, reverse=True))
    pattern = re.compile(rf"({PLACEHOLDER.pattern})|(?<!\w)(?:{values})(?!\w)")
    return pattern.sub(lambda match: match.group() if match.group(1) else marks[match.group()], text)
