"""Turns the table of texts into `cases`, `activities` and `events`; rows that cannot be read are named and
left out.

Who asked is never taken over: that column is not read at all. Who worked on a step becomes a pseudonym
(engine/people.py).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.processes.domain.messages import Rejection, Unreadable, giving_up
from pilotwerk.processes.domain.roles import TIMES, ColumnMapping, Kind, Meaning
from pilotwerk.processes.domain.values import is_missing
from pilotwerk.processes.engine.people import name_people
from pilotwerk.processes.engine.schema import CREATE
from pilotwerk.processes.engine.values import bounded, filled, meaningful, minutes_sql, time_reading
from pilotwerk.processes.reading import Source

OPTIONAL_TEXTS = (Meaning.TEXT, Meaning.CATEGORY, Meaning.ANSWER)
PEOPLE = (Meaning.TEAM, Meaning.RESOURCE)
# How much of a value a reason quotes.
QUOTED = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition in SQL under which a row is not imported, checked in the order given."""

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


def normalise(source: Source, mapping: ColumnMapping, key: bytes | None = None) -> Normalised:
    """Builds the tables. Raises `Unreadable` for an incomplete mapping or where no row is left.

    `cases(case_no, case_id, row, opened, closed, text, category, answer, handling)`, times in microseconds
    since 1970, handling in minutes; `activities(activity_no, name)`; `events(case_no, activity_no, t, row,
    team_no, resource_no, handling)`, the last three NULL where the file does not say; `teams(team_no,
    pseudonym, name, people)`; `resources(resource_no, pseudonym)`. `key` makes the pseudonyms; without one
    they differ from run to run.
    """
    mapping.check(source.columns)
    log = mapping.kind is Kind.EVENT_LOG
    faults, zoned = _read_times_and_texts(source, mapping)
    rejected = [*source.rejected, *_rejections(source, mapping, faults)]
    rejected.sort(key=lambda rejection: rejection.row)
    counted = source.con.execute("SELECT count(*) FROM read WHERE fault IS NULL").fetchone()
    rows = counted[0] if counted else 0
    if log:
        _event_log(source, key or os.urandom(32))
    else:
        _case_table(source)
    source.con.execute("DROP TABLE read")
    if rows == 0:
        if not rejected:
            raise Unreadable("file.no_rows")
        first = rejected[0]
        raise giving_up("mapping.nothing_left", first)
    return Normalised(rows, tuple(rejected), zoned)


def _read_times_and_texts(source: Source, mapping: ColumnMapping) -> tuple[list[Fault], bool]:
    """Creates `read`, one line a row with the number of its fault or NULL.

    Answers the faults, and whether times carry an offset.
    """
    parts = ["row"]
    faults: list[Fault] = []
    zoned = False
    case = mapping.get(Meaning.CASE)
    parts.append(f"{filled(source.column(case))} AS case_id" if case else "'#' || row AS case_id")
    faults.append(Fault("case_id IS NULL", "row.missing", Meaning.CASE))
    if activity := mapping.get(Meaning.ACTIVITY):
        parts.append(f"{filled(source.column(activity))} AS activity")
        faults.append(Fault("activity IS NULL", "row.missing", Meaning.ACTIVITY))
    times: list[str] = []
    for meaning in TIMES:
        if name := mapping.get(meaning):
            written = f"{meaning}_text"
            reading = time_reading(source, name, written)
            zoned = zoned or reading.zoned
            parts.append(f"{filled(source.column(name))} AS {written}")
            times.append(f"{reading.sql} AS {meaning}_any")
            faults += _time_faults(meaning, written)
    if Meaning.START in mapping.columns and Meaning.END in mapping.columns:
        faults.append(Fault("end_us < start_us", "row.end_before_start", Meaning.END))
    if mapping.kind is Kind.CASE_TABLE and Meaning.START not in mapping.columns:
        faults.append(Fault("text IS NULL", "row.missing", Meaning.TEXT))
    for meaning in OPTIONAL_TEXTS:
        optional = mapping.get(meaning)
        parts.append(f"{meaningful(source.column(optional)) if optional else 'NULL::VARCHAR'} AS {meaning}")
    if mapping.kind is Kind.EVENT_LOG:
        for meaning in PEOPLE:
            column = mapping.get(meaning)
            parts.append(f"{meaningful(source.column(column)) if column else 'NULL::VARCHAR'} AS {meaning}")
    if handling := mapping.get(Meaning.HANDLING):
        parts.append(f"{meaningful(source.column(handling))} AS handling_text")
        parts.append(f"{minutes_sql(source, handling)} AS handling")
        unreadable = "handling_text IS NOT NULL AND handling IS NULL"
        faults.append(Fault(unreadable, "row.number", Meaning.HANDLING, "handling_text"))
        faults.append(Fault("handling < 0", "row.negative", Meaning.HANDLING, "handling_text"))
    else:
        parts.append("NULL::DOUBLE AS handling")
    again = mapping.kind is Kind.CASE_TABLE and case is not None
    if again:
        faults.append(Fault("false", "row.case_again", Meaning.CASE))
    _create_read(source, parts, times, faults, again=again)
    return faults, zoned


