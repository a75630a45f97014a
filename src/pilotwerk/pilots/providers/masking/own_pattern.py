"""An organisation's own pattern of customer numbers: a regular expression that cannot run away.

Only what needs no backtracking beyond a fixed bound is taken: no group repeats, at most `VARIABLE` quantifiers with a
choice, no look-around, no references, and it is tried on at most `LONGEST` characters, at beginnings of words only.
So the work is at most LONGEST ** VARIABLE / 6 steps for each word (about 10,000), whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 40
VARIABLE: Final = 3
_PART: Final = re.compile(
    r"(?P<cls>\[(?:\\.|[^\]\\])+\])|(?P<esc>\\[dwsDWS.\-/+()\[\]{}?*|^$ ]|\\b)"
    r"|(?P<open>\((?:\?:)?(?!\?))|(?P<close>\))|(?P<alt>\|)|(?P<quant>[?*+]|\{\d{1,2}(?:,\d{0,2})?\})|(?P<lit>[^\\\[\](){}?*+|])"
)


class BadPattern(ValueError):
    """The pattern is not taken. `args[0]` says why: "syntax", "repeat", "variable", "empty"."""


def checked(pattern: str) -> re.Pattern[str]:
    """The compiled pattern. Raises BadPattern for everything that could run away or matches nothing at all."""
    at, variable, before = 0, 0, ""
    while at < len(pattern):
        match = _PART.match(pattern, at)
        if match is None:
            raise BadPattern("syntax")
        kind = str(match.lastgroup)
        if kind == "quant":
            if before in ("close", "quant", "", "open", "alt"):
                raise BadPattern("repeat")
            variable += not re.fullmatch(r"\{\d{1,2}\}", match.group())
        before, at = kind, match.end()
    if variable > VARIABLE:
        raise BadPattern("variable")
    try:
        compiled = re.compile(pattern)
    except re.error:
        raise BadPattern("syntax") from None
    if compiled.fullmatch(""):
        raise BadPattern("empty")
    return compiled


def spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where the pattern matches whole words of the text, from left to right, without overlaps."""
    free = 0
    for word in re.finditer(r"(?<!\w)[\w#]", text):
        start = word.start()
        if start < free:
            continue
        match = pattern.match(text, start, min(start + LONGEST, len(text)))
        if match is None or match.end() == start:
            continue
        end = match.end()
        if end < len(text) and (text[end].isalnum() and text[end - 1].isalnum()):
            continue
        yield start, end
        free = end
