"""What the outcome column says: which leads are decided, and which of these were won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.values import is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Flags

WON = frozenset(
    """
    1 1.0 1,0 ja yes j y true wahr t won win gewonnen erfolg erfolgreich success successful converted konvertiert
    zusage zugesagt accepted angenommen verkauft verkauf sold sale gekauft kauf bought subscribed beauftragt auftrag
    gewonnen! kunde customer abschluss
    """.split()  # noqa: SIM905 -- as in a dictionary
) | {"closed won", "abgeschlossen gewonnen", "auftrag erhalten", "geschlossen gewonnen", "deal won"}
OPEN = frozenset(
    """
    offen open pending laufend ausstehend new neu
    """.split()  # noqa: SIM905 -- as in a dictionary
) | {"in progress", "in bearbeitung", "in arbeit", "in verhandlung"}
MOST_VALUES = 20


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`decided` are the places of leads with an outcome, `won` says for each of these whether it was won."""

    value: str
    decided: NDArray[np.int64]
    won: Flags


def read_outcomes(cells: Sequence[str], won: str | None, *, column: str) -> Outcomes:
    """Won against all other outcomes; empty ones and those that say "open" are undecided.

    Without `won`, the value is recognised among words such as ja, yes, gewonnen, won, 1, true. Raises `BadInput`
    where it does not occur or cannot be recognised.
    """
    import numpy as np

    plain = [_plain(cell) for cell in cells]
    value = _plain(won) if won is not None else None
    open_words = OPEN - {value}
    places = [place for place, text in enumerate(plain) if not is_missing(text) and text not in open_words]
    if value is not None and is_missing(value):
        raise BadInput("An empty value cannot mean won.", column=column)
    known = dict.fromkeys(cells[place].strip() for place in places)
    if value is None:
        value = _recognised(list(known), column)
    elif value not in {_plain(text) for text in known}:
        raise BadInput(f"“{won}” does not occur. The values are: {_listed(known)}.", column=column)
    decided = np.array(places, dtype=np.int64)
    shown = next(text for text in known if _plain(text) == value)
    return Outcomes(shown, decided, np.array([plain[place] == value for place in places], dtype=bool))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def _recognised(known: list[str], column: str) -> str:
    """The one value that means won. Raises `BadInput` for none or several."""
    if not known:
        raise BadInput("No row has an outcome.", column=column)
    found = {_plain(text) for text in known if _plain(text) in WON} if len(known) <= MOST_VALUES else set()
    if len(found) != 1:
        which = "Several values may mean won" if found else "It is not clear which value means won"
        raise BadInput(f"{which}; say --won VALUE. The values are: {_listed(known)}.", column=column)
    return found.pop()


def _listed(known: Sequence[str] | dict[str, None]) -> str:
    values = list(known)
    more = f" and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else ""
    return ", ".join(value[:40] for value in values[:MOST_VALUES]) + more
