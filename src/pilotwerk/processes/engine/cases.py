"""Turns the table of texts into `cases`, `activities` and `events`; rows that cannot be read are named and
left out.

Who asked is never taken over: that column is not read at all. Who worked on a step becomes a pseudonym
(engine/people.py).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilotwerk.processes.domain.messages import Rejection, Unreadable, giving_up
from pilotwerk.processes.domain.roles import TIMES, ColumnMapping, Kind, Meaning
from pilotwerk.processes.domain.values import is_missing
from pilotwerk.processes.engine.people import name_people
from pilotwerk.processes.engine.schema import CREATE
from pilotwerk.processes.engine.values import bounded, filled, meaningful, minutes_sql, time_reading
from pilotwerk.processes.reading import Source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OPTIONAL_TEXTS = (Meaning.TEXT, Meaning.CATEGORY, Meaning.ANSWER)
PEOPLE = (Meaning.TEAM, Meaning.RESOURCE)
# How much of a value a reason quotes.
QUOTED = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition in SQL on a line of `read` under which a row is not imported, checked in the order given.

    `value`: the text in `raw` that the reason quotes.
    """

    condition: str
    code: str
    meaning: Meaning
    value: str = "NULL"


@dataclass(frozen=True, slots=True)
class Normalised:
    """How many rows were taken, which were not, and whether the times carry an offset from UTC."""

    rows: int
    rejected: tuple[Rejection, ...]
    zoned: bool


def normalise(
    source: Source, mapping: ColumnMapping, key: bytes | None = None, *, forget: bool = False
) -> Normalised:
    """Builds the tables. Raises `Unreadable` for an incomplete mapping or where no row is left.

    `cases(case_no, case_id, row, opened, closed, text, category, answer, handling)`, times in microseconds
    since 1970, handling in minutes; `activities(activity_no, name)`; `events(case_no, activity_no, t, row,
    team_no, resource_no, handling)`, the last three NULL where the file does not say; `teams(team_no,
    pseudonym, name, people)`; `resources(resource_no, pseudonym)`. `key` makes the pseudonyms; without one
    they differ from run to run. With `forget` the texts of the source go as soon as they are read.
    """
    mapping.check(source.columns)
    log = mapping.kind is Kind.EVENT_LOG
    reading = _read(source, mapping)
    rejected = [*source.rejected, *_rejections(source, mapping, reading.faults)]
    rejected.sort(key=lambda rejection: rejection.row)
    if forget:
        source.forget()
    counted = source.con.execute("SELECT count(*) FROM read WHERE fault IS NULL").fetchone()
    rows = counted[0] if counted else 0
    if log:
        _event_log(source.con, mapping, key or os.urandom(32))
    else:
        _case_table(source.con, mapping)
    source.con.execute("DROP TABLE read")
    if rows == 0:
        if not rejected:
            raise Unreadable("file.no_rows")
        first = rejected[0]
        raise giving_up("mapping.nothing_left", first)
    return Normalised(rows, tuple(rejected), reading.zoned)


@dataclass
class _Reading:
    """What the query that creates `read` consists of."""

    parts: list[str] = field(default_factory=lambda: ["raw.row AS row"])
    joins: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    scratch: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    zoned: bool = False


def _read(source: Source, mapping: ColumnMapping) -> _Reading:
    """Creates `read`, one line a row with the number of its fault or NULL."""
    reading = _Reading()
    log = mapping.kind is Kind.EVENT_LOG
    case = mapping.get(Meaning.CASE)
    if log:
        for meaning in (Meaning.CASE, Meaning.ACTIVITY):
            _read_name(reading, source, meaning, source.column(mapping.columns[meaning]))
    elif case:
        reading.parts.append(f"{filled(source.column(case))} AS case_id")
        reading.faults.append(Fault("case_id IS NULL", "row.missing", Meaning.CASE))
    else:
        reading.parts.append("'#' || row AS case_id")
    for meaning in TIMES:
        if name := mapping.get(meaning):
            _read_time(reading, source, meaning, name)
    if Meaning.START in mapping.columns and Meaning.END in mapping.columns:
        reading.faults.append(Fault("end_us < start_us", "row.end_before_start", Meaning.END))
    if not log and Meaning.START not in mapping.columns:
        reading.faults.append(Fault("text IS NULL", "row.missing", Meaning.TEXT))
    for meaning in (*OPTIONAL_TEXTS, *PEOPLE):
        if optional := mapping.get(meaning):
            reading.parts.append(f"{meaningful(source.column(optional))} AS {meaning}")
    if handling := mapping.get(Meaning.HANDLING):
        value = meaningful(source.column(handling))
        reading.parts += [f"{value} AS handling_text", f"{minutes_sql(source, handling)} AS handling"]
        reading.scratch.append("handling_text")
        unreadable = "handling_text IS NOT NULL AND handling IS NULL"
        reading.faults.append(Fault(unreadable, "row.number", Meaning.HANDLING, value))
        reading.faults.append(Fault("handling < 0", "row.negative", Meaning.HANDLING, value))
    _create_read(source.con, reading)
    if case and not log:
        reading.faults.append(Fault("false", "row.case_again", Meaning.CASE, filled(source.column(case))))
        _mark_again(source.con, len(reading.faults) - 1)
    return reading


