"""A document as plain values: sections of blocks, in which every figure carries its origin.

The same document is laid out as PDF and as DOCX. Both layouts take `as_data`, where the figures are numbered
through and listed with their origins in the last section, so a reader can follow each number to where it came
from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")

STRATEGY_SECTIONS = (
    "company",
    "why",
    "readiness",
    "process",
    "focus",
    "goals",
    "pilot",
    "effect",
    "decision",
    "learnings",
    "roles",
    "roadmap",
    "law",
)

SHORT, LONG, GAP, RAISED = 4, 34, 4, 2
"""Bounds for the width of a column, the room between two, and that of a figure's number, in characters."""

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: object) -> str:
    """The text without characters that no document format can hold. Markup in it stays what it is: text."""
    return _NOT_TEXT.sub("", str(text)).strip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A value as it is shown, with unit and range, and in words where it comes from."""

    value: str
    origin: str

    def __post_init__(self) -> None:
        if not plain(self.value) or not plain(self.origin):
            raise ValueError("a figure needs a value and an origin")


Cell = str | Figure


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is not known or not done yet, said plainly."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Key figures, one a row: what, and the figure."""

    caption: str
    rows: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Columns named in `numeric` (from 0) are set right; each takes room after its longest
    text. `named_by` is the column that names the row in the list of origins.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    named_by: int = 0

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError("every row needs as many cells as the table has columns")


@dataclass(frozen=True, slots=True)
class Interval:
    """One measured effect.

    The positions are shares of the row's own scale, 0 left to 1 right; None: cannot tell.
    """

    label: str
    compared: str
    effect: Figure
    verdict: str
    positions: tuple[float, float, float, float] | None
    better_is_left: bool
    """`positions` are low end, best estimate, high end and zero."""


@dataclass(frozen=True, slots=True)
class Intervals:
    caption: str
    header: tuple[str, str, str]
    """What is measured, the difference, and what it means."""
    rows: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A decision with its reason in the signer's own words."""

    decision: str
    reason: str
    signature: str


Block = Paragraph | Open | Bullets | Facts | Grid | Intervals | Signed


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    heading: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        if not self.blocks:
            raise ValueError(f"section {self.key} is empty; say what is open instead")


@dataclass(frozen=True, slots=True)
class Words:
    """The layout's own words in the document's language. `page` holds {page} and {pages}."""

    contents: str
    summary: str
    page: str
    figure: str
    value: str
    origin: str
    number: str
    origins_heading: str
    origins_lead: str


@dataclass(frozen=True, slots=True)
class StrategyDocument:
    """The AI strategy of one organisation on one day. All texts are in `language` already."""

    language: Language
    title: str
    organisation: str
    date: str
    iso_date: str
    legal_state: str
    sample_label: str
    """Shown on every page of an invented company; empty for a real one."""
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    words: Words = field(repr=False)

    def __post_init__(self) -> None:
        if tuple(section.key for section in self.sections) != STRATEGY_SECTIONS:
            raise ValueError("a strategy has exactly its sections, in their order")

    def figures(self) -> Iterator[tuple[str, str, Figure]]:
        """Every figure in reading order, with its section's heading and what it says."""
        for section in self.sections:
            for block in section.blocks:
                for label, figure in _figures(block):
                    yield section.heading, label, figure


def _figures(block: Block) -> Iterator[tuple[str, Figure]]:
    if isinstance(block, Facts):
        yield from block.rows
    elif isinstance(block, Intervals):
        for interval in block.rows:
            yield interval.label, interval.effect
    elif isinstance(block, Grid):
        for row in block.rows:
            name = row[block.named_by]
            first = name.value if isinstance(name, Figure) else name
            for title, cell in zip(block.header, row, strict=True):
                if isinstance(cell, Figure):
                    yield f"{first}: {title}", cell


def as_data(document: StrategyDocument) -> dict[str, Any]:
    """The document as plain JSON for the layouts, figures numbered from 1 in reading order."""
    numbering = iter(range(1, 1 + sum(1 for _ in document.figures())))
    words = {name: plain(getattr(document.words, name)) for name in Words.__slots__}
    return {
        "language": document.language,
        "title": plain(document.title),
        "organisation": plain(document.organisation),
        "date": plain(document.date),
        "iso_date": document.iso_date,
        "legal_state": plain(document.legal_state),
        "sample_label": plain(document.sample_label),
        "summary": [plain(text) for text in document.summary],
        "words": words,
        "sections": [
            {
                "key": section.key,
                "heading": plain(section.heading),
                "blocks": [_block(block, numbering) for block in section.blocks],
            }
            for section in document.sections
        ],
        "origins": [
            {
                "number": number,
                "label": plain(label),
                "value": plain(figure.value),
                "origin": plain(figure.origin),
            }
            for number, (_, label, figure) in enumerate(document.figures(), start=1)
        ],
    }


def _weights(grid: Grid) -> list[int]:
    """Relative widths: the longest text of each column in characters, from SHORT to LONG, and the gap."""
    columns = zip(grid.header, *grid.rows, strict=True)
    lengths = (
        max(len(cell.value) + RAISED if isinstance(cell, Figure) else len(cell) for cell in each)
        for each in columns
    )
    return [min(max(length, SHORT), LONG) + GAP for length in lengths]


def _block(block: Block, numbering: Iterator[int]) -> dict[str, Any]:
    def cell(value: Cell) -> dict[str, Any]:
        if isinstance(value, Figure):
            return {"text": plain(value.value), "number": next(numbering)}
        return {"text": plain(value), "number": 0}

    match block:
        case Paragraph(text):
            return {"kind": "paragraph", "text": plain(text)}
        case Open(text):
            return {"kind": "open", "text": plain(text)}
        case Bullets(items):
            return {"kind": "bullets", "items": [plain(item) for item in items]}
        case Facts(caption, rows):
            pairs = [[cell(label), cell(figure)] for label, figure in rows]
            return {"kind": "facts", "caption": plain(caption), "rows": pairs}
        case Signed(decision, reason, signature):
            return {
                "kind": "signed",
                "decision": plain(decision),
                "reason": plain(reason),
                "signature": plain(signature),
            }
        case Intervals(caption, header, intervals):
            return {
                "kind": "intervals",
                "caption": plain(caption),
                "header": [plain(title) for title in header],
                "rows": [
                    {
                        "label": plain(row.label),
                        "compared": plain(row.compared),
                        "effect": cell(row.effect),
                        "verdict": plain(row.verdict),
                        "positions": row.positions and list(row.positions),
                        "better_is_left": row.better_is_left,
                    }
                    for row in intervals
                ],
            }
        case Grid():
            return {
                "kind": "grid",
                "caption": plain(block.caption),
                "header": [plain(title) for title in block.header],
                "rows": [[cell(value) for value in row] for row in block.rows],
                "numeric": sorted(block.numeric),
                "weights": _weights(block),
            }
