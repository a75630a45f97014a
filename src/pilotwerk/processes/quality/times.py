"""Looks at the main time of a table: gaps, stale data, times in the future, steps at the same time."""

import datetime as dt

from pilotwerk.processes.domain.quality import dimensions
from pilotwerk.processes.domain.quality.columns import Type, is_birth, lies_ahead
from pilotwerk.processes.domain.quality.findings import Finding
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.processes.domain.values import NUMERIC_STYLES, TIME_STYLES
from pilotwerk.processes.engine.values import literal
from pilotwerk.processes.quality.columns import Measured
from pilotwerk.processes.quality.rows import Table


def main_time(table: Table) -> Measured | None:
    """The column that dates the rows: the time of the step or the start of the case, not a date of birth."""
    one = table.of(Meaning.TIME) or table.of(Meaning.START)
    return one if one is not None and one.type is Type.DATE_TIME and not is_birth(one.name) else None


def entries_by_day(table: Table) -> dict[dt.date, int]:
    """Rows by day of the main time. At most one entry a day: small for any table."""
    rows = table.source.con.execute(
        "SELECT CAST(make_timestamp(t) AS DATE), count(*) FROM moments WHERE t IS NOT NULL GROUP BY 1"
    ).fetchall()
    return dict(rows)


def find_in_time(table: Table, now: dt.datetime) -> float | None:
    """Notes what stands out and answers the dimension timeliness."""
    _mixed(table)
    _future(table, now)
    one = main_time(table)
    if one is None:
        return None
    if table.mapping.kind is Kind.EVENT_LOG and (case := table.of(Meaning.CASE)):
        ties = (
            "SELECT row, t = lag(t) OVER (PARTITION BY id ORDER BY t, row) AS tie FROM "  # noqa: S608
            f"(SELECT raw.row AS row, t, {case.trimmed()} AS id FROM raw JOIN moments ON moments.row = raw.row) "
            "WHERE t IS NOT NULL AND id IS NOT NULL"
        )
        table.note("equal_time", one.name, f"SELECT row FROM ({ties}) WHERE tie")  # noqa: S608
    entries, today = entries_by_day(table), now.date()
    past = [day for day in entries if day <= today]
    if (age := dimensions.stale_days(entries, today)) is not None:
        table.found.append(Finding("stale", one.name, 0, params={"days": age, "last": max(past).isoformat()}))
    if gap := dimensions.longest_gap({day: entries[day] for day in past}):
        first, last = gap
        days = (last - first).days + 1
        span = {"first": first.isoformat(), "last": last.isoformat(), "days": days}
        table.found.append(Finding("gap", one.name, 0, params=span))
    return dimensions.timeliness(entries, today)


def _future(table: Table, now: dt.datetime) -> None:
    """Times after now, in the columns that tell what has happened already."""
    limit = round(now.timestamp() * 1_000_000)
    for meaning, moment in ((Meaning.TIME, "t"), (Meaning.START, "t"), (Meaning.END, "e")):
        one = table.of(meaning)
        # A column that a table program calls "valid until" may be taken for an end; it may lie ahead.
        if one is None or (table.mapping.get(Meaning.CASE) is None and lies_ahead(one.name)):
            continue
        table.note("future", one.name, f"SELECT row FROM moments WHERE {moment} > {limit:d}")  # noqa: S608


def _mixed(table: Table) -> None:
    """More than one way of writing dates in a column: the rarer ones are told."""
    # A rival reads the same signs in another way; numbers count only where nothing else does.
    styles = [one for one in TIME_STYLES if not one.name.startswith("m/d") and one.name not in NUMERIC_STYLES]
    ways = " ".join(
        f"WHEN regexp_matches(v, {literal(f'^(?:{one.pattern.pattern})')}, 'i') THEN {number}"
        for number, one in enumerate(styles)
    )
    for one in table.columns:
        if one.type is not Type.DATE_TIME:
            continue
        rows = f"SELECT row, CASE {ways} END AS way FROM ({one.rows()})"  # noqa: S608
        counted = table.source.con.execute(
            f"SELECT way, sum(n) AS count FROM (SELECT CASE {ways} END AS way, n FROM ({one.weighed()})) "  # noqa: S608
            "WHERE way IS NOT NULL GROUP BY 1 ORDER BY count DESC, way"
        ).fetchall()
        if len(counted) > 1:
            table.note("mixed_times", one.name, f"SELECT row FROM ({rows}) WHERE way <> {counted[0][0]:d}")  # noqa: S608
