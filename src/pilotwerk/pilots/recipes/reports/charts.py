"""Pictures of a report as SVG: columns over time, bars by part. Each stands beside a sentence and a table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 640, 140
TOP, BOTTOM = 22, 26
ROW, NAME_WIDTH, VALUE_WIDTH = 26, 150, 120
# The same colours as web/pilotwerk.css in its light form; the classes let a page choose others.
ACCENT, SOFT, INK, MUTED, LINE = "#0b5d6e", "#a9c9cf", "#1a2325", "#4b595c", "#d9dfdf"
FALL = "#9a4a1f"
NAME_LENGTH = 22
# Width of a bold sign of 12 px, on the wide side.
SIGN = 7.5


def columns(points: Sequence[tuple[str, float, str]], title: str, *, open_end: bool) -> str:
    """Columns of (name, value, shown value), the last one emphasised; hatched where its period is not over."""
    low = min(0.0, *(value for _, value, _ in points))
    high = max(0.0, *(value for _, value, _ in points)) or (0.0 if low else 1.0)
    span = (high - low) or 1.0
    step = WIDTH / len(points)

    def y(value: float) -> float:
        return TOP + (high - value) / span * (HEIGHT - TOP - BOTTOM)

    parts = [f'<line x1="0" x2="{WIDTH}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{LINE}" class="axis"/>']
    every = max(1, round(len(points) / 7))
    for place, (name, value, shown) in enumerate(points):
        last = place == len(points) - 1
        left, top = place * step + step * 0.15, min(y(value), y(0))
        height = max(abs(y(value) - y(0)), 0.8)
        dash = f' stroke="{ACCENT}" stroke-dasharray="3 2" fill-opacity="0.35"' if last and open_end else ""
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{step * 0.7:.1f}" height="{height:.1f}" '
            f'fill="{ACCENT if last else SOFT}" class="{"now" if last else "past"}"{dash}/>'
        )
        if last:
            # Right-aligned it reaches over the columns before, so it stands above the highest of them.
            under = points[-1 - int(len(shown) * SIGN / step) :]
            clear = min(min(y(one), y(0)) for _, one, _ in under)
            parts.append(_text(WIDTH, max(clear - 6, 12), shown, anchor="end", weight=600))
        if (len(points) - 1 - place) % every == 0:
            parts.append(
                _text(place * step + step / 2, HEIGHT - 8, name, fill=MUTED, size=11, anchor="middle")
            )
    return _svg(parts, HEIGHT, title)


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """One bar a part from a common zero: what it added to the right, what it took to the left."""
    low = min(0.0, *(value for _, value, _ in rows))
    high = max(0.0, *(value for _, value, _ in rows))
    span = (high - low) or 1.0
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH

    def x(value: float) -> float:
        return NAME_WIDTH + (value - low) / span * room

    height = ROW * len(rows) + 8
    parts = [
        f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="2" y2="{height - 4}" stroke="{MUTED}" class="axis"/>'
    ]
    for place, (name, value, shown) in enumerate(rows):
        top = place * ROW + 5
        left = min(x(value), x(0))
        parts.append(_text(0, top + 13, name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"))
        parts.append(
            f'<rect x="{left:.1f}" y="{top}" width="{max(abs(x(value) - x(0)), 0.8):.1f}" height="{ROW - 9}" '
            f'fill="{ACCENT if value >= 0 else FALL}" class="{"rise" if value >= 0 else "fall"}"/>'
        )
        parts.append(_text(WIDTH, top + 13, shown, anchor="end", weight=600))
    return _svg(parts, height, title)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    fill: str = INK,
    size: int = 12,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(parts: Sequence[str], height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-family="Inter, sans-serif">{"".join(parts)}</svg>'
    )