def _read_name(reading: _Reading, source: Source, meaning: Meaning, column: str) -> None:
    """A log's cases and activities become numbers, named in `<meaning>_codes(written, name, code)`: a few different
    names are trimmed and compared instead of millions of texts.
    """
    codes = f"{meaning}_codes"
    source.con.execute(
        f"CREATE TABLE {codes} AS WITH "  # noqa: S608 -- own names only
        f"texts AS (SELECT written, {filled('written')} AS name FROM (SELECT DISTINCT {column} AS written FROM raw)), "
        "names AS (SELECT name, CAST(row_number() OVER () - 1 AS INTEGER) AS code "
        "FROM (SELECT DISTINCT name FROM texts)) "
        "SELECT written, name, code FROM texts JOIN names USING (name)"
    )
    reading.parts.append(f"{codes}.code AS {meaning}_code")
    reading.joins.append(f"LEFT JOIN {codes} ON {codes}.written = raw.{column}")
    reading.faults.append(Fault(f"{meaning}_code IS NULL", "row.missing", meaning))


def _read_time(reading: _Reading, source: Source, meaning: Meaning, name: str) -> None:
    """A time that is missing or cannot be read is a fault. Words for nothing are told from others after the query."""
    found = time_reading(source, name)
    reading.zoned = reading.zoned or found.zoned
    reading.parts.append(f"{found.sql} AS {meaning}_any")
    reading.times.append(str(meaning))
    reading.scratch.append(f"{meaning}_any")
    condition, column = f"{meaning}_us IS NULL", source.column(name)
    if meaning is Meaning.END:  # a case that is still open has no end
        reading.parts.append(f"{meaningful(column)} AS end_text")
        reading.scratch.append("end_text")
        condition += " AND end_text IS NOT NULL"
    reading.faults.append(Fault(condition, "row.time", meaning, filled(column)))


def _create_read(con: "DuckDBPyConnection", reading: _Reading) -> None:
    """In layers, so that nothing is computed twice: texts and times, plausible times, faults.

    `fault` is the number of the first fault that a row has, or NULL.
    """
    plausible = [f"{bounded(f'{name}_any')} AS {name}_us" for name in reading.times]
    kept = f"* EXCLUDE ({', '.join(reading.scratch)})" if reading.scratch else "*"
    number = " ".join(f"WHEN {fault.condition} THEN {i}" for i, fault in enumerate(reading.faults))
    con.execute(
        f"CREATE TABLE read AS SELECT {kept}, CAST(CASE {number} END AS UTINYINT) AS fault "  # noqa: S608 -- own names
        f"FROM (SELECT {', '.join(['*', *plausible])} "
        f"FROM (SELECT {', '.join(reading.parts)} FROM raw {' '.join(reading.joins)}))"
    )


def _mark_again(con: "DuckDBPyConnection", number: int) -> None:
    """Of rows with the same case number the first is imported."""
    con.execute(
        f"UPDATE read SET fault = {number} WHERE fault IS NULL AND row NOT IN "  # noqa: S608
        "(SELECT min(row) FROM read WHERE fault IS NULL GROUP BY case_id)"
    )


