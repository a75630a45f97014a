"""Measures a process: one SQL text over `cases`, `activities` and `events`, after the definitions of the
contract.

Durations are last minus first event of a case; quantiles interpolate linearly; a variant is the sequence of
activities in order of time, ties in the order of rows; rework means that an activity occurs twice in a case.
Integers instead of texts, one window over each case and a hash of (activity, position) instead of lists keep
it fast on millions of events; two independent sums of hashes make a mistaken variant practically impossible.
"""

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.domain.figures import (
    DAY_MICROSECONDS,
    LADDER,
    duration_classes,
    quantile,
    weeks_without_gaps,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOP_VARIANTS = 10
TOP_BOTTLENECKS = 10
MAP_EDGES = 400

STEPS = """
CREATE TEMP TABLE steps AS
SELECT case_no, activity_no, t,
       lag(activity_no) OVER w AS before,
       t - lag(t) OVER w AS wait,
       row_number() OVER w AS position
FROM events WINDOW w AS (PARTITION BY case_no ORDER BY t, row)
"""

# {distinct} is the number of different activities of a case: the bits of a mask, or a count beyond 64.
RUNS = """
CREATE TEMP TABLE runs AS
SELECT case_no, min(t) AS opened, max(t) AS closed, count(*) AS steps, {distinct} < count(*) AS rework,
       bit_xor(hash(activity_no, position)) AS print1, sum(hash(position, activity_no, 7)) AS print2
FROM steps GROUP BY case_no
"""
DISTINCT_BY_MASK = "bit_count(bit_or(1::UBIGINT << activity_no::UBIGINT))"
DISTINCT_BY_COUNT = "count(DISTINCT activity_no)"

VARIANTS = """
CREATE TEMP TABLE variants AS
SELECT steps, print1, print2, count(*) AS cases, min(case_no) AS example,
       quantile_cont((closed - opened)::DOUBLE, 0.5) AS median
FROM runs GROUP BY steps, print1, print2
"""

EDGES = """
SELECT a.name, b.name, n, cases, median, total FROM (
    SELECT before, activity_no, count(*) AS n, count(DISTINCT case_no) AS cases,
           quantile_cont(wait::DOUBLE, 0.5) AS median, sum(wait) AS total
    FROM steps WHERE before IS NOT NULL GROUP BY before, activity_no
) AS edges JOIN activities a ON a.activity_no = before JOIN activities b ON b.activity_no = edges.activity_no
ORDER BY n DESC, a.name, b.name
"""

NODES = """
SELECT name, n, cases, starts, ends FROM (
    SELECT activity_no, count(*) AS n, count(DISTINCT case_no) AS cases, count(*) FILTER (WHERE position = 1)
    AS starts,
           count(*) FILTER (WHERE position = runs.steps) AS ends
    FROM steps JOIN runs USING (case_no) GROUP BY activity_no
) JOIN activities USING (activity_no) ORDER BY n DESC, name
"""

TOP = """
SELECT example, top.cases, median, list(name ORDER BY position)
FROM (FROM variants ORDER BY cases DESC, example LIMIT {limit}) AS top
JOIN steps ON steps.case_no = example JOIN activities USING (activity_no)
GROUP BY example, top.cases, median ORDER BY top.cases DESC, example
"""


def _one(con: "DuckDBPyConnection", sql: str) -> tuple[Any, ...]:
    row = con.execute(sql).fetchone()
    if row is None:
        raise RuntimeError("an aggregate always gives a row")
    return tuple(row)


def _days(microseconds: float | int | None) -> float | None:
    return None if microseconds is None else round(float(microseconds) / DAY_MICROSECONDS, 6)


def moment(microseconds: int | None, *, zoned: bool) -> str | None:
    """ISO 8601; with +00:00 where the file's times carried an offset, without one where they did not."""
    if microseconds is None:
        return None
    start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    found = start + dt.timedelta(microseconds=int(microseconds))
    return (found if zoned else found.replace(tzinfo=None)).isoformat()


def durations(con: "DuckDBPyConnection") -> dict[str, float | int] | None:
    """Median, 90 % quantile and mean in days over the cases with a start and an end; None where there are
    none.
    """
    n, median, p90, mean = _one(
        con,
        "SELECT count(d), quantile_cont(d, 0.5), quantile_cont(d, 0.9), avg(d) "
        "FROM (SELECT (closed - opened)::DOUBLE AS d FROM cases)",
    )
    if not n:
        return None
    return {"median": _days(median) or 0.0, "p90": _days(p90) or 0.0, "mean": _days(mean) or 0.0, "n": n}


def handling(con: "DuckDBPyConnection") -> dict[str, float | int] | None:
    """Handling time a case in minutes; None where the data has none."""
    n, median, p90, mean = _one(
        con,
        "SELECT count(handling), quantile_cont(handling, 0.5), quantile_cont(handling, 0.9), avg(handling) "
        "FROM cases",
    )
    return {"median": median, "p90": p90, "mean": mean, "n": n} if n else None


def texts(con: "DuckDBPyConnection") -> dict[str, int] | None:
    """How many cases have a text, a category with it, an answer with it, and how many categories there
    are.
    """
    n, categorised, answered, categories = _one(
        con,
        "SELECT count(*), count(category), count(answer), count(DISTINCT category) FROM cases "
        "WHERE text IS NOT NULL",
    )
    found = {"cases": n, "with_category": categorised, "with_answer": answered, "categories": categories}
    return found if n else None


def weeks(con: "DuckDBPyConnection") -> list[tuple[dt.date, int]]:
    """Cases begun in each calendar week from the first to the last, weeks without a case included."""
    rows = con.execute(
        "SELECT CAST(date_trunc('week', make_timestamp(opened)) AS DATE) AS week, count(*) FROM cases "
        "WHERE opened IS NOT NULL GROUP BY week ORDER BY week"
    ).fetchall()
    return weeks_without_gaps({row[0]: row[1] for row in rows})


def classes(con: "DuckDBPyConnection") -> list[dict[str, Any]]:
    """Six classes of cycle time that fit the data."""
    edges = [round(edge * DAY_MICROSECONDS) for edge in LADDER]
    steps = [("0", str(edges[0]))] + [(str(a), str(b)) for a, b in pairwise(edges)]
    counts = [f"count(*) FILTER (WHERE d >= {low} AND d < {high})" for low, high in steps]
    counts.append(f"count(*) FILTER (WHERE d >= {edges[-1]})")
    fine = _one(con, f"SELECT {', '.join(counts)} FROM (SELECT closed - opened AS d FROM cases)")  # noqa: S608
    total = sum(fine)
    if not total:
        return []
    return [
        {"lower_days": part.lower, "upper_days": part.upper, "cases": part.cases, "share": part.cases / total}
        for part in duration_classes(fine)
    ]


def _cases_facts(con: "DuckDBPyConnection", *, zoned: bool) -> dict[str, Any]:
    series = weeks(con)
    counts = [float(count) for _, count in series]
    cases, first, last = _one(con, "SELECT count(*), min(opened), max(coalesce(closed, opened)) FROM cases")
    told = durations(con)
    minutes = handling(con)
    missing = {
        "duration_days": None if told else "No case has both a start and an end.",
        "cases_per_week": None if counts else "No case has a start.",
        "handling_minutes": None if minutes else "No column holds the handling time.",
    }
    per_week = {"median": quantile(counts, 0.5), "p90": quantile(counts, 0.9)} if counts else None
    return {
        "cases": cases,
        "duration_days": told,
        "first": moment(first, zoned=zoned),
        "last": moment(last, zoned=zoned),
        "cases_per_week": per_week,
        "weeks": [{"week": week.isoformat(), "cases": count} for week, count in series],
        "duration_classes": classes(con),
        "handling_minutes": minutes,
        "texts": texts(con),
        "cannot_tell": {name: reason for name, reason in missing.items() if reason},
    }


def case_table_facts(con: "DuckDBPyConnection", *, zoned: bool) -> dict[str, Any]:
    """Facts of a table with one row a case. What only steps could tell is None."""
    facts = _cases_facts(con, zoned=zoned)
    steps = dict.fromkeys(("activities", "variants", "top_variant_share", "rework_share"))
    missing = dict.fromkeys((*steps, "directly_follows_edges"), "One row a case says nothing about steps.")
    return (
        facts
        | steps
        | {
            "events": facts["cases"],
            "directly_follows_edges": None,
            "bottlenecks": [],
            "cannot_tell": facts["cannot_tell"] | missing,
        }
    )


def event_log_facts(con: "DuckDBPyConnection", *, zoned: bool) -> dict[str, Any]:
    """Facts of an event log."""
    facts = _cases_facts(con, zoned=zoned)
    events, activities = _one(con, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM activities)")
    con.execute(STEPS)
    con.execute(RUNS.format(distinct=DISTINCT_BY_MASK if activities <= 64 else DISTINCT_BY_COUNT))
    con.execute(VARIANTS)
    variants, largest = _one(con, "SELECT count(*), max(cases) FROM variants")
    rework, ties = _one(
        con,
        "SELECT (SELECT count(*) FROM runs WHERE rework), (SELECT count(*) FROM steps WHERE wait = 0)",
    )
    cases = facts["cases"]
    return facts | {
        "events": events,
        "activities": activities,
        "variants": variants,
        "top_variant_share": largest / cases,
        "rework_share": rework / cases,
        "rework_cases": rework,
        "equal_times": ties,
        "top_variants": _top_variants(con, cases),
        **_map(con),
    }


def _top_variants(con: "DuckDBPyConnection", cases: int) -> list[dict[str, Any]]:
    rows = con.execute(TOP.format(limit=TOP_VARIANTS)).fetchall()
    return [
        {"activities": path, "cases": count, "share": count / cases, "median_days": _days(median)}
        for _, count, median, path in rows
    ]


def _map(con: "DuckDBPyConnection") -> dict[str, Any]:
    edges = con.execute(EDGES).fetchall()
    waiting = sum(edge[5] for edge in edges)
    listed = [
        {
            "from": source,
            "to": target,
            "count": count,
            "cases": cases,
            "median_days": _days(median),
            "share_of_waiting": wait / waiting if waiting else None,
        }
        for source, target, count, cases, median, wait in edges
    ]
    ranked = sorted(listed, key=lambda edge: -(edge["share_of_waiting"] or 0.0))
    bottlenecks = [edge for edge in ranked if edge["share_of_waiting"]][:TOP_BOTTLENECKS]
    nodes = con.execute(NODES).fetchall()
    return {
        "directly_follows_edges": len(edges),
        "bottlenecks": bottlenecks,
        "map": {
            "nodes": [
                {"activity": name, "count": count, "cases": cases, "starts": starts, "ends": ends}
                for name, count, cases, starts, ends in nodes
            ],
            "edges": listed[:MAP_EDGES],
        },
    }
