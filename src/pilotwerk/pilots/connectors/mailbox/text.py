"""The words of a mail: out of HTML without its scripts and styles, and without the quoted history."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

# Longer HTML is cut off before it is read.
LONGEST_HTML: Final = 2_000_000
_DROPPED: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS: Final = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote",
     "section", "article", "header", "footer", "pre"}
)  # fmt: skip
_PARAGRAPHS: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"})


class _Reader(HTMLParser):
    """Collects text; a quotation becomes lines with ">"."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.dropped = 0
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropped += 1
        if tag in _BLOCKS:
            self._break(tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.depth = min(self.depth + 1, 5)
        if tag in ("td", "th") and self.lines[-1].strip(" >"):
            self.lines[-1] += " "
        if tag == "li":
            self.lines[-1] = self._mark() + "- "

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._break(paragraph=False)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropped = max(self.dropped - 1, 0)
        if tag == "blockquote":
            self.depth = max(self.depth - 1, 0)
        if tag in _BLOCKS and tag != "br":
            self._break(tag in _PARAGRAPHS)

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        text = re.sub(r"[ \t\r\n\xa0\u200b]+", " ", data)
        if not self.lines[-1].strip(" >"):
            text = text.lstrip()
            self.lines[-1] = self._mark()
        self.lines[-1] += text

    def _mark(self) -> str:
        return ">" * self.depth + (" " if self.depth else "")

    def _break(self, paragraph: bool) -> None:
        if self.lines[-1].strip(" >"):
            self.lines.append("")
        if paragraph and len(self.lines) > 1 and self.lines[-2].strip(" >"):
            self.lines.append("")


def html_text(html: str) -> str:
    """The words of an HTML mail, block by block; scripts, styles and comments are left out."""
    reader = _Reader()
    try:
        reader.feed(html[:LONGEST_HTML])
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # what broken markup makes the parser raise
        return plain_lines(re.sub(r"<[^>]*>", " ", html[:LONGEST_HTML]))
    return plain_lines("\n".join(reader.lines))


def plain_lines(text: str) -> str:
    """Without blanks at the end of lines and without more than one empty line in a row."""
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n ")


_WROTE: Final = re.compile(
    r"^(?:>? ?)*(?:am|on|le|il|den)\b.{4,250}\b(?:schrieb|wrote|a écrit|ha scritto|geschrieben)\b[^\n]{0,120}:\s*$",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"^\s*-{2,}\s*(?:ursprüngliche nachricht|original ?message|original-nachricht)\s*-{2,}", re.I
)
_FROM: Final = re.compile(r"^\s*\*?(?:von|from|de)\s?:\*?\s+\S", re.IGNORECASE)
_SENT: Final = re.compile(r"^\s*\*?(?:gesendet|sent|datum|date|envoyé)\s?(?:am)?\s?:\*?\s+\S", re.IGNORECASE)
_FORWARDED: Final = re.compile(r"^\s*(?:wg|fwd?|tr)\s*:", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"^-- ?$")


def split_history(text: str, subject: str = "") -> tuple[str, str]:
    """What was newly written, and the quoted history below it.

    Where somebody answered between the lines of a quotation, or forwarded a mail, the text stays whole: what is
    cut off there would be the request itself.
    """
    lines = text.split("\n")
    begin = _history_begins(lines, forwarded=bool(_FORWARDED.match(subject)))
    if begin is None:
        return text.strip(), ""
    visible = "\n".join(lines[:begin]).strip()
    if not visible:
        return text.strip(), ""
    return visible, "\n".join(lines[begin:]).strip()


def _history_begins(lines: list[str], *, forwarded: bool) -> int | None:
    for number, line in enumerate(lines):
        if _ORIGINAL.match(line) and not forwarded:
            return number
        if (
            not forwarded
            and _FROM.match(line)
            and any(_SENT.match(one) for one in lines[number + 1 : number + 5])
        ):
            return number - 1 if number and re.match(r"^\s*_{5,}\s*$", lines[number - 1]) else number
        if line.startswith(">") or _introduces(lines, number):
            return number if _only_quoted(lines[number:]) else None
    return None


def _introduces(lines: list[str], number: int) -> bool:
    """“Am … schrieb …:”, which mail programs wrap over up to three lines."""
    return any(_WROTE.match(" ".join(part.strip() for part in lines[number : number + n])) for n in (1, 2, 3))


def _only_quoted(lines: list[str]) -> bool:
    """Whether nothing but quotation, its introduction and a signature follows."""
    if not any(line.startswith(">") for line in lines):
        return True  # introduced, but quoted without marks: some programs do that
    last = max(number for number, line in enumerate(lines) if line.startswith(">"))
    first = next(number for number, line in enumerate(lines) if line.startswith(">"))
    between = [line for line in lines[first:last] if line.strip() and not line.startswith(">")]
    after = lines[last + 1 :]
    end = next((number for number, line in enumerate(after) if _SIGNATURE.match(line)), len(after))
    return not between and not any(line.strip() for line in after[:end])
