"""Looks for what a person should know about the data before trusting the figures."""

import datetime as dt
from collections.abc import Sequence

from pilotwerk.processes.domain.findings import SHOWN_ROWS, Finding, of_rejections
from pilotwerk.processes.domain.messages import Rejection
from pilotwerk.processes.domain.roles import PERSONAL, ColumnMapping, Kind, Meaning
from pilotwerk.processes.engine.values import literal
from pilotwerk.processes.reading import Source

# An address with an @, or seven and more digits in a row with the usual signs between them.
CONTACT = r"[\w.+-]+@[\w-]+\.\w{2,}|(?:\+|\b0)[\d][\d /()-]{6,}\d"


def findings(
    source: Source, mapping: ColumnMapping, rejected: Sequence[Rejection], now: dt.datetime
) -> list[Finding]:
    """Everything that was noticed, rejected rows first. `now` is aware."""
    found = of_rejections(rejected)
    found += _rows(source, "duplicate", None, _duplicates(source, mapping.kind))
    if category := mapping.get(Meaning.CATEGORY):
        found += _rows(source, "category_missing", category, "SELECT row FROM cases WHERE category IS NULL")
    if text := mapping.get(Meaning.TEXT):
        found += _rows(source, "text_missing", text, "SELECT row FROM cases WHERE text IS NULL")
        contact = f"SELECT row FROM cases WHERE regexp_matches(text, {literal(CONTACT)})"  # noqa: S608
        found += _rows(source, "contact", text, contact)
    if end := mapping.get(Meaning.END):
        found += _rows(source, "no_end", end, "SELECT row FROM cases WHERE closed IS NULL")
    if mapping.kind is Kind.EVENT_LOG:
        ties = "SELECT row FROM (SELECT row, t = lag(t) OVER (PARTITION BY case_no ORDER BY t, row) AS tie FROM events)"
        found += _rows(source, "equal_time", mapping.get(Meaning.TIME), ties + " WHERE tie")
    limit = round(now.timestamp() * 1_000_000)
    latest = f"SELECT row FROM cases WHERE greatest(opened, closed) > {limit:d}"  # noqa: S608
    found += _rows(source, "future", mapping.get(Meaning.TIME) or mapping.get(Meaning.START), latest)
    found += [Finding("people", mapping.columns[one], 0) for one in sorted(PERSONAL & mapping.columns.keys())]
    return found


def _duplicates(source: Source, kind: Kind) -> str:
    """Rows that were taken although they equal an earlier one; a rejected row is named by its own reason."""
    taken = "events" if kind is Kind.EVENT_LOG else "cases"
    columns = ", ".join(f"c{i}" for i in range(len(source.columns)))
    return (
        "SELECT row FROM (SELECT row, row_number() OVER (PARTITION BY print ORDER BY row) AS copy "  # noqa: S608
        f"FROM (SELECT row, hash({columns}) AS print FROM raw)) "
        f"WHERE copy > 1 AND row IN (SELECT row FROM {taken})"
    )


def _rows(source: Source, rule: str, column: str | None, sql: str) -> list[Finding]:
    """A finding for the rows that a query of our own names, or none where it names none."""
    counted = source.con.execute(f"SELECT count(*) FROM ({sql})").fetchone()  # noqa: S608
    if not counted or not counted[0]:
        return []
    first = source.con.execute(f"SELECT row FROM ({sql}) ORDER BY row LIMIT {SHOWN_ROWS}").fetchall()  # noqa: S608
    return [Finding(rule, column, counted[0], tuple(row[0] for row in first))]
