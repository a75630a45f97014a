"""Finds the rows that a person should look at: missing, invalid, double, contradictory, far outside."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pilotwerk.processes.domain.quality.columns import UNIQUE, Type, names_identifier
from pilotwerk.processes.domain.quality.findings import BLOCKER, INFO, SHOWN_ROWS, WARNING, Finding
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.roles import PERSONAL, ColumnMapping, Kind, Meaning
from pilotwerk.processes.quality import signs
from pilotwerk.processes.quality.columns import Measured
from pilotwerk.processes.reading import Source

# Missing values are worth a note from this share on, a warning from the other one on.
MISSING_NOTE, MISSING_WARNING = 0.05, 0.2
# J. W. Tukey, Exploratory Data Analysis, 1977: "far out" lies more than three quartile distances outside the box.
FAR_OUT = 3.0
FEWEST_NUMBERS = 30
# More of them are no outliers: the numbers are just spread so.
OUTSIDE_AT_MOST = 0.01
VARIANTS_SHOWN = 3
# How an entry that stands for nothing is usually dated.
PLACEHOLDERS = (
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1900-01-02",
    "1970-01-01",
    "2099-12-31",
    "2199-12-31",
)


@dataclass
class Table:
    """An opened file with its measured columns and what they were taken for."""

    source: Source
    mapping: ColumnMapping
    columns: list[Measured]
    found: list[Finding] = field(default_factory=list)

    def of(self, meaning: Meaning) -> Measured | None:
        name = self.mapping.get(meaning)
        return next((one for one in self.columns if one.name == name), None)

    def one(self, sql: str) -> tuple[Any, ...]:
        """The one row that a query of our own gives."""
        row: tuple[Any, ...] | None = self.source.con.execute(sql).fetchone()
        assert row is not None
        return row

    def note(
        self, rule: str, column: str | None, sql: str, *, grave: str | None = None, **params: Any
    ) -> int:
        """A finding for the rows that a query of our own names, without those an import rejected; or none.

        Answers how many there are.
        """
        count, rows = self.one(
            f"SELECT count(*), min(row, {SHOWN_ROWS}) FROM ({sql}) "  # noqa: S608 -- own names only
            "WHERE row NOT IN (SELECT row FROM left_out)"
        )
        if count:
            self.found.append(Finding(rule, column, count, tuple(rows), params, grave))
        return int(count)

    def mark(self, table: str, sql: str) -> None:
        """Counts the rows of a query for a dimension, rejected ones too."""
        self.source.con.execute(f"INSERT INTO {table} SELECT row FROM ({sql})")  # noqa: S608 -- own names only

    def hides_values(self, one: Measured) -> bool:
        """Whether the values of a column must not be quoted, because they are about people."""
        mapped = any(self.mapping.get(meaning) == one.name for meaning in PERSONAL)
        return mapped or one.column.personal_data is not Personal.NONE


def prepare(table: Table, rejected: Sequence[int]) -> None:
    """Makes the small tables that the rules share: rejected rows, moments of the main times, marked rows."""
    con = table.source.con
    con.execute("CREATE OR REPLACE TEMP TABLE left_out (row BIGINT)")
    if rejected:
        import numpy as np

        con.register("rejected_rows", {"row": np.array(sorted(set(rejected)), dtype=np.int64)})
        con.execute("INSERT INTO left_out SELECT row FROM rejected_rows")
        con.unregister("rejected_rows")
    for name in ("contradictory", "repeated"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (row BIGINT)")
    begin = _moments(table.of(Meaning.TIME) or table.of(Meaning.START), "t")
    end = _moments(table.of(Meaning.END), "e")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE moments AS SELECT row, t, e FROM ({begin}) JOIN ({end}) USING (row)"  # noqa: S608
    )


def _moments(one: Measured | None, name: str) -> str:
    if one is None or one.type is not Type.DATE_TIME:
        return f"SELECT row, NULL::BIGINT AS {name} FROM raw"  # noqa: S608 -- own names only
    return f"SELECT raw.row AS row, x AS {name} FROM raw LEFT JOIN {one.read} AS x ON x.row = raw.row"  # noqa: S608


# Which use a missing value takes rows from.
USE_OF = {
    "category_missing": ("triage",),
    "answer_missing": ("answers",),
    "handling_missing": ("effort",),
    "time_missing": ("way", "volume"),
}


def find_missing(table: Table, usable: Mapping[str, int]) -> None:
    """Empty columns and missing values; columns with a meaning are told with what follows for their use.

    `usable` counts the rows that a use has left.
    """
    told = {
        Meaning.CATEGORY: "category_missing",
        Meaning.TEXT: "text_missing",
        Meaning.ANSWER: "answer_missing",
        Meaning.HANDLING: "handling_missing",
        Meaning.TIME: "time_missing",
        Meaning.START: "time_missing",
        Meaning.END: "no_end",
    }
    rules = {table.mapping.get(meaning): rule for meaning, rule in told.items() if table.mapping.get(meaning)}
    for one in table.columns:
        share, total = one.counts.missing, one.counts.rows
        if one.type is Type.EMPTY:
            table.found.append(Finding("empty_column", one.name, 0))
            continue
        rule = rules.get(one.name, "missing")
        if not share or (rule == "missing" and share < MISSING_NOTE):
            continue
        grave = None if rule == "no_end" else WARNING if share >= MISSING_WARNING else INFO
        if rule == "missing" and table.mapping.kind is Kind.EVENT_LOG:
            grave = INFO  # what is known of a case often stands at one of its steps only
        if rule in ("category_missing", "answer_missing", "text_missing"):
            grave = BLOCKER if share > 0.5 else WARNING if share >= MISSING_NOTE else INFO
        sql = f"SELECT row FROM raw WHERE {signs.missing(one.sql)}"  # noqa: S608 -- own names only
        left = next((usable[use] for use in USE_OF.get(rule, ()) if use in usable), one.counts.filled)
        table.note(rule, one.name, sql, grave=grave, share=share, usable=left, total=total)


def find_invalid(table: Table) -> None:
    """Values that do not fit the column's own way of writing, numbers far outside, dates for nothing."""
    for one in table.columns:
        if one.column.invalid:
            params: dict[str, Any] = {"shape": one.shape} if one.shape else {}
            table.note(one.invalid_rule, one.name, one.misfits(), **params)
        if one.type is Type.DATE_TIME:
            days = ", ".join(f"epoch_us(TIMESTAMP '{day}')" for day in PLACEHOLDERS)
            table.note("placeholder_time", one.name, f"SELECT row FROM {one.read} WHERE x IN ({days})")  # noqa: S608
        elif one.type in (Type.NUMBER, Type.WHOLE_NUMBER):
            _outliers(table, one)