def _rejections(source: Source, mapping: ColumnMapping, faults: Sequence[Fault]) -> list[Rejection]:
    limit = source.limits.rejected
    value = " ".join(f"WHEN {i} THEN left({fault.value}, {QUOTED})" for i, fault in enumerate(faults))
    rows = source.con.execute(
        f"SELECT row, fault, CASE fault {value} END FROM raw JOIN "  # noqa: S608 -- own names only
        f"(SELECT row, fault FROM read WHERE fault IS NOT NULL ORDER BY row LIMIT {limit + 1:d}) USING (row) "
        "ORDER BY row"
    ).fetchall()
    found = [_rejection(row, faults[number], quoted, mapping) for row, number, quoted in rows]
    if len(found) > limit:
        raise giving_up("file.too_many_rejected", found[0], limit=limit)
    return found


def _rejection(row: int, fault: Fault, value: str | None, mapping: ColumnMapping) -> Rejection:
    column = mapping.get(fault.meaning)
    if fault.code == "row.time" and is_missing(value):
        return Rejection(row, column, "row.missing")
    return Rejection(row, column, fault.code, {} if value is None else {"value": value})


def _event_log(con: "DuckDBPyConnection", mapping: ColumnMapping, key: bytes) -> None:
    known = [meaning for meaning in OPTIONAL_TEXTS if meaning in mapping.columns]
    gathered = [f"arg_min({name}, row) FILTER (WHERE {name} IS NOT NULL) AS {name}" for name in known]
    if handled := Meaning.HANDLING in mapping.columns:
        gathered.append("sum(handling) AS handling")
    con.execute(
        "CREATE TABLE case_numbers AS SELECT CAST(row_number() OVER (ORDER BY row) - 1 AS INTEGER) AS case_no, * "  # noqa: S608
        "FROM (SELECT case_code, min(row) AS row, min(time_us) AS opened, max(time_us) AS closed"
        f"{''.join(f', {one}' for one in gathered)} FROM read WHERE fault IS NULL GROUP BY case_code)"
    )
    texts = ", ".join(str(one) if one in known else f"NULL::VARCHAR AS {one}" for one in OPTIONAL_TEXTS)
    handling = "handling" if handled else "NULL::DOUBLE AS handling"
    con.execute(
        f"CREATE TABLE cases AS SELECT case_no, case_id, row, opened, closed, {texts}, {handling} "  # noqa: S608
        "FROM case_numbers JOIN (SELECT DISTINCT code AS case_code, name AS case_id FROM case_codes) USING (case_code)"
    )
    con.execute(
        "CREATE TABLE activity_numbers AS SELECT CAST(row_number() OVER (ORDER BY min(row)) - 1 AS INTEGER) "
        "AS activity_no, activity_code FROM read WHERE fault IS NULL GROUP BY activity_code"
    )
    con.execute(
        "CREATE TABLE activities AS SELECT activity_no, any_value(name) AS name FROM activity_numbers "
        "JOIN activity_codes ON code = activity_code GROUP BY activity_no ORDER BY activity_no"
    )
    with name_people(con, mapping, key) as (people, joins):
        # A join does not keep the order of rows; the row number travels along and breaks ties in time.
        con.execute(
            "CREATE TABLE events AS SELECT case_no, activity_no, time_us AS t, read.row AS row, "  # noqa: S608
            f"{people}, {'read.' if handled else ''}{handling} "
            "FROM read JOIN case_numbers USING (case_code) JOIN activity_numbers USING (activity_code) "
            f"{joins} WHERE fault IS NULL"
        )
    for table in ("case_codes", "case_numbers", "activity_codes", "activity_numbers"):
        con.execute(f"DROP TABLE {table}")


def _case_table(con: "DuckDBPyConnection", mapping: ColumnMapping) -> None:
    def known(column: str, meaning: Meaning, kind: str) -> str:
        return f"{column} AS" if meaning in mapping.columns else f"NULL::{kind} AS"

    con.execute(
        "CREATE TABLE cases AS SELECT CAST(row_number() OVER (ORDER BY row) - 1 AS INTEGER) AS case_no, "  # noqa: S608
        f"case_id, row, {known('start_us', Meaning.START, 'BIGINT')} opened, "
        f"{known('end_us', Meaning.END, 'BIGINT')} closed, "
        + "".join(f"{known(str(meaning), meaning, 'VARCHAR')} {meaning}, " for meaning in OPTIONAL_TEXTS)
        + f"{known('handling', Meaning.HANDLING, 'DOUBLE')} handling FROM read WHERE fault IS NULL"
    )
    for table in ("activities", "events", "teams", "resources"):
        con.execute(CREATE[table])
