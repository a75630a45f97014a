"""How much a person changed a proposal, and which words.

Texts are cut into tokens: a word, a single punctuation mark or a run of white space. The distance is the
share of word and punctuation tokens that were deleted or inserted, out of those of both texts together: 0 for
an untouched text, 1 when no token survived, moving a sentence counts as deleting and inserting it. The
matching is ``difflib.SequenceMatcher`` without its junk heuristic, so the figure is reproducible with the
standard library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]", re.UNICODE)

Kind = Literal["same", "del", "ins"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, was struck out or was put in."""

    kind: Kind
    text: str


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def distance(before: str, after: str) -> float:
    """Share of changed tokens in 0..1 (see the module's text); 0 for two empty texts."""
    old = [t for t in tokens(before) if not t.isspace()]
    new = [t for t in tokens(after) if not t.isspace()]
    total = len(old) + len(new)
    if not total:
        return 0.0
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    kept = sum(block.size for block in matcher.get_matching_blocks())
    return (total - 2 * kept) / total


def word_diff(before: str, after: str) -> list[Piece]:
    """The two texts laid over each other. Without "ins" it is ``before``, without "del" ``after``."""
    old, new = tokens(before), tokens(after)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("del", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("ins", "".join(new[j1:j2])))
    return _joined(pieces)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """A single blank kept between two changed words joins the changes on either side."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        lone_blank = piece.kind == "same" and piece.text == " " and 0 < at < len(pieces) - 1
        parts = [Piece("del", " "), Piece("ins", " ")] if lone_blank else [piece]
        out.extend(parts)
    return list(_runs(out))


def _runs(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Between two kept pieces: everything struck out first, then everything put in."""
    struck = put = ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind == "del":
            struck += piece.text
        elif piece.kind == "ins":
            put += piece.text
        else:
            if struck:
                yield Piece("del", struck)
            if put:
                yield Piece("ins", put)
            struck = put = ""
            if piece.text:
                yield piece


def changes(before: str, after: str) -> int:
    """How many places were changed; the count for "Your 2 changes to the proposal"."""
    count, inside = 0, False
    for piece in word_diff(before, after):
        changed = piece.kind != "same"
        count += changed and not inside
        inside = changed
    return count


def changed_lines(before: str, after: str) -> list[list[Piece]]:
    """Only the lines with a change, each as pieces, for a short display beside a long reply."""
    lines: list[list[Piece]] = [[]]
    for piece in word_diff(before, after):
        parts = piece.text.split("\n")
        for number, part in enumerate(parts):
            if number:
                lines.append([])
            if part or (piece.kind != "same" and len(parts) == 1):
                lines[-1].append(Piece(piece.kind, part))
    return [line for line in lines if any(p.kind != "same" and p.text.strip() for p in line)]