def _outliers(table: Table, one: Measured) -> None:
    """Tukey's outer fences; on the logarithm where the numbers are positive and that is more symmetric."""
    if one.counts.filled < FEWEST_NUMBERS or not one.column.spread:
        return
    low, q1, middle, q3 = table.one(
        f"SELECT min(x), quantile_cont(x, 0.25), quantile_cont(x, 0.5), quantile_cont(x, 0.75) FROM {one.read}"  # noqa: S608
    )
    if q1 is None or q1 == q3:
        return
    lower, upper = q1 - FAR_OUT * (q3 - q1), q3 + FAR_OUT * (q3 - q1)
    if low >= 0 and q1 > 0 and abs(_lean(*map(math.log, (q1, middle, q3)))) < abs(_lean(q1, middle, q3)):
        ratio = (q3 / q1) ** FAR_OUT
        # A zero has no logarithm and is not called far out.
        lower, upper = (q1 / ratio if low > 0 else -1.0), q3 * ratio
    sql = f"SELECT row FROM {one.read} WHERE x < {lower!r} OR x > {upper!r}"  # noqa: S608
    (outside,) = table.one(f"SELECT count(*) FROM ({sql})")  # noqa: S608 -- own names only
    if outside > OUTSIDE_AT_MOST * one.counts.filled:
        return
    table.note("outlier", one.name, sql, low=round(max(lower, low), 6), high=round(upper, 6))


