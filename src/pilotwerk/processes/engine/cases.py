"""Turns the table of texts into `cases`, `activities` and `events`; rows that cannot be read are named and
left out.

People (who worked on it, who sent it) are never taken over: their columns are not read at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.processes.domain.messages import Rejection, Unreadable, giving_up
from pilotwerk.processes.domain.roles import ColumnMapping, Kind, Meaning
from pilotwerk.processes.engine.values import filled, literal, meaningful, minutes_sql, time_reading
from pilotwerk.processes.reading import Source

OPTIONAL_TEXTS = (Meaning.TEXT, Meaning.CATEGORY, Meaning.ANSWER)
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


def normalise(source: Source, mapping: ColumnMapping) -> Normalised:
    """Builds the tables. Raises `Unreadable` for an incomplete mapping or where no row is left.

    `cases(case_no, case_id, row, opened, closed, text, category, answer, handling)`, times in microseconds
    since 1970, handling in minutes; `activities(activity_no, name)`; `events(case_no, activity_no, t, row)`.
    """
    mapping.check(source.columns)
    log = mapping.kind is Kind.EVENT_LOG
    zoned = _read_times_and_texts(source, mapping)
    rejected = [*source.rejected, *_rejections(source, mapping)]
    rejected.sort(key=lambda rejection: rejection.row)
    if log:
        _event_log(source)
    else:
        _case_table(source)
    counted = source.con.execute("SELECT count(*) FROM read WHERE fault IS NULL").fetchone()
    rows = counted[0] if counted else 0
    if rows == 0:
        if not rejected:
            raise Unreadable("file.no_rows")
        first = rejected[0]
        raise giving_up("mapping.nothing_left", first)
    return Normalised(rows, tuple(rejected), zoned)


def _read_times_and_texts(source: Source, mapping: ColumnMapping) -> bool:
    """Creates `read`, one line a row with the number of its fault or NULL. True where times carry an
    offset.
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
    for meaning in (Meaning.TIME, Meaning.START, Meaning.END):
        if name := mapping.get(meaning):
            reading = time_reading(source, name)
            zoned = zoned or reading.zoned
            written = f"{meaning}_text"
            parts += [f"{meaningful(source.column(name))} AS {written}", f"{reading.sql} AS {meaning}_us"]
            if meaning is not Meaning.END:  # a case that is still open has no end
                faults.append(Fault(f"{written} IS NULL", "row.missing", meaning))
            unreadable = f"{written} IS NOT NULL AND {meaning}_us IS NULL"
            faults.append(Fault(unreadable, "row.time", meaning, written))
    if Meaning.START in mapping.columns and Meaning.END in mapping.columns:
        faults.append(Fault("end_us < start_us", "row.end_before_start", Meaning.END))
    if mapping.kind is Kind.CASE_TABLE and Meaning.START not in mapping.columns:
        faults.append(Fault("text IS NULL", "row.missing", Meaning.TEXT))
    for meaning in OPTIONAL_TEXTS:
        optional = mapping.get(meaning)
        parts.append(f"{meaningful(source.column(optional)) if optional else 'NULL::VARCHAR'} AS {meaning}")
    if handling := mapping.get(Meaning.HANDLING):
        parts.append(f"{meaningful(source.column(handling))} AS handling_text")
        parts.append(f"{minutes_sql(source, handling)} AS handling")
        unreadable = "handling_text IS NOT NULL AND handling IS NULL"
        faults.append(Fault(unreadable, "row.number", Meaning.HANDLING, "handling_text"))
        faults.append(Fault("handling < 0", "row.negative", Meaning.HANDLING, "handling_text"))
    else:
        parts.append("NULL::DOUBLE AS handling")
    _create_read(source, parts, faults, again=mapping.kind is Kind.CASE_TABLE and case is not None)
    return zoned


def _create_read(source: Source, parts: Sequence[str], faults: Sequence[Fault], *, again: bool) -> None:
    def choice(results: Sequence[str]) -> str:
        whens = " ".join(
            f"WHEN {fault.condition} THEN {result}" for fault, result in zip(faults, results, strict=True)
        )
        return f"CASE {whens} END"

    fault = choice([literal(f"{fault.meaning}|{fault.code}") for fault in faults])
    value = choice([f"left({fault.value}, {QUOTED})" for fault in faults])
    source.con.execute(
        f"CREATE TABLE read AS SELECT *, {fault} AS fault, {value} AS fault_value "  # noqa: S608 -- own names
        f"FROM (SELECT {', '.join(parts)} FROM raw)"
    )
    if again:
        source.con.execute(
            "UPDATE read SET fault = 'case|row.case_again', fault_value = left(case_id, 60) "
            "WHERE fault IS NULL AND row NOT IN "
            "(SELECT min(row) FROM read WHERE fault IS NULL GROUP BY case_id)"
        )


def _rejections(source: Source, mapping: ColumnMapping) -> list[Rejection]:
    limit = source.limits.rejected
    rows = source.con.execute(
        f"SELECT row, fault, fault_value FROM read WHERE fault IS NOT NULL ORDER BY row LIMIT {limit + 1:d}"  # noqa: S608
    ).fetchall()
    found = []
    for row, fault, value in rows:
        meaning, code = fault.split("|")
        found.append(
            Rejection(row, mapping.get(Meaning(meaning)), code, {} if value is None else {"value": value})
        )
    if len(found) > limit:
        first = found[0]
        raise giving_up("file.too_many_rejected", first, limit=limit)
    return found


def _event_log(source: Source) -> None:
    def first(meaning: Meaning) -> str:
        return f"arg_min({meaning}, row) FILTER (WHERE {meaning} IS NOT NULL) AS {meaning}"

    texts = ", ".join(first(meaning) for meaning in OPTIONAL_TEXTS)
    source.con.execute(
        "CREATE TABLE cases AS SELECT row_number() OVER (ORDER BY row) - 1 AS case_no, * FROM ("  # noqa: S608
        "SELECT case_id, min(row) AS row, min(time_us) AS opened, max(time_us) AS closed, "
        f"{texts}, sum(handling) AS handling FROM read WHERE fault IS NULL GROUP BY case_id)"
    )
    source.con.execute(
        "CREATE TABLE activities AS SELECT row_number() OVER (ORDER BY min(row)) - 1 AS activity_no, "
        "activity AS name FROM read WHERE fault IS NULL GROUP BY activity"
    )
    # A join does not keep the order of rows; the row number travels along and breaks ties in time.
    source.con.execute(
        "CREATE TABLE events AS SELECT case_no, activity_no, time_us AS t, read.row AS row FROM read "
        "JOIN cases USING (case_id) JOIN activities ON activities.name = read.activity WHERE fault IS NULL"
    )


def _case_table(source: Source) -> None:
    columns = {row[0] for row in source.con.execute("DESCRIBE read").fetchall()}
    opened = "start_us" if "start_us" in columns else "NULL::BIGINT"
    closed = "end_us" if "end_us" in columns else "NULL::BIGINT"
    source.con.execute(
        "CREATE TABLE cases AS SELECT row_number() OVER (ORDER BY row) - 1 AS case_no, case_id, row, "  # noqa: S608
        f"{opened} AS opened, {closed} AS closed, text, category, answer, handling "
        "FROM read WHERE fault IS NULL"
    )
    source.con.execute("CREATE TABLE activities (activity_no BIGINT, name VARCHAR)")
    source.con.execute("CREATE TABLE events (case_no BIGINT, activity_no BIGINT, t BIGINT, row BIGINT)")
