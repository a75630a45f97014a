"""The bar on top, and one line above a page's content. Rooms above hand in small pieces: the day of the plan, the
pilot's state with its kill switch, the next step of something that leads through several rooms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest


@dataclass(frozen=True)
class Piece:
    """A part of the bar: `context(request)` answers what `template` needs, or None for nothing to show."""

    order: int
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    place: Literal["bar", "page"] = "bar"


_pieces: list[Piece] = []


def register(
    *,
    order: int,
    template: str,
    context: Callable[[HttpRequest], dict[str, Any] | None],
    place: Literal["bar", "page"] = "bar",
) -> None:
    """Add a piece. It is shown only on pages inside an organisation. Keep its queries few: it is on every page.

    `place` "page": above the content instead of in the bar.
    """
    _pieces.append(Piece(order, template, context, place))


def pieces_for(request: HttpRequest, place: Literal["bar", "page"] = "bar") -> list[dict[str, Any]]:
    """Template and context of each piece that has something to show in this place, in order."""
    shown = []
    for piece in sorted(_pieces, key=lambda piece: piece.order):
        context = piece.context(request) if piece.place == place else None
        if context is not None:
            shown.append({"template": piece.template, "context": context})
    return shown