def _time_faults(meaning: Meaning, written: str) -> list[Fault]:
    """A time that is missing or cannot be read. Words for nothing are told from others after the query."""
    if meaning is Meaning.END:  # a case that is still open has no end
        return [Fault(f"end_us IS NULL AND {meaningful(written)} IS NOT NULL", "row.time", meaning, written)]
    return [Fault(f"{meaning}_us IS NULL", "row.time", meaning, written)]


def _create_read(
    source: Source, parts: Sequence[str], times: Sequence[str], faults: Sequence[Fault], *, again: bool
) -> None:
    """In layers, so that nothing is computed twice: trimmed texts, times, plausible times, faults, values.

    `fault` is the number of the first fault in `faults`, or NULL.
    """
    names = [time.rsplit(" AS ", 1)[1].removesuffix("_any") for time in times]
    plausible = [f"{bounded(f'{name}_any')} AS {name}_us" for name in names]
    scratch = [f"{name}_{kind}" for name in names for kind in ("text", "any")]
    if any(fault.meaning is Meaning.HANDLING for fault in faults):
        scratch.append("handling_text")
    kept = f"* EXCLUDE ({', '.join(scratch)})" if scratch else "*"
    number = " ".join(f"WHEN {fault.condition} THEN {i}" for i, fault in enumerate(faults))
    value = " ".join(f"WHEN {i} THEN left({fault.value}, {QUOTED})" for i, fault in enumerate(faults))
    source.con.execute(
        f"CREATE TABLE read AS SELECT {kept}, CASE fault {value} END AS fault_value "  # noqa: S608 -- own names
        f"FROM (SELECT *, CASE {number} END AS fault "
        f"FROM (SELECT {', '.join(['*', *plausible])} FROM (SELECT {', '.join(['*', *times])} "
        f"FROM (SELECT {', '.join(parts)} FROM raw))))"
    )
    if again:
        source.con.execute(
            f"UPDATE read SET fault = {len(faults) - 1}, fault_value = left(case_id, {QUOTED}) "  # noqa: S608
            "WHERE fault IS NULL AND row NOT IN "
            "(SELECT min(row) FROM read WHERE fault IS NULL GROUP BY case_id)"
        )


def _rejections(source: Source, mapping: ColumnMapping, faults: Sequence[Fault]) -> list[Rejection]:
    limit = source.limits.rejected
    rows = source.con.execute(
        f"SELECT row, fault, fault_value FROM read WHERE fault IS NOT NULL ORDER BY row LIMIT {limit + 1:d}"  # noqa: S608
    ).fetchall()
    found = [_rejection(row, faults[number], value, mapping) for row, number, value in rows]
    if len(found) > limit:
        raise giving_up("file.too_many_rejected", found[0], limit=limit)
    return found


def _rejection(row: int, fault: Fault, value: str | None, mapping: ColumnMapping) -> Rejection:
    column = mapping.get(fault.meaning)
    if fault.code == "row.time" and is_missing(value):
        return Rejection(row, column, "row.missing")
    return Rejection(row, column, fault.code, {} if value is None else {"value": value})


def _event_log(source: Source, key: bytes) -> None:
    def first(meaning: Meaning) -> str:
        return f"arg_min({meaning}, row) FILTER (WHERE {meaning} IS NOT NULL) AS {meaning}"

    con = source.con
    texts = ", ".join(first(meaning) for meaning in OPTIONAL_TEXTS)
    con.execute(
        "CREATE TABLE cases AS SELECT CAST(row_number() OVER (ORDER BY row) - 1 AS INTEGER) AS case_no, * "  # noqa: S608
        "FROM (SELECT case_id, min(row) AS row, min(time_us) AS opened, max(time_us) AS closed, "
        f"{texts}, sum(handling) AS handling FROM read WHERE fault IS NULL GROUP BY case_id)"
    )
    con.execute(
        "CREATE TABLE activities AS SELECT CAST(row_number() OVER (ORDER BY min(row)) - 1 AS INTEGER) "
        "AS activity_no, activity AS name FROM read WHERE fault IS NULL GROUP BY activity"
    )
    with name_people(con, key) as (people, joins):
        # A join does not keep the order of rows; the row number travels along and breaks ties in time.
        con.execute(
            "CREATE TABLE events AS SELECT case_no, activity_no, time_us AS t, read.row AS row, "  # noqa: S608
            f"{people}, read.handling AS handling FROM read JOIN cases USING (case_id) "
            f"JOIN activities ON activities.name = read.activity {joins} WHERE fault IS NULL"
        )


def _case_table(source: Source) -> None:
    columns = {row[0] for row in source.con.execute("DESCRIBE read").fetchall()}
    opened = "start_us" if "start_us" in columns else "NULL::BIGINT"
    closed = "end_us" if "end_us" in columns else "NULL::BIGINT"
    source.con.execute(
        "CREATE TABLE cases AS SELECT CAST(row_number() OVER (ORDER BY row) - 1 AS INTEGER) AS case_no, "  # noqa: S608
        f"case_id, row, {opened} AS opened, {closed} AS closed, text, category, answer, handling "
        "FROM read WHERE fault IS NULL"
    )
    for table in ("activities", "events", "teams", "resources"):
        source.con.execute(CREATE[table])
