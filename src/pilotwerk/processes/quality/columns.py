"""Measures each column of an opened file: type, missing and different values, personal data, spread."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from pilotwerk.processes.domain.quality.columns import (
    DOMINANT_SHAPE,
    Column,
    Counts,
    Type,
    type_of,
)
from pilotwerk.processes.domain.quality.iban import holds_iban, is_iban
from pilotwerk.processes.domain.quality.personal import Personal, Signs, kind_of
from pilotwerk.processes.domain.values import decimal_comma
from pilotwerk.processes.engine.values import bounded, number_sql, time_reading
from pilotwerk.processes.quality import signs
from pilotwerk.processes.reading import Source

SAMPLE = 2_000
# Values of a category that are kept for comparisons, as prints and from so many rows on: what a column holds that
# was not imported must not be kept by this way round.
KEPT_VALUES, KEPT_FROM = 30, 5
QUANTILES = [part / 10 for part in range(11)]
# A column of e-mail addresses or IBANs: from this share on another value is called invalid.
MOSTLY_VALID = 0.8
# A column whose values repeat so often is read value by value instead of row by row.
FEW = 4


@dataclass
class Measured:
    """A column with what the rules about rows need: its SQL name and its counts.

    `read` names a table `(row, x)` of the rows with a value, x the number or the microseconds, NULL where it is
    none; empty for other columns. `invalid` is SQL that is true for a trimmed value `v` that does not fit.
    """

    column: Column
    sql: str
    counts: Counts
    read: str = ""
    invalid: str = ""
    invalid_rule: str = ""
    shape: str = ""

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def type(self) -> Type:
        return self.column.type

    @property
    def known(self) -> str:
        """Whether a row has a value; of a full column nobody needs to look again."""
        return "true" if self.counts.filled == self.counts.rows else f"NOT {signs.missing(self.sql)}"

    @property
    def repeats(self) -> bool:
        """Whether looking at each different value once is less work than looking at each row."""
        return self.counts.distinct * FEW <= self.counts.filled

    def trimmed(self) -> str:
        """The trimmed text, NULL where it stands for nothing."""
        return f"CASE WHEN {self.known} THEN trim({self.sql}) END"

    def rows(self) -> str:
        """A query for rows and trimmed values, without those that stand for nothing."""
        return f"SELECT row, trim({self.sql}) AS v FROM raw WHERE {self.known}"  # noqa: S608 -- own names only

    def weighed(self) -> str:
        """A query for trimmed values `v` and how many rows `n` have them; a value may come more than once."""
        grouped = f"SELECT v, count(*) AS n FROM ({self.rows()}) GROUP BY v"  # noqa: S608 -- own names only
        return grouped if self.repeats else f"SELECT v, 1 AS n FROM ({self.rows()})"  # noqa: S608

    def misfits(self) -> str:
        """A query for the rows whose value does not fit the column; empty where that cannot be told."""
        if self.read:
            return f"SELECT row FROM {self.read} WHERE x IS NULL"  # noqa: S608 -- own names only
        looked = signs.looked_at(self.rows())
        return f"SELECT row FROM ({looked}) WHERE {self.invalid}" if self.invalid else ""  # noqa: S608


def prepare(source: Source) -> None:
    """Makes our functions known to the connection."""
    source.con.execute("SELECT 1").fetchall()  # a result that was not read to its end would be in the way
    for name, function in (("is_iban", is_iban), ("holds_iban", holds_iban)):
        source.con.create_function(name, function, ["VARCHAR"], "BOOLEAN")


def measure_column(source: Source, name: str) -> Measured:
    """One column, over all rows. Its different values lie in a table only while it is measured."""
    con, sql = source.con, source.column(name)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE different AS SELECT trim({sql}) AS v, count(*) AS n FROM raw "  # noqa: S608
        f"WHERE NOT {signs.missing(sql)} GROUP BY 1"
    )
    sampled = con.execute(f"SELECT v FROM different ORDER BY hash(v) LIMIT {SAMPLE}").fetchall()  # noqa: S608
    comma = decimal_comma(value for (value,) in sampled)
    counts, found = _count(source, comma)
    kind = type_of(name, counts)
    personal = Personal.NONE
    if kind not in (Type.EMPTY, Type.DATE_TIME, Type.DURATION, Type.YES_NO, Type.NUMBER):
        personal = kind_of(name, found)
    column = Column(name, kind, counts.missing, counts.distinct, counts.filled, personal)
    measured = Measured(column, sql, counts)
    _read_values(source, measured, comma=comma)
    _check_values(source, measured, found)
    con.execute("DROP TABLE different")
    return measured


def _count(source: Source, comma: bool) -> tuple[Counts, Signs]:
    """How the different values are written, weighted by their rows, in one pass."""
    flags = signs.flags()
    number = number_sql(signs.tidy_number(), comma=comma)
    flags["whole_numbers"] = f"CASE WHEN {flags['numbers']} THEN {number} = round({number}) ELSE false END"
    names = list(flags)
    looked = ", ".join(f"{condition} AS {name}" for name, condition in flags.items())
    summed = ", ".join(f"coalesce(sum(n) FILTER ({name}), 0)" for name in names)
    row = source.con.execute(
        "SELECT coalesce(sum(n), 0), count(*), coalesce(sum(n * length(v)) / sum(n), 0), "  # noqa: S608
        "coalesce(sum(n * (length(v) - length(replace(v, ' ', '')) + 1)) / sum(n), 0), "
        f"{summed} FROM (SELECT v, n, {looked} FROM ({signs.looked_at('SELECT v, n FROM different')}))"
    ).fetchone()
    assert row is not None
    values: dict[str, Any] = {name: int(count) for name, count in zip(names, row[4:], strict=True)}
    values |= {"rows": source.rows, "filled": int(row[0]), "distinct": row[1]}
    values |= {"characters": float(row[2]), "words": float(row[3])}
    return (
        Counts(**{one.name: values[one.name] for one in fields(Counts)}),
        Signs(**{one.name: values[one.name] for one in fields(Signs)}),
    )


def _read_values(source: Source, measured: Measured, *, comma: bool) -> None:
    """Reads numbers and times once for all rules, and how the values spread."""
    kind = measured.type
    if kind in (Type.NUMBER, Type.WHOLE_NUMBER):
        number = number_sql(signs.tidy_number(), comma=comma)
        value = f"CASE WHEN {signs.whole(signs.NUMBER)} THEN {number} END"
    elif kind is Type.DATE_TIME:
        value = bounded(time_reading(source, measured.name, "v").sql)
    else:
        if kind in (Type.CATEGORY, Type.YES_NO) and measured.column.personal_data is Personal.NONE:
            rows = source.con.execute(
                f"SELECT left(sha256(v), 12), n FROM different WHERE n >= {KEPT_FROM} "  # noqa: S608
                f"ORDER BY n DESC, v LIMIT {KEPT_VALUES}"
            ).fetchall()
            measured.column.spread = {"values": {v: n / measured.counts.filled for v, n in rows}}
        return
    measured.read = f"read_{measured.sql}"
    found = measured.rows()
    if measured.repeats:
        query = f"SELECT row, x FROM ({found}) JOIN (SELECT v, {value} AS x FROM different) USING (v)"  # noqa: S608
    else:
        query = f"SELECT row, {value} AS x FROM ({found})"  # noqa: S608 -- own names only
    source.con.execute(f"CREATE OR REPLACE TEMP TABLE {measured.read} AS {query}")
    _spread_of_numbers(source, measured)


def _spread_of_numbers(source: Source, measured: Measured) -> None:
    if measured.type is Type.DATE_TIME:
        row = source.con.execute(f"SELECT min(x), max(x) FROM {measured.read}").fetchone()  # noqa: S608
        if row and row[0] is not None:
            measured.column.spread = {"first": _iso(row[0]), "last": _iso(row[1])}
        return
    row = source.con.execute(f"SELECT quantile_cont(x, {QUANTILES}) FROM {measured.read}").fetchone()  # noqa: S608
    if row and row[0] is not None:
        measured.column.spread = {"quantiles": row[0]}


def _iso(microseconds: int) -> str:
    moment = dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=microseconds)  # noqa: DTZ001 -- as written
    return moment.isoformat(timespec="seconds")


def _check_values(source: Source, measured: Measured, found: Signs) -> None:
    """Which values do not fit the column's own way of writing, and how many rows hold one."""
    personal = measured.column.personal_data
    if measured.read:
        measured.invalid_rule = "invalid_time" if measured.type is Type.DATE_TIME else "invalid_number"
    elif personal is Personal.EMAIL and found.share(found.email_whole) >= MOSTLY_VALID:
        measured.invalid, measured.invalid_rule = f"NOT {signs.flags()['email_whole']}", "invalid_email"
    elif personal is Personal.IBAN and found.share(found.iban_whole) >= MOSTLY_VALID:
        measured.invalid, measured.invalid_rule = f"NOT {signs.flags()['iban_whole']}", "invalid_iban"
    elif measured.counts.share(measured.counts.codes) >= DOMINANT_SHAPE:
        _check_shape(source, measured)
    if misfits := measured.misfits():
        row = source.con.execute(f"SELECT count(*) FROM ({misfits})").fetchone()  # noqa: S608 -- own names only
        measured.column.invalid = int(row[0]) if row else None


def _check_shape(source: Source, measured: Measured) -> None:
    row = source.con.execute(
        f"SELECT {signs.shape()} AS outline, sum(n) AS rows FROM different GROUP BY 1 "  # noqa: S608
        "ORDER BY rows DESC, outline LIMIT 1"
    ).fetchone()
    if row and row[1] >= DOMINANT_SHAPE * measured.counts.filled:
        outline = row[0].replace("'", "''")
        measured.invalid, measured.invalid_rule = f"{signs.shape()} <> '{outline}'", "invalid_shape"
        measured.shape = row[0]
