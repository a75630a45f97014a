"""An import that is kept as Parquet, opened again for the cases behind a figure and for the facts of a part of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pilotwerk.processes.domain.figures import DAY_MICROSECONDS
from pilotwerk.processes.domain.selection import KNOWN, Selection
from pilotwerk.processes.engine.schema import CREATE
from pilotwerk.processes.engine.values import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The steps of each case with the one before.
PRIOR = "lag(activity_no) OVER (PARTITION BY case_no ORDER BY t, row)"
FOLLOWING = f"SELECT case_no, activity_no, {PRIOR} AS prior FROM all_events"  # noqa: S608
WAYS = "SELECT case_no, list(activity_no ORDER BY t, row) AS way FROM all_events GROUP BY case_no"


@contextmanager
def opened(
    folder: Path, selection: Selection, *, zone: ZoneInfo | None = None
) -> Iterator["DuckDBPyConnection"]:
    """A connection with `cases`, `activities` and `events` of the selected cases.

    `zone` is where the clock hangs for times that carry an offset; without one times count as they stand.
    """
    import duckdb

    with duckdb.connect(":memory:", config={"threads": "2"}) as con:
        con.execute(f"SET TimeZone = '{zone.key if zone else 'UTC'}'")
        for table in ("cases", "activities", "events"):
            name = table if table == "activities" else f"all_{table}"
            con.execute(f"CREATE VIEW {name} AS FROM {_parquet(folder / f'{table}.parquet')}")
        _teams(con, folder)
        if (folder / "topics.parquet").is_file():
            con.execute(f"CREATE VIEW all_topics AS FROM {_parquet(folder / 'topics.parquet')}")
        else:
            con.execute("CREATE VIEW all_topics AS SELECT case_no, NULL::BIGINT AS topic FROM all_cases")
        conditions, values = _conditions(selection, zoned=zone is not None)
        con.execute(
            f"CREATE TEMP TABLE cases AS FROM all_cases WHERE {' AND '.join(conditions) or 'true'}",
            values,
        )
        wanted = "WHERE case_no IN (SELECT case_no FROM cases)" if conditions else ""
        con.execute(f"CREATE VIEW events AS FROM all_events {wanted}")
        yield con


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _teams(con: "DuckDBPyConnection", folder: Path) -> None:
    """The teams of the import; none for one that was kept before teams were."""
    path = folder / "teams.parquet"
    if path.is_file():
        con.execute(f"CREATE VIEW teams AS FROM {_parquet(path)}")
    else:
        con.execute(CREATE["teams"])


def _conditions(selection: Selection, *, zoned: bool) -> tuple[list[str], list[Any]]:
    """Conditions in SQL with their values; what a person typed is only ever a value."""
    clock = "make_timestamptz(opened)" if zoned else "make_timestamp(opened)"
    number = "(SELECT activity_no FROM activities WHERE name = ?)"
    found: list[tuple[str, list[Any]]] = []
    if selection.first is not None:
        found.append((f"{clock}::DATE >= ?", [selection.first]))
    if selection.last is not None:
        found.append((f"{clock}::DATE <= ?", [selection.last]))
    if selection.category is not None:
        found.append(("category = ?", [selection.category]))
    if selection.topic is not None:
        found.append(("case_no IN (SELECT case_no FROM all_topics WHERE topic = ?)", [selection.topic]))
    if selection.longer is not None:
        found.append(("closed - opened >= ?", [round(selection.longer * DAY_MICROSECONDS)]))
    if selection.shorter is not None:
        found.append(("closed - opened < ?", [round(selection.shorter * DAY_MICROSECONDS)]))
    if selection.step is not None:
        found.append(
            (f"case_no IN (SELECT case_no FROM all_events WHERE activity_no = {number})", [selection.step])  # noqa: S608
        )
    if selection.again is not None:
        found.append(_repeats(selection.again, number))
    if selection.source is not None and selection.target is not None:
        follows = f"SELECT case_no FROM ({FOLLOWING}) WHERE prior = {number} AND activity_no = {number}"  # noqa: S608
        found.append((f"case_no IN ({follows})", [selection.source, selection.target]))
    if selection.like is not None:
        same = f"SELECT case_no FROM ({WAYS}) WHERE way = (SELECT way FROM ({WAYS}) WHERE case_no = ?)"  # noqa: S608
        found.append((f"case_no IN ({same})", [selection.like]))
    if selection.weekday is not None:
        found.append((f"isodow({clock}) = ?", [selection.weekday + 1]))
    if selection.hour is not None:
        found.append((f"hour({clock}) = ?", [selection.hour]))
    if selection.known is not None:
        found.append((f"{KNOWN[selection.known]} IS NOT NULL", []))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def _repeats(step: str, number: str) -> tuple[str, list[Any]]:
    """Cases in which the step, or any one for "*", occurs more than once."""
    which = "" if step == "*" else f"WHERE activity_no = {number}"
    counted = f"SELECT case_no FROM all_events {which} GROUP BY case_no, activity_no HAVING count(*) > 1"  # noqa: S608
    return f"case_no IN ({counted})", [] if step == "*" else [step]


def case_page(con: "DuckDBPyConnection", *, order: str, offset: int, limit: int) -> list[dict[str, Any]]:
    """Rows of the list of cases. `order` is a key of `ORDERS`."""
    rows = con.execute(
        "SELECT case_no, case_id, opened, closed, handling, category, left(text, 160) AS text FROM cases "  # noqa: S608
        f"ORDER BY {ORDERS[order]} LIMIT {limit:d} OFFSET {offset:d}"
    )
    names = [column[0] for column in rows.description or ()]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


ORDERS = {
    "newest": "opened DESC NULLS LAST, case_no",
    "oldest": "opened NULLS LAST, case_no",
    "longest": "closed - opened DESC NULLS LAST, case_no",
    "shortest": "closed - opened NULLS LAST, case_no",
    "handling": "handling DESC NULLS LAST, case_no",
}


def case_count(con: "DuckDBPyConnection") -> tuple[int, int]:
    """How many cases are selected, and how many there are."""
    row = con.execute("SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM all_cases)").fetchone()
    return (row[0], row[1]) if row else (0, 0)


def one_case(con: "DuckDBPyConnection", case_no: int) -> dict[str, Any] | None:
    """Everything that is kept about one case, with its steps in order."""
    rows = con.execute(
        "SELECT case_no, case_id, opened, closed, handling, category, text, answer FROM all_cases WHERE case_no = ?",
        [case_no],
    )
    names = [column[0] for column in rows.description or ()]
    found = rows.fetchone()
    if found is None:
        return None
    steps = con.execute(
        "SELECT name, t, t - lag(t) OVER (ORDER BY t, row) AS wait FROM all_events "
        "JOIN activities USING (activity_no) WHERE case_no = ? ORDER BY t, row",
        [case_no],
    ).fetchall()
    return {**dict(zip(names, found, strict=True)), "steps": steps}


def categories(con: "DuckDBPyConnection") -> list[str]:
    """The categories of all cases, the most frequent first; at most a hundred, to choose from."""
    rows = con.execute(
        "SELECT category FROM all_cases WHERE category IS NOT NULL GROUP BY category "
        "ORDER BY count(*) DESC, category LIMIT 100"
    ).fetchall()
    return [row[0] for row in rows]
