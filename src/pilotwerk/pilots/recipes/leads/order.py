"""The order in time of a table's rows: a column with times, or calendar words that move on through the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.leads.columns import Column, Kind
from pilotwerk.processes.domain.roles import Meaning
from pilotwerk.processes.domain.words import name_score, normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Floats

# Words for --time beside a column's name.
ROW, NONE = "row", "none"

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
    {word: place for place, words in enumerate(calendar) for word in words}
    for calendar in (_MONTHS, _WEEKDAYS)
)
# So many changes must be seen, and this share of them must lead at most three months or days on.
CHANGES = 10
FORWARD = 0.9
STEP = 3


@dataclass(frozen=True, slots=True)
class Order:
    """How the leads follow each other. `places` sorts them; `moments` are the values they are sorted by and `days`
    the same where they are dates (in days, for ages); both in the table's own order until sorted with `places`.
    """

    known: bool
    words: str
    places: NDArray[np.int64]
    column: str | None = None
    moments: Floats | None = None
    days: Floats | None = None


def find_order(
    columns: Sequence[Column], cells: Mapping[str, Sequence[str]], rows: Sequence[int], time: str | None
) -> Order:
    """The order by a named column, by the rows as they stand, or what can be found out. `rows` are row numbers.

    Raises `BadInput` for a named column that gives no order.
    """
    import numpy as np

    as_they_stand = np.arange(len(rows))
    named = next((column for column in columns if column.name == time), None)
    if named is not None and moves_on(named):
        return _as_in_a_calendar(named, as_they_stand)
    if named is not None:
        return _by(named, _readable(named, cells[named.name], rows), f"by the column “{named.name}”")
    if time == ROW:
        return Order(True, "the rows stand in order of time, as said", as_they_stand)
    if time == NONE:
        return Order(False, "none, as said", as_they_stand)
    guessed = guess_time(columns)
    if guessed is not None:
        return _by(
            guessed, guessed.values, f"by the column “{guessed.name}”, found by its name and its dates"
        )
    moving = next((column for column in columns if moves_on(column)), None)
    if moving is not None:
        return _as_in_a_calendar(moving, as_they_stand)
    return Order(
        False,
        "none was found; --time COL names a column, --time row says that the rows stand in it",
        as_they_stand,
    )


def _as_in_a_calendar(column: Column, places: NDArray[np.int64]) -> Order:
    words = f"the rows stand in order of time: “{column.name}” goes through them as in a calendar"
    return Order(True, words, places)


def _by(column: Column, moments: Floats, words: str) -> Order:
    import numpy as np

    places = np.argsort(moments, kind="stable")
    return Order(True, words, places, column.name, moments, moments if column.kind is Kind.DATE else None)


def _readable(column: Column, cells: Sequence[str], rows: Sequence[int]) -> Floats:
    """The values of a column that was named; each must be a date, a time or a number."""
    import numpy as np

    ordered = column.kind in (Kind.DATE, Kind.NUMBER) or (
        column.kind is Kind.IDENTIFIER and not column.labels
    )
    if not ordered:
        raise BadInput(
            "These are neither dates nor numbers, so they give no order. If the rows stand in order of time, say"
            " --time row.",
            row=rows[0],
            column=column.name,
        )
    if column.missing.any():
        place = int(np.flatnonzero(column.missing)[0])
        raise BadInput(f"“{cells[place][:40]}” is not a date or number.", row=rows[place], column=column.name)
    return column.values


def group_of(columns: Sequence[Column], named: str | None) -> Column | None:
    """The column whose equal values stay on one side of a cross-validation: the named one, or a guess."""
    if named is not None:
        return next(column for column in columns if column.name == named)
    return guess_group(columns)


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
