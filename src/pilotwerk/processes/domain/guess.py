"""Guess what the columns of an unknown table mean, from their names and from what is in them, and say why."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pilotwerk.processes.domain.messages import gettext_noop
from pilotwerk.processes.domain.roles import ColumnMapping, Kind, Meaning
from pilotwerk.processes.domain.values import (
    is_missing,
    looks_like_duration,
    looks_like_number,
    looks_like_time,
)
from pilotwerk.processes.domain.words import name_score

REASONS: dict[str, str] = {
    "name": gettext_noop("The name says so."),
    "name_part": gettext_noop("The name contains a word for it."),
    "times": gettext_noop("%(percent)s%% of the values are dates or times."),
    "repeats": gettext_noop("Each value occurs %(times)s times on average."),
    "unique": gettext_noop("Each row has its own value."),
    "few_values": gettext_noop("Only %(distinct)s different values occur."),
    "long_text": gettext_noop("The values are texts of %(characters)s characters on average."),
    "numbers": gettext_noop("The values are numbers."),
    "earlier": gettext_noop("It is the first column with dates."),
    "later": gettext_noop("It is the next column with dates."),
    "others": gettext_noop("Also possible: %(columns)s. Please check."),
    "given": gettext_noop("You chose it."),
    "again": gettext_noop("As last time."),
}
ENOUGH = 0.5
# Where several columns would do, figures change with the choice; a person is told so.
DOUBTFUL = (Meaning.TIME, Meaning.START, Meaning.END, Meaning.CATEGORY)
NAMED_OTHERS = 3


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a sample of a column looks like. Shares lie in 0..1 and refer to the values that are not
    missing.
    """

    name: str
    filled: int
    distinct: int
    times: float
    times_with_numbers: float
    numbers: float
    durations: float
    mean_length: float

    @property
    def repeats(self) -> float:
        """How often a value occurs on average; 0 for an empty column."""
        return self.filled / self.distinct if self.distinct else 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a column got its meaning, as msgid code and values."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def english(self) -> str:
        return REASONS[self.code] % self.params


@dataclass(frozen=True, slots=True)
class Guess:
    """The guessed mapping; `reasons` names for each meaning why. An incomplete mapping is possible."""

    mapping: ColumnMapping
    reasons: Mapping[Meaning, tuple[Reason, ...]]


def as_last_time(mapping: ColumnMapping) -> Guess:
    """What a person confirmed for a file with the same columns before."""
    return Guess(mapping, dict.fromkeys(mapping.columns, (Reason("again"),)))


def profile(name: str, values: Sequence[str | None]) -> ColumnProfile:
    """The profile of a sample of one column's values, in the order of the rows."""
    filled = Counter(value.strip() for value in values if value is not None and not is_missing(value))
    count = filled.total()

    def mean(of: Callable[[str], float]) -> float:
        return sum(of(value) * times for value, times in filled.items()) / max(count, 1)

    return ColumnProfile(
        name=name,
        filled=count,
        distinct=len(filled),
        times=mean(looks_like_time),
        times_with_numbers=mean(partial(looks_like_time, numeric_too=True)),
        numbers=mean(looks_like_number),
        durations=mean(looks_like_duration),
        mean_length=mean(len),
    )


def _is_time(column: ColumnProfile, named: float) -> bool:
    return column.times >= 0.8 or (named >= 0.6 and column.times_with_numbers >= 0.8)


def _fits(column: ColumnProfile, meaning: Meaning, named: float) -> bool:
    """Whether the contents allow the meaning at all."""
    if column.filled == 0:
        return False
    time = _is_time(column, named)
    text = not time and column.numbers < 0.8
    checks: dict[Meaning, Callable[[], bool]] = {
        Meaning.CASE: lambda: column.times < 0.5 and column.mean_length <= 80,
        Meaning.ACTIVITY: lambda: not time and column.mean_length <= 120 and column.distinct <= 1000,
        Meaning.TIME: lambda: time,
        Meaning.START: lambda: time,
        Meaning.END: lambda: time,
        Meaning.TEXT: lambda: text and column.mean_length >= 8,
        Meaning.CATEGORY: lambda: not time and column.mean_length <= 60 and column.repeats >= 1.2,
        Meaning.ANSWER: lambda: text and column.mean_length >= 8,
        Meaning.HANDLING: lambda: column.numbers >= 0.8 or column.durations >= 0.8,
        Meaning.TEAM: lambda: not time and column.mean_length <= 80 and column.repeats >= 1.2,
        Meaning.RESOURCE: lambda: not time and column.mean_length <= 80,
        Meaning.SENDER: lambda: not time and column.mean_length <= 120,
    }
    return checks[meaning]()


def _best(
    columns: Sequence[ColumnProfile],
    meaning: Meaning,
    taken: set[str],
    bonus: Callable[[ColumnProfile], float] = lambda column: 0.0,
) -> ColumnProfile | None:
    scored = []
    for position, column in enumerate(columns):
        named = name_score(column.name, meaning)
        if column.name not in taken and named > 0 and _fits(column, meaning, named):
            scored.append((named + bonus(column), -position, column))
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] >= ENOUGH else None


def _why(column: ColumnProfile, meaning: Meaning, *extra: Reason) -> tuple[Reason, ...]:
    named = name_score(column.name, meaning)
    reasons = [Reason("name" if named >= 0.9 else "name_part")] if named > 0 else []
    if meaning in (Meaning.TIME, Meaning.START, Meaning.END):
        reasons.append(Reason("times", {"percent": str(round(100 * column.times_with_numbers))}))
    elif meaning is Meaning.CASE:
        unique = column.repeats < 1.05
        reasons.append(Reason("unique") if unique else Reason("repeats", {"times": f"{column.repeats:.1f}"}))
    elif meaning in (Meaning.ACTIVITY, Meaning.CATEGORY, Meaning.TEAM):
        reasons.append(Reason("few_values", {"distinct": str(column.distinct)}))
    elif meaning in (Meaning.TEXT, Meaning.ANSWER):
        reasons.append(Reason("long_text", {"characters": str(round(column.mean_length))}))
    elif meaning is Meaning.HANDLING:
        reasons.append(Reason("numbers"))
    return (*reasons, *extra)


