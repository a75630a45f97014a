"""The order in time of a table's rows: a column with times, or calendar words that move on through the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pilotwerk.processes.domain.roles import Meaning
from pilotwerk.processes.domain.words import name_score, normal_name

from pilotwerk.pilots.recipes.leads.columns import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTHS = (
    ("jan", "januar", "january", "jaenner"), ("feb", "februar", "february"), ("mar", "maerz", "march", "mrz"),
    ("apr", "april"), ("may", "mai"), ("jun", "juni", "june"), ("jul", "juli", "july"), ("aug", "august"),
    ("sep", "sept", "september"), ("oct", "okt", "oktober", "october"), ("nov", "november"),
    ("dec", "dez", "dezember", "december"),
)  # fmt: skip
_WEEKDAYS = (
    ("mon", "mo", "montag", "monday"), ("tue", "di", "dienstag", "tuesday"), ("wed", "mi", "mittwoch", "wednesday"),
    ("thu", "do", "donnerstag", "thursday"), ("fri", "fr", "freitag", "friday"),
    ("sat", "sa", "samstag", "sonnabend", "saturday"), ("sun", "so", "sonntag", "sunday"),
)  # fmt: skip
CALENDARS = tuple(
    {word: place for place, words in enumerate(calendar) for word in words} for calendar in (_MONTHS, _WEEKDAYS)
)
# So many changes must be seen, and this share of them must lead at most three months or days on.
CHANGES = 10
FORWARD = 0.9
STEP = 3


def moves_on(column: Column) -> bool:
    """Whether month names or weekdays go through the rows as in a calendar, more than once around.

    Rows in random order, or sorted by the column itself, do not: the one goes back as often as forward, the other
    never begins anew.
    """
    import numpy as np

    if column.kind is not Kind.CATEGORY:
        return False
    words = [normal_name(label) for label in column.labels]
    for calendar in CALENDARS:
        if len(words) >= 3 and all(word in calendar for word in words):
            there = column.values[~column.missing].astype(int)
            places = np.array([calendar[word] for word in words])[there]
            steps = np.diff(places)
            changes = steps[steps != 0]
            around = 12 if calendar is CALENDARS[0] else 7
            forward = (changes % around >= 1) & (changes % around <= STEP)
            return bool(len(changes) >= CHANGES and forward.mean() >= FORWARD and (changes < 0).any())
    return False


def guess_time(columns: Sequence[Column]) -> Column | None:
    """The column that most likely says when a lead came in: dates everywhere, named like a beginning.

    A name that speaks of an end is not taken: it would sort the leads by when they were decided.
    """
    import numpy as np

    found = []
    for place, column in enumerate(columns):
        if column.kind is not Kind.DATE or column.missing.any() or len(np.unique(column.values)) < 10:
            continue
        begins = max(name_score(column.name, Meaning.START), name_score(column.name, Meaning.TIME))
        if begins > name_score(column.name, Meaning.END):
            found.append((begins, -place, column))
    return max(found, key=lambda one: one[:2])[2] if found else None


def guess_group(columns: Sequence[Column]) -> Column | None:
    """The column that says which customer a lead belongs to, where customers come again: named so, many, repeated."""
    import numpy as np

    for column in columns:
        there = column.values[~column.missing]
        distinct = len(np.unique(there))
        named = max(name_score(column.name, Meaning.SENDER), name_score(column.name, Meaning.CASE)) >= 0.9
        if named and distinct > 0.2 * len(column.values) and len(there) >= 1.02 * distinct:
            return column
    return None
