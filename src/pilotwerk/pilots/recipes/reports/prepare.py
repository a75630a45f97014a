"""From a table and what a person set to the specification of the report: the rest is guessed, and each guess named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports.spec import MOST_DIMENSIONS, Kind, Measure, Spec
from pilotwerk.pilots.recipes.stock.periods import Frequency
from pilotwerk.processes.domain.guess import profile
from pilotwerk.processes.domain.values import decimal_comma
from pilotwerk.processes.domain.words import normal_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pilotwerk.pilots.recipes.reports.table import Column, Table

SAMPLE = 1_000
MOST_PARTS = 60
GUESSED_MEASURES = 3
MONTHLY_FROM = 700
_ID = re.compile(
    r"(?:^|\s)(?:id|nr|no|nummer|number|code|plz|zip|key|jahr|year|tel|telefon|iban)$|id$|nummer$"
)
_MEAN = re.compile(
    r"preis|price|note|score|bewertung|rating|alter|age$|quote|rate$|marge|margin|temperatur|satz$"
)
_MEDIAN = re.compile(r"dauer|duration|minuten|minutes|stunden|hours|seconds|sekunden|zeit$|days$|tage$")
_TIME = re.compile(r"datum|date|zeit|time|tag$|day|am$|monat|month|woche|week")
_DIMENSION = re.compile(
    r"region|land$|country|kategorie|category|gruppe|group|kanal|channel|filiale|branch|team|abteilung|status|art$"
    r"|type|typ$|standort|produkt|product|priorit|kunde|segment"
)
_UNITS = (
    (r"€|\beur\b|euro", "€"),
    (r"\bchf\b|franken", "CHF"),
    (r"\busd\b|\$|dollar", "$"),
    (r"\bgbp\b|£|pfund", "£"),
)
MONEY = frozenset(unit for _, unit in _UNITS)


def prepare(table: Table, settings: Mapping[str, Any]) -> Spec:
    """What the person set in `settings`, completed by guesses.

    `settings` may hold title, time, measures (list of dicts with kind, column, value, name, unit, decimals),
    dimensions, frequency ("W" or "M"), zone, rows_name (what a row is, for the number of rows). Raises `BadInput`
    naming file and column.
    """
    guessed: list[tuple[str, str]] = []
    time = str(settings.get("time") or "") or _guess_time(table, guessed)
    table.column(time)
    dimensions = settings.get("dimensions")
    if dimensions is None:
        dimensions = _guess_dimensions(table, time, guessed)
    for name in dimensions:
        table.column(name)
    rows_name = str(settings.get("rows_name") or "")
    given = settings.get("measures")
    if given is None:
        measures = _guess_measures(table, {time, *dimensions}, rows_name, guessed)
    else:
        measures = [_measure(table, one, rows_name) for one in given]
    frequency = settings.get("frequency")
    if not frequency:
        frequency = _guess_frequency(table, time, str(settings.get("zone") or "Europe/Berlin"))
        guessed.append(("frequency", "span"))
    return Spec(
        title=str(settings.get("title") or "") or table.file.rsplit(".", 1)[0],
        time=time,
        measures=tuple(measures),
        dimensions=tuple(dimensions),
        frequency=Frequency(frequency),
        zone=str(settings.get("zone") or "Europe/Berlin"),
        guessed=tuple(guessed),
    )


def _guess_time(table: Table, guessed: list[tuple[str, str]]) -> str:
    found = [
        (_TIME.search(normal_name(name)) is None, place, name)
        for place, (name, column) in enumerate(table.columns.items())
        if profile(name, column.values[:SAMPLE]).times >= 0.8
    ]
    if not found:
        raise BadInput("No column holds dates. Name the column with the time.", file=table.file)
    unnamed, _, name = min(found)
    guessed.append((name, "times" if unnamed else "name"))
    return name


def _guess_dimensions(table: Table, time: str, guessed: list[tuple[str, str]]) -> list[str]:
    """Texts with few values that occur often; a name that speaks of a group first, then the fewest values."""
    found = []
    for name, column in table.columns.items():
        seen = profile(name, column.values[:SAMPLE])
        distinct = len(column.values)
        if name == time or seen.numbers >= 0.5 or seen.times >= 0.5 or not 2 <= distinct <= MOST_PARTS:
            continue
        if len(table) >= 5 * distinct and seen.mean_length <= 40:
            found.append((_DIMENSION.search(normal_name(name)) is None, distinct, name))
    chosen = [name for _, _, name in sorted(found)[:MOST_DIMENSIONS]]
    guessed += [(name, "few_values") for name in chosen]
    return chosen


def _is_number(table: Table, column: Column) -> bool:
    seen = profile(column.name, column.values[:SAMPLE])
    name = normal_name(column.name)
    if not column.values or seen.numbers < 0.95 or seen.times >= 0.5 or _ID.search(name):
        return False
    # A number of its own in each row and no decimals: a number that only names the row.
    whole = not any("," in value or "." in value for value in column.values[:SAMPLE])
    return not (whole and len(column.values) == len(table) > 20 and seen.mean_length >= 4)


def _guess_measures(
    table: Table, taken: set[str], rows_name: str, guessed: list[tuple[str, str]]
) -> list[Measure]:
    measures: list[Measure] = []
    for name, column in table.columns.items():
        if name in taken or len(measures) == GUESSED_MEASURES or not _is_number(table, column):
            continue
        normal = normal_name(name)
        kind = Kind.MEAN if _MEAN.search(normal) else Kind.MEDIAN if _MEDIAN.search(normal) else Kind.SUM
        unit = _unit(name)
        measures.append(
            Measure(kind, name, name=_bare(name, unit), unit=unit, decimals=_decimals(column, kind, unit))
        )
        guessed.append((name, "numbers"))
    return [*measures, Measure(Kind.COUNT, name=rows_name)]


def _measure(table: Table, given: Mapping[str, Any], rows_name: str) -> Measure:
    """One measure that a person chose; unit and decimals come from the column where they are left out."""
    try:
        kind = Kind(str(given.get("kind", "sum")))
    except ValueError:
        raise BadInput(
            f"“{given.get('kind')}” is no way to sum up: sum, count, mean, share or median."
        ) from None
    name = str(given.get("column") or "")
    if kind is Kind.COUNT:
        return Measure(kind, name=str(given.get("name") or rows_name))
    column = table.column(name)
    value = str(given.get("value") or "")
    if kind is Kind.SHARE:
        if value not in column.values:
            raise BadInput(f"The value “{value}” does not occur.", file=table.file, column=name)
        decimals = int(given.get("decimals", 1))
        return Measure(kind, name, value, str(given.get("name") or name), "%", decimals)
    unit = str(given["unit"]) if given.get("unit") is not None else _unit(name)
    decimals = int(given["decimals"]) if given.get("decimals") is not None else _decimals(column, kind, unit)
    shown = str(given.get("name") or "") or _bare(name, unit)
    return Measure(kind, name, name=shown, unit=unit, decimals=decimals)


def _unit(name: str) -> str:
    return next((unit for pattern, unit in _UNITS if re.search(pattern, name.lower())), "")


def _bare(name: str, unit: str) -> str:
    """The column's name without the unit, which stands behind each number anyway."""
    pattern = next((pattern for pattern, one in _UNITS if one == unit), None)
    bare = (
        re.sub(rf"[\s_(\[]*(?:in\s)?(?:{pattern})[)\]]*", "", name, flags=re.IGNORECASE) if pattern else name
    )
    return bare.strip(" _") or name


def _decimals(column: Column, kind: Kind, unit: str) -> int:
    """As many as the column writes, at most two; means of whole numbers get one. Money has two or none: a program
    that hands out 180.50 as 180.5 does not mean tenths of a euro.
    """
    sample = column.values[:SAMPLE]
    sign = "," if decimal_comma(sample) else "."
    most = max((len(value.rsplit(sign, 1)[1]) for value in sample if sign in value), default=0)
    found = min(2, max(most, 1 if kind is Kind.MEAN else 0))
    return 2 if found and unit in MONEY else found


def _guess_frequency(table: Table, time: str, zone: str) -> Frequency:
    """Months from two years of history on, else weeks."""
    from pilotwerk.pilots.recipes.reports.cube import days_of

    days = [day for day in days_of(table, time, zone) if day is not None]
    span = (max(days) - min(days)).days if days else 0
    return Frequency.MONTH if span >= MONTHLY_FROM else Frequency.WEEK