def _others(columns: Sequence[ColumnProfile], meaning: Meaning, taken: set[str]) -> tuple[Reason, ...]:
    """Columns without a meaning whose name and contents speak for this one too."""
    names = [column.name for column in columns if column.name not in taken]
    found = [name for name in names if _best(columns, meaning, taken | (set(names) - {name}))]
    if not found:
        return ()
    return (Reason("others", {"columns": ", ".join(found[:NAMED_OTHERS])}),)


def _mostly_unique(column: ColumnProfile) -> float:
    """One row a case: a number that names the row; a few doubles are rows to reject, many are another
    thing.
    """
    return 0.3 if column.repeats < 1.02 else 0.0 if column.repeats < 1.3 else -0.6


def _is_event_log(columns: Sequence[ColumnProfile], given: Mapping[Meaning, str]) -> bool:
    """One row an event: a case number that repeats, a step, and a time of the step.

    What is given decides, where only one of the shapes has such a meaning.
    """
    if given.keys() & {Meaning.ACTIVITY, Meaning.TIME}:
        return True
    if given.keys() & {Meaning.START, Meaning.END}:
        return False
    case = next((column for column in columns if column.name == given.get(Meaning.CASE)), None)
    case = case or _best(columns, Meaning.CASE, set(), lambda column: 0.3 if column.repeats >= 1.2 else 0.0)
    if case is None or case.repeats < 1.1:
        return False
    taken = {case.name}
    activity = _best(columns, Meaning.ACTIVITY, taken)
    times = [column for column in columns if column.times >= 0.8]
    named = _best(columns, Meaning.TIME, taken)
    return activity is not None and bool(times or named)


def _guess_times(
    columns: Sequence[ColumnProfile], kind: Kind, found: dict[Meaning, ColumnProfile]
) -> dict[Meaning, tuple[Reason, ...]]:
    """Adds the time columns to `found`. By name first; else the columns with dates in their order."""
    wanted = (Meaning.TIME,) if kind is Kind.EVENT_LOG else (Meaning.START, Meaning.END)
    reasons: dict[Meaning, tuple[Reason, ...]] = {}
    for meaning in wanted:
        taken = {column.name for column in found.values()}
        best = _best(columns, meaning, taken)
        extra: tuple[Reason, ...] = ()
        if best is None and kind is Kind.EVENT_LOG:
            # "Complete Timestamp", "Ende", "Erledigt am": an event's end is its time where nothing else is.
            best = _best(columns, Meaning.END, taken) or _best(columns, Meaning.START, taken)
        if best is None and meaning is Meaning.START:
            best = _best(columns, Meaning.TIME, taken)
        if best is None and meaning is not Meaning.END:
            free = (column for column in columns if column.times >= 0.8 and column.name not in taken)
            best = next(free, None)
            extra = (Reason("earlier"),) if best else ()
        if best is None:
            continue
        found[meaning] = best
        reasons[meaning] = _why(best, meaning, *extra)
    return reasons


def guess(
    columns: Sequence[ColumnProfile], given: Mapping[Meaning, str] | None = None, kind: Kind | None = None
) -> Guess:
    """The most plausible meaning of each column; what is `given` stays as it is.

    Each column gets at most one meaning. Nothing is assigned that the contents contradict.
    """
    fixed = dict(given or {})
    if kind is None:
        kind = Kind.EVENT_LOG if _is_event_log(columns, fixed) else Kind.CASE_TABLE
    by_name = {column.name: column for column in columns}
    found = {meaning: by_name[name] for meaning, name in fixed.items() if name in by_name}
    reasons: dict[Meaning, tuple[Reason, ...]] = {meaning: (Reason("given"),) for meaning in found}
    rest = [column for column in columns if column.name not in set(fixed.values())]

    def take(meaning: Meaning, bonus: Callable[[ColumnProfile], float] = lambda column: 0.0) -> None:
        if meaning in fixed:
            return
        best = _best(rest, meaning, {column.name for column in found.values()}, bonus)
        if best is not None:
            found[meaning] = best
            reasons[meaning] = _why(best, meaning)

    if kind is Kind.EVENT_LOG:
        take(Meaning.CASE, lambda column: 0.3 if column.repeats >= 1.2 else 0.0)
        take(Meaning.ACTIVITY)
    else:
        take(Meaning.CASE, _mostly_unique)
    if not any(meaning in fixed for meaning in (Meaning.TIME, Meaning.START)):
        reasons |= _guess_times(rest, kind, found)
    elif kind is Kind.CASE_TABLE:
        take(Meaning.END)
    take(Meaning.HANDLING)
    take(Meaning.CATEGORY)
    if kind is Kind.EVENT_LOG:
        take(Meaning.TEAM)
    take(Meaning.ANSWER)
    take(Meaning.TEXT, lambda column: min(column.mean_length, 200) / 500)
    take(Meaning.RESOURCE)
    take(Meaning.SENDER)
    mapping = ColumnMapping(kind, {meaning: column.name for meaning, column in found.items()})
    taken = set(mapping.columns.values())
    for meaning in found.keys() & set(DOUBTFUL) - fixed.keys():
        reasons[meaning] += _others(rest, meaning, taken)
    return Guess(mapping, reasons)