def _lean(q1: float, middle: float, q3: float) -> float:
    """Bowley's skewness from the quartiles, -1..1."""
    return (q3 + q1 - 2 * middle) / (q3 - q1)


def find_doubles(table: Table) -> None:
    """Rows that equal an earlier one, identifiers that occur again, columns that are copies or constant."""
    columns = ", ".join(f"c{i}" for i in range(len(table.source.columns)))
    table.source.con.execute(
        f"CREATE OR REPLACE TEMP TABLE doubles AS {_later(f'SELECT row, hash({columns}) AS print FROM raw')}"  # noqa: S608
    )
    doubles = "SELECT row FROM doubles"
    table.note("duplicate", None, doubles)
    table.mark("repeated", doubles)
    identifier = _identifier(table)
    if identifier is not None and identifier.counts.filled > identifier.counts.distinct:
        values = f"SELECT row, hash(v) AS print FROM ({identifier.rows()})"  # noqa: S608 -- own names only
        table.mark("repeated", _later(values))
        again = f"{_later(values)} EXCEPT {doubles}"
        table.note("identifier_again", identifier.name, again)
    for one in table.columns:
        if one.counts.distinct == 1 and one.counts.filled == one.counts.rows > 1:
            table.found.append(Finding("constant", one.name, 0))
    _copies(table)


def _later(prints: str) -> str:
    """The rows whose print an earlier row has."""
    return (
        f"SELECT p.row FROM ({prints}) p JOIN (SELECT print, min(row) AS earliest FROM ({prints}) "  # noqa: S608
        "GROUP BY print HAVING count(*) > 1) USING (print) WHERE p.row > earliest"
    )


def _identifier(table: Table) -> Measured | None:
    """The column that numbers the rows: the case of a table with one row a case, or one that is nearly unique."""
    if table.mapping.kind is Kind.CASE_TABLE:
        case = table.of(Meaning.CASE)
        if case is not None and case.counts.repeats < 1.3:
            return case
    named = [one for one in table.columns if one.type is Type.IDENTIFIER and names_identifier(one.name)]
    return next((one for one in named if one.counts.distinct >= UNIQUE * one.counts.filled), None)


def _copies(table: Table) -> None:
    """Columns with equal texts in every row: alike by a checksum over rows and texts, then compared."""
    alike: dict[tuple[int, int], list[Measured]] = {}
    for one in table.columns:
        if one.counts.distinct > 1:
            alike.setdefault((one.counts.filled, one.counts.distinct), []).append(one)
    for candidates in alike.values():
        if len(candidates) < 2:
            continue
        # Hashed twice: a single hash of row and text is linear, and equal counts of texts would cancel out.
        sums = ", ".join(f"bit_xor(hash(hash(row, coalesce({one.trimmed()}, ''))))" for one in candidates)
        first: dict[int, Measured] = {}
        for one, checksum in zip(candidates, table.one(f"SELECT {sums} FROM raw"), strict=True):  # noqa: S608
            earlier = first.setdefault(checksum, one)
            if earlier is not one and _equal(table, earlier, one):
                table.found.append(Finding("copied_column", one.name, 0, params={"other": earlier.name}))


def _equal(table: Table, one: Measured, other: Measured) -> bool:
    (different,) = table.one(
        f"SELECT count(*) FROM raw WHERE {one.trimmed()} IS DISTINCT FROM {other.trimmed()}"  # noqa: S608
    )
    return not different


def find_contradictions(table: Table) -> bool:
    """Values that cannot be right together. Answers whether there was anything to check."""
    checked = _times_against_each_other(table) | _categories_of_a_case(table)
    for one in table.columns:
        if one.type in (Type.NUMBER, Type.WHOLE_NUMBER):
            _mixed_numbers(table, one)
            checked = True
        elif one.type is Type.DATE_TIME:
            checked = True
        elif one.type is Type.CATEGORY:
            checked = True
            if not table.hides_values(one):
                _spellings(table, one)
    return checked


