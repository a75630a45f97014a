"""Pictures of figures as plain data: places in percent, so that a template can draw them at any width."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a picture. The first cell of a row names it."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a list: what it counts, its length 0..1 and the figure in words."""

    label: str
    share: float
    value: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval (empty where there is none), as percent from the left and from the top."""

    x: str
    y: str
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """``kind`` names the template's part: columns, course, curve or bars."""

    kind: str
    caption: str = ""
    first: str = ""
    last: str = ""
    columns: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    joins: tuple[tuple[Mark, Mark], ...] = ()
    ticks: tuple[tuple[str, str], ...] = ()
    key: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One topic: a question, the sentence that answers it, figures, a picture, and the numbers as a table."""

    key: str
    title: str
    sentence: str
    facts: tuple[tuple[str, str, str], ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    link: tuple[str, str] | None = None
    parts: list[Any] = field(default_factory=list)


def percent(share: float) -> str:
    """A share 0..1 as a length or place; with a point whatever the language."""
    return f"{min(max(share, 0.0), 1.0) * 100:.2f}%"


def columns(values: Sequence[float], **words: Any) -> Picture:
    """Columns from zero, the tallest as high as the picture."""
    top = max(values, default=0) or 1
    return Picture("columns", columns=tuple(percent(value / top) for value in values), **words)


def course(
    values: Sequence[tuple[float, float, float] | None],
    *,
    top: float,
    ticks: Sequence[tuple[float, str]],
    **words: Any,
) -> Picture:
    """Points over time with an interval each, from zero to ``top``; None leaves a gap that no line bridges."""
    marks: list[Mark | None] = []
    for place, value in enumerate(values):
        x = percent((place + 0.5) / len(values))
        marks.append(
            None
            if value is None
            else Mark(
                x, percent(1 - value[0] / top), percent(1 - value[2] / top), percent(1 - value[1] / top)
            )
        )
    joins = tuple((one, other) for one, other in itertools.pairwise(marks) if one and other)
    found = tuple(one for one in marks if one)
    lines = tuple((percent(1 - value / top), text) for value, text in ticks)
    return Picture("course", marks=found, joins=joins, ticks=lines, **words)


def nice_top(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten at or above a value above 0; 1 for anything else."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-12))
