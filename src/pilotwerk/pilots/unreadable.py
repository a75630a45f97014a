"""What is wrong with a file or a table, in the reader's language and under the name that the reader knows it by."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput, PilotwerkError
from pilotwerk.pilots import recipe
from pilotwerk.pilots.recipes.said import in_language
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.texts import say


def said(error: PilotwerkError, kind: str, *, place: bool = True) -> str:
    """The error as a sentence of the active language for a pilot of this kind; with file, row and column where they
    are known, unless these stand elsewhere.
    """
    language = (get_language() or "de")[:2]
    if not isinstance(error, BadInput):
        return recipe.of(kind).reason(str(error), language)
    if isinstance(error, Unreadable):
        sentence = say(error.code, error.params)
    else:
        sentence = in_language(recipe.of(kind).reason(error.message, language), language)
    where = [error.file or "", placed(error.row, error.column)] if place else []
    found = ", ".join(one for one in where if one)
    return f"{found}: {sentence}" if found else sentence


def placed(row: int | None, column: str | None) -> str:
    """The place in a table as a person counts, "" where nothing is known of it."""
    if row is None:
        return _("column “%(column)s”") % {"column": column} if column else ""
    if column:
        return _("row %(row)s, column “%(column)s”") % {"row": row, "column": column}
    return _("row %(row)s") % {"row": row}
