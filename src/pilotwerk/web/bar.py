"""The bar on top. Rooms above hand in small pieces: the day of the plan, the pilot's state with its kill switch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Piece:
    """A part of the bar: `context(request)` answers what `template` needs, or None for nothing to show."""

    order: int
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


_pieces: list[Piece] = []


def register(*, order: int, template: str, context: Callable[[HttpRequest], dict[str, Any] | None]) -> None:
    """Add a piece. It is shown only on pages inside an organisation. Keep its queries few: it is on every page."""
    _pieces.append(Piece(order, template, context))


def pieces_for(request: HttpRequest) -> list[dict[str, Any]]:
    """Template and context of each piece that has something to show, in order."""
    shown = []
    for piece in sorted(_pieces, key=lambda piece: piece.order):
        context = piece.context(request)
        if context is not None:
            shown.append({"template": piece.template, "context": context})
    return shown