def _contradict(table: Table, rule: str, column: str, sql: str, **params: Any) -> None:
    table.note(rule, column, sql, **params)
    table.mark("contradictory", sql)


def _times_against_each_other(table: Table) -> bool:
    begin, end = table.of(Meaning.START), table.of(Meaning.END)
    if begin is None or end is None:
        return False
    _contradict(table, "end_before_start", end.name, "SELECT row FROM moments WHERE e < t", other=begin.name)
    return True


def _categories_of_a_case(table: Table) -> bool:
    case, category = table.of(Meaning.CASE), table.of(Meaning.CATEGORY)
    if case is None or category is None or case.counts.repeats == 1:
        return False
    values = (
        f"SELECT row, {case.trimmed()} AS id, {category.trimmed()} AS label, "  # noqa: S608 -- own names only
        f"lower({category.trimmed()}) AS plain FROM raw"
    )
    several = f"SELECT id FROM ({values}) WHERE id IS NOT NULL GROUP BY id HAVING count(DISTINCT plain) > 1"  # noqa: S608
    sql = f"SELECT row FROM ({values}) WHERE label IS NOT NULL AND id IN ({several})"  # noqa: S608
    _contradict(table, "two_categories", category.name, sql)
    return True


def _mixed_numbers(table: Table, one: Measured) -> None:
    """Decimal signs and units: the rarer ones are told."""
    rows, weighed = one.rows(), one.weighed()
    comma, point = (signs.within(pattern) for pattern in (signs.COMMA, signs.POINT))
    commas, points = table.one(
        f"SELECT coalesce(sum(n) FILTER ({comma}), 0), coalesce(sum(n) FILTER ({point}), 0) FROM ({weighed})"  # noqa: S608
    )
    if commas and points:
        rare = comma if commas < points else point
        _contradict(table, "mixed_decimals", one.name, f"SELECT row FROM ({rows}) WHERE {rare}")  # noqa: S608
    units = table.source.con.execute(
        f"SELECT {signs.unit()} AS unit, sum(n) AS count FROM ({weighed}) WHERE {signs.whole(signs.NUMBER)} "  # noqa: S608
        "GROUP BY 1 ORDER BY count DESC, unit"
    ).fetchall()
    named = [unit for unit, _count in units if unit]
    if len(named) > 1:
        rare = f"{signs.unit()} NOT IN ('', '{named[0]}') AND {signs.whole(signs.NUMBER)}"
        sql = f"SELECT row FROM ({rows}) WHERE {rare}"  # noqa: S608
        _contradict(table, "mixed_units", one.name, sql, units=named[:5])


def _spellings(table: Table, one: Measured) -> None:
    """Values of a category that differ only in capitals, blanks, signs or written-out umlauts."""
    plain = (
        f"lower(replace(replace(replace(replace({one.sql}, 'ß', 'ss'), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'))"
    )
    plain = f"regexp_replace({plain}, '[^a-z0-9äöüß]+', '', 'g')"
    spelled = (
        f"SELECT {one.sql} AS written, {plain} AS plain, count(*) AS n FROM raw "  # noqa: S608 -- own names only
        f"WHERE {one.known} GROUP BY ALL HAVING plain <> ''"
    )
    groups = table.source.con.execute(
        f"SELECT list(written ORDER BY n DESC, written) AS ways, sum(n) AS rows FROM ({spelled}) "  # noqa: S608
        "GROUP BY plain HAVING count(*) > 1 ORDER BY rows DESC"
    ).fetchall()
    if not groups:
        return
    place = "row_number() OVER (PARTITION BY plain ORDER BY n DESC, written) AS place"
    ranked = f"SELECT written, {place} FROM ({spelled})"  # noqa: S608 -- own names only
    sql = f"SELECT row FROM raw WHERE {one.sql} IN (SELECT written FROM ({ranked}) WHERE place > 1)"  # noqa: S608
    shown = [ways[:3] for ways, _rows in groups[:VARIANTS_SHOWN]]
    _contradict(table, "spelling", one.name, sql, variants=shown)
