"""Unites a new export with what is known of the process already, so that no case counts twice (docs/adr/0015).

The rule: cases are the same where their number is. One row a case: the later row replaces the earlier one. One
row an event: the events of both are united; an event that both have (same case, step and time) counts as often
as in the export that has it more often, and the later export says who did it and how long it took; texts of the
case are the later ones where there are any. So the same export twice changes nothing, a longer one adds, and a
case that the new export no longer holds stays.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.domain.roles import Kind
from pilotwerk.processes.engine.store import TABLES, load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# What of a case the file says itself; the rest follows from its events.
_TOLD = {
    Kind.EVENT_LOG: ("text", "category", "answer"),
    Kind.CASE_TABLE: ("opened", "closed", "text", "category", "answer", "handling"),
}


@dataclass(frozen=True, slots=True)
class Union:
    """How the cases of the new export met those known before: `new` + `changed` + `known` are its cases.

    `kept` are the cases that only earlier exports hold.
    """

    new: int
    changed: int
    known: int
    kept: int

    def as_json(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "known": self.known, "kept": self.kept}


def _numbers(con: "DuckDBPyConnection", table: str, number: str, key: str) -> None:
    """Creates `<table>_map(fresh, no)`: the number in the union for each number of the new export.

    What is known keeps its number; the rest follows after it in its own order.
    """
    con.execute(
        f"CREATE TABLE {table}_map AS SELECT fresh.{number} AS fresh, old.{number} IS NOT NULL AS met, "  # noqa: S608
        f"CAST(coalesce(old.{number}, (SELECT coalesce(max({number}), -1) FROM old_{table}) "
        f"+ row_number() OVER (PARTITION BY old.{number} IS NULL ORDER BY fresh.{number})) AS INTEGER) AS no "
        f"FROM {table} AS fresh LEFT JOIN old_{table} AS old ON old.{key} = fresh.{key}"
    )


def _names(con: "DuckDBPyConnection", table: str, number: str, columns: dict[str, str]) -> None:
    """Unites a table of names: every known row, with what the new export says, and the new rows."""
    told = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    con.execute(
        f"CREATE TABLE united_{table} AS SELECT coalesce(old.{number}, map.no) AS {number}, {told} "  # noqa: S608
        f"FROM old_{table} AS old FULL JOIN (SELECT no, f.* FROM {table} AS f "
        f"JOIN {table}_map ON fresh = f.{number}) AS map ON map.no = old.{number}"
    )


def _events(con: "DuckDBPyConnection") -> None:
    """Creates `united_events`. A shared event is one with the same case, step, time and count of its kind."""
    copy = "row_number() OVER (PARTITION BY case_no, activity_no, t ORDER BY row) AS copy"
    con.execute(
        "CREATE TABLE fresh_events AS SELECT *, "  # noqa: S608 -- own names only
        f"{copy} FROM (SELECT c.no AS case_no, c.met, a.no AS activity_no, e.t, "
        "e.row + (SELECT coalesce(max(row), 0) FROM old_events) AS row, t.no AS team_no, r.no AS resource_no, "
        "e.handling FROM events AS e JOIN cases_map AS c ON c.fresh = e.case_no "
        "JOIN activities_map AS a ON a.fresh = e.activity_no "
        "LEFT JOIN teams_map AS t ON t.fresh = e.team_no "
        "LEFT JOIN resources_map AS r ON r.fresh = e.resource_no)"
    )
    con.execute(
        "CREATE TABLE united_events AS SELECT coalesce(o.case_no, n.case_no) AS case_no, "  # noqa: S608
        "coalesce(o.activity_no, n.activity_no) AS activity_no, coalesce(o.t, n.t) AS t, "
        "coalesce(o.row, n.row) AS row, coalesce(n.team_no, o.team_no) AS team_no, "
        "coalesce(n.resource_no, o.resource_no) AS resource_no, coalesce(n.handling, o.handling) AS handling "
        f"FROM (SELECT *, {copy} FROM old_events) AS o FULL JOIN fresh_events AS n "
        "ON o.case_no = n.case_no AND o.activity_no = n.activity_no AND o.t = n.t AND o.copy = n.copy"
    )


def _cases(con: "DuckDBPyConnection", kind: Kind) -> None:
    """Creates `united_cases`. What follows from the events of a case is computed from all of them."""
    later = (
        "coalesce(n.{0}, o.{0})"
        if kind is Kind.EVENT_LOG
        else "CASE WHEN n.no IS NULL THEN o.{0} ELSE n.{0} END"
    )
    told = ", ".join(f"{later.format(name)} AS {name}" for name in _TOLD[kind])
    con.execute(
        "CREATE TABLE told AS SELECT coalesce(o.case_no, n.no) AS case_no, "  # noqa: S608 -- own names only
        "coalesce(o.case_id, n.case_id) AS case_id, "
        "coalesce(o.row, n.row + (SELECT coalesce(max(row), 0) FROM old_cases)) AS row, "
        f"{told} FROM old_cases AS o FULL JOIN (SELECT no, c.* FROM cases AS c JOIN cases_map ON fresh = c.case_no) "
        "AS n ON n.no = o.case_no"
    )
    if kind is Kind.CASE_TABLE:
        con.execute("ALTER TABLE told RENAME TO united_cases")
        return
    con.execute(
        "CREATE TABLE united_cases AS SELECT case_no, case_id, told.row AS row, opened, closed, text, category, "
        "answer, handling FROM told JOIN (SELECT case_no, min(t) AS opened, max(t) AS closed, "
        "sum(handling) AS handling, count(*) AS steps FROM united_events GROUP BY case_no) USING (case_no)"
    )
    con.execute("DROP TABLE told")


def _count(con: "DuckDBPyConnection", kind: Kind) -> Union:
    """A known case changed where anything of it is not as it was."""
    told = [name for name in _TOLD[Kind.CASE_TABLE] if name != "handling"]
    differs = " OR ".join(f"u.{name} IS DISTINCT FROM o.{name}" for name in told)
    # A sum of minutes depends in its last digit on the order in which it is added up.
    differs += " OR round(u.handling, 6) IS DISTINCT FROM round(o.handling, 6)"
    if kind is Kind.EVENT_LOG:
        differs += " OR s.steps IS DISTINCT FROM q.steps OR s.done IS DISTINCT FROM q.done"
    steps = (
        "SELECT case_no, count(*) AS steps, bit_xor(hash(activity_no, t, row, team_no, resource_no)) AS done "
        "FROM {0} GROUP BY case_no"
    )
    row: Any = con.execute(
        "SELECT count(*) FILTER (WHERE NOT met), "  # noqa: S608 -- own names only
        f"count(*) FILTER (WHERE met AND ({differs})), count(*) FROM cases_map "
        "JOIN united_cases AS u ON u.case_no = cases_map.no LEFT JOIN old_cases AS o ON o.case_no = u.case_no "
        f"LEFT JOIN ({steps.format('united_events')}) AS s ON s.case_no = u.case_no "
        f"LEFT JOIN ({steps.format('old_events')}) AS q ON q.case_no = u.case_no"
    ).fetchone()
    new, changed, own = row
    total: Any = con.execute("SELECT count(*) FROM united_cases").fetchone()
    return Union(new, changed, own - new - changed, total[0] - own)


def unite(con: "DuckDBPyConnection", folder: Path, kind: Kind) -> Union:
    """Replaces the tables of the new export in `con` by their union with those kept in `folder`.

    Both must be of the same kind and have numbers of cases of their own.
    """
    load(con, folder, prefix="old_")
    _numbers(con, "cases", "case_no", "case_id")
    _numbers(con, "activities", "activity_no", "name")
    _numbers(con, "teams", "team_no", "pseudonym")
    _numbers(con, "resources", "resource_no", "pseudonym")
    _names(con, "activities", "activity_no", {"name": "coalesce(old.name, map.name)"})
    _names(
        con,
        "teams",
        "team_no",
        {
            "pseudonym": "coalesce(old.pseudonym, map.pseudonym)",
            "name": "coalesce(map.name, old.name)",
            "people": "CAST(0 AS INTEGER)",
        },
    )
    _names(con, "resources", "resource_no", {"pseudonym": "coalesce(old.pseudonym, map.pseudonym)"})
    _events(con)
    _cases(con, kind)
    union = _count(con, kind)
    con.execute("DROP TABLE fresh_events")
    for table in TABLES:
        con.execute(f"DROP TABLE old_{table}")
        con.execute(f"DROP TABLE {table}")
        if table != "events":
            con.execute(f"DROP TABLE {table}_map")
        con.execute(f"ALTER TABLE united_{table} RENAME TO {table}")
    return union
