"""Measures a process: one SQL text over `cases`, `activities` and `events`, after the definitions of the
contract, for every engine alike.

Durations are last minus first event of a case; quantiles interpolate linearly; a variant is the sequence of
activities in order of time, ties in the order of rows; rework means that an activity occurs twice in a case.
Integers instead of texts, one window over each case and a hash of (activity, place) instead of lists keep
it fast on millions of events; two independent hashes of 64 bits make a mistaken variant practically impossible.
"""

import datetime as dt
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from pilotwerk.processes.domain.figures import (
    DAY_MICROSECONDS,
    LADDER,
    duration_classes,
    quantile,
    weeks_without_gaps,
)
from pilotwerk.processes.domain.rhythm import Rhythm, rhythm, trend
from pilotwerk.processes.domain.roles import Kind
from pilotwerk.processes.engine.backends import Engine

TOP_VARIANTS = 10
TOP_CATEGORIES = 10
TOP_BOTTLENECKS = 10
TOP_LOOPS = 10
MAP_EDGES = 400

STEPS = """
SELECT case_no, activity_no,
       lag(activity_no) OVER w AS prior,
       t - lag(t) OVER w AS wait,
       row_number() OVER w AS place
FROM events WINDOW w AS (PARTITION BY case_no ORDER BY t, row)
"""

RUNS = """
SELECT case_no, count(*) AS steps, bit_xor({print1}) AS print1, bit_xor({print2}) AS print2
FROM steps GROUP BY case_no
"""

VARIANTS = """
SELECT steps, print1, print2, count(*) AS cases, min(case_no) AS example
FROM runs GROUP BY steps, print1, print2
"""

# The steps of one case of each variant stand for those of all its cases: what does not depend on time is counted
# here, weighted by the cases, since most cases go a way that others went.
WAYS = """
SELECT variants.example, variants.cases, variants.steps, steps.activity_no, steps.prior, steps.place
FROM steps JOIN variants ON variants.example = steps.case_no
"""

VISITS = """
SELECT example, cases, activity_no, count(*) AS n, count(*) - count(prior) AS starts,
       count(*) FILTER (WHERE place = steps) AS ends, count(*) FILTER (WHERE prior = activity_no) AS again
FROM ways GROUP BY example, cases, activity_no
"""

ACTIVITIES = """
SELECT name, n, cases, starts, ends, repeated, extra, direct FROM (
    SELECT activity_no, sum(cases * n) AS n, sum(cases) AS cases, sum(cases * starts) AS starts,
           sum(cases * ends) AS ends, sum(CASE WHEN n > 1 THEN cases ELSE 0 END) AS repeated,
           sum(cases * (n - 1)) AS extra, sum(cases * again) AS direct
    FROM visits GROUP BY activity_no
) counted JOIN activities ON activities.activity_no = counted.activity_no
"""

REWORK = "SELECT sum(cases) FROM (SELECT DISTINCT example, cases FROM visits WHERE n > 1) again"

EDGES = """
SELECT a.name AS source, b.name AS target, n, cases, median, total FROM (
    SELECT prior, activity_no, count(*) AS n, sum(wait) AS total,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(wait AS {double})) AS median
    FROM steps WHERE prior IS NOT NULL GROUP BY prior, activity_no
) edges JOIN (
    SELECT prior, activity_no, sum(cases) AS cases
    FROM (SELECT DISTINCT example, cases, prior, activity_no FROM ways WHERE prior IS NOT NULL) per_variant
    GROUP BY prior, activity_no
) seen ON seen.prior = edges.prior AND seen.activity_no = edges.activity_no
JOIN activities a ON a.activity_no = edges.prior JOIN activities b ON b.activity_no = edges.activity_no
ORDER BY n DESC, source, target
"""

TOP = """
SELECT top.cases, top.example, median, activities.name, steps.place FROM (
    SELECT ranked.cases, ranked.example,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(cases.closed - cases.opened AS {double})) AS median
    FROM (SELECT * FROM variants ORDER BY cases DESC, example LIMIT {limit}) ranked
    JOIN runs ON runs.steps = ranked.steps AND runs.print1 = ranked.print1 AND runs.print2 = ranked.print2
    JOIN cases ON cases.case_no = runs.case_no GROUP BY ranked.cases, ranked.example
) top JOIN steps ON steps.case_no = top.example JOIN activities ON activities.activity_no = steps.activity_no
ORDER BY top.cases DESC, top.example, steps.place
"""

SPREAD = """
SELECT count(v) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY v) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY v) AS p90, avg(v) AS mean
FROM (SELECT CAST({value} AS {double}) AS v FROM cases) spread
"""

CATEGORIES = """
SELECT category, count(*) AS n, avg(handling) AS handling,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(closed - opened AS {double})) AS median
FROM cases WHERE category IS NOT NULL GROUP BY category ORDER BY n DESC, category LIMIT {limit}
"""

# Steps whose team is not known count for nothing: a handover needs two known teams, one after the other.
HANDOVERS = """
SELECT case_no, team_no, lag(team_no) OVER (PARTITION BY case_no ORDER BY t, row) AS prior_team
FROM events WHERE team_no IS NOT NULL
"""

# Teams of fewer than five people have no name, and are not told apart here.
HANDED = """
SELECT a.name AS source, b.name AS target, count(*) AS n, count(DISTINCT case_no) AS cases
FROM handovers JOIN teams a ON a.team_no = prior_team JOIN teams b ON b.team_no = handovers.team_no
WHERE prior_team <> handovers.team_no AND a.name IS NOT NULL AND b.name IS NOT NULL
GROUP BY a.name, b.name ORDER BY n DESC, source, target LIMIT {limit}
"""

# Handling beyond the cycle time contradicts itself; such cases say nothing about waiting.
SPLIT = """
SELECT count(*) AS n, sum(handling) AS handling, sum((closed - opened) / 60000000.0) AS cycle
FROM cases WHERE handling IS NOT NULL AND closed > opened AND handling * 60000000.0 <= closed - opened
"""


def _days(microseconds: float | int | None) -> float | None:
    return None if microseconds is None else round(float(microseconds) / DAY_MICROSECONDS, 6)


def moment(microseconds: int | None, *, zoned: bool) -> str | None:
    """ISO 8601; with +00:00 where the file's times carried an offset, without one where they did not."""
    if microseconds is None:
        return None
    start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    found = start + dt.timedelta(microseconds=int(microseconds))
    return (found if zoned else found.replace(tzinfo=None)).isoformat()


def _spread(engine: Engine, value: str) -> tuple[int, float, float, float] | None:
    """How many values there are, their median, 90 % quantile and mean; None where there are none."""
    sql = SPREAD.format(value=value, double=engine.dialect.double)
    [(n, median, p90, mean)] = engine.rows(sql)
    return (n, float(median), float(p90), float(mean)) if n else None


def durations(engine: Engine) -> dict[str, float | int] | None:
    """Median, 90 % quantile and mean in days over the cases with a start and an end."""
    found = _spread(engine, "closed - opened")
    if found is None:
        return None
    n, median, p90, mean = found
    return {"median": _days(median) or 0.0, "p90": _days(p90) or 0.0, "mean": _days(mean) or 0.0, "n": n}


def handling(engine: Engine) -> dict[str, float | int] | None:
    """Handling time a case in minutes; None where the data has none."""
    found = _spread(engine, "handling")
    return dict(zip(("n", "median", "p90", "mean"), found, strict=True)) if found else None


def texts(engine: Engine) -> dict[str, int] | None:
    """How many cases have a text, a category with it, an answer with it, and how many categories there are."""
    [row] = engine.rows(
        "SELECT count(*), count(category), count(answer), count(DISTINCT category) FROM cases WHERE text IS NOT NULL"
    )
    return (
        dict(zip(("cases", "with_category", "with_answer", "categories"), row, strict=True))
        if row[0]
        else None
    )


def _rhythm(engine: Engine, zone: ZoneInfo | None) -> Rhythm:
    """When cases begin: by week, and by hour of the week. `zone` is where the clock hangs, for zoned times."""
    rows = engine.rows(
        "SELECT floor(opened / 3600000000.0) AS hour, count(*) AS n FROM cases WHERE opened IS NOT NULL GROUP BY 1"
    )
    return rhythm({int(hour): n for hour, n in rows}, zone)


def classes(engine: Engine) -> list[dict[str, Any]]:
    """Six classes of cycle time that fit the data."""
    edges = [round(edge * DAY_MICROSECONDS) for edge in LADDER]
    steps = [(0, edges[0]), *pairwise(edges)]
    counts = [f"count(*) FILTER (WHERE d >= {low:d} AND d < {high:d})" for low, high in steps]
    counts.append(f"count(*) FILTER (WHERE d >= {edges[-1]:d})")
    [fine] = engine.rows(f"SELECT {', '.join(counts)} FROM (SELECT closed - opened AS d FROM cases) spans")  # noqa: S608
    total = sum(fine)
    return [
        {"lower_days": part.lower, "upper_days": part.upper, "cases": part.cases, "share": part.cases / total}
        for part in (duration_classes(fine) if total else ())
    ]


def categories(engine: Engine) -> list[dict[str, Any]]:
    """The most frequent categories: cases, mean handling time in minutes, median cycle time in days."""
    rows = engine.rows(CATEGORIES.format(double=engine.dialect.double, limit=TOP_CATEGORIES))
    return [
        {"category": name, "cases": n, "handling_minutes": minutes, "median_days": _days(median)}
        for name, n, minutes, median in rows
    ]


def time_split(engine: Engine) -> dict[str, Any] | None:
    """Of the time that a case takes: what is work and what is waiting, over cases in which both are known."""
    [(n, minutes, cycle)] = engine.rows(SPLIT)
    if not n or not cycle:
        return None
    share = float(minutes) / float(cycle)
    return {"cases": n, "handling_share": share, "waiting_share": 1 - share}


def _cases_facts(engine: Engine, *, zoned: bool, zone: ZoneInfo | None) -> dict[str, Any]:
    found = _rhythm(engine, zone if zoned else None)
    series = weeks_without_gaps(found.weeks)
    counts = [float(count) for _, count in series]
    [(cases, first, last)] = engine.rows(
        "SELECT count(*), min(opened), max(coalesce(closed, opened)) FROM cases"
    )
    told, minutes = durations(engine), handling(engine)
    missing = {
        "duration_days": None if told else "No case has both a start and an end.",
        "cases_per_week": None if counts else "No case has a start.",
        "handling_minutes": None if minutes else "No column holds the handling time.",
    }
    return {
        "cases": cases,
        "duration_days": told,
        "first": moment(first, zoned=zoned),
        "last": moment(last, zoned=zoned),
        "cases_per_week": {"median": quantile(counts, 0.5), "p90": quantile(counts, 0.9)} if counts else None,
        "weeks": [{"week": week.isoformat(), "cases": count} for week, count in series],
        "trend": trend(series, first=first, last=last),
        "hours": found.hours,
        "duration_classes": classes(engine),
        "handling_minutes": minutes,
        "time_split": time_split(engine),
        "categories": categories(engine),
        "texts": texts(engine),
        "cannot_tell": {name: reason for name, reason in missing.items() if reason},
    }


def facts_of(engine: Engine, kind: Kind, *, zoned: bool, zone: ZoneInfo | None = None) -> dict[str, Any]:
    """The facts of the tables in the engine. Hours of the week are told in `zone` where the times carry an offset."""
    measured = _event_log_facts if kind is Kind.EVENT_LOG else _case_table_facts
    return measured(engine, zoned=zoned, zone=zone)


def _repetition(by: str, parts: list[dict[str, Any]], cases: int) -> dict[str, Any] | None:
    """How much of the volume the ten most frequent ways or categories make up."""
    if not parts:
        return None
    return {"by": by, "parts": len(parts), "share": sum(part["cases"] for part in parts) / cases}


def _case_table_facts(engine: Engine, *, zoned: bool, zone: ZoneInfo | None) -> dict[str, Any]:
    """Facts of a table with one row a case. What only steps could tell is None."""
    facts = _cases_facts(engine, zoned=zoned, zone=zone)
    steps = dict.fromkeys(("activities", "variants", "top_variant_share", "rework_share"))
    missing = dict.fromkeys((*steps, "directly_follows_edges"), "One row a case says nothing about steps.")
    return (
        facts
        | steps
        | {
            "events": facts["cases"],
            "directly_follows_edges": None,
            "bottlenecks": [],
            "repetition": _repetition("categories", facts["categories"], facts["cases"]),
            "cannot_tell": facts["cannot_tell"] | missing,
        }
    )


def _event_log_facts(engine: Engine, *, zoned: bool, zone: ZoneInfo | None) -> dict[str, Any]:
    """Facts of an event log."""
    facts = _cases_facts(engine, zoned=zoned, zone=zone)
    prints = {
        f"print{seed}": engine.dialect.print_of.format(a="activity_no", b="place", seed=seed)
        for seed in (1, 2)
    }
    engine.keep("steps", STEPS)
    engine.keep("runs", RUNS.format(**prints))
    engine.keep("variants", VARIANTS)
    engine.keep("ways", WAYS)
    engine.keep("visits", VISITS)
    [(variants, largest)] = engine.rows("SELECT count(*), max(cases) FROM variants")
    [(rework,)] = engine.rows(REWORK)
    [(events, ties)] = engine.rows("SELECT count(*), count(*) FILTER (WHERE wait = 0) FROM steps")
    cases, top = facts["cases"], _top_variants(engine)
    nodes, loops = _activities(engine)
    for one in top:
        one["share"] = one["cases"] / cases
    return facts | {
        "events": events,
        "activities": len(nodes),
        "variants": variants,
        "top_variant_share": largest / cases,
        "rework_share": int(rework or 0) / cases,
        "rework_cases": int(rework or 0),
        "equal_times": ties,
        "top_variants": top,
        "repetition": _repetition("variants", top, cases),
        "loops": loops,
        "handovers": _handovers(engine),
        **_map(engine, nodes),
    }


def _top_variants(engine: Engine) -> list[dict[str, Any]]:
    rows = engine.rows(TOP.format(limit=TOP_VARIANTS, double=engine.dialect.double))
    found = []
    for (count, example, median), steps in groupby(rows, itemgetter(0, 1, 2)):
        names = [step[3] for step in steps]
        found.append({"activities": names, "cases": count, "example": example, "median_days": _days(median)})
    return found


def _activities(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The activities for the map, and those that are done again: in how many cases, how many times more than once,
    how often at once.
    """
    nodes, loops = [], []
    for name, *counted in engine.rows(ACTIVITIES):
        n, cases, starts, ends, repeated, extra, direct = map(int, counted)
        nodes.append({"activity": name, "count": n, "cases": cases, "starts": starts, "ends": ends})
        if extra:
            loops.append({"activity": name, "cases": repeated, "extra": extra, "direct": direct})
    nodes.sort(key=lambda node: (-node["count"], node["activity"]))
    loops.sort(key=lambda loop: (-loop["extra"], loop["activity"]))
    return nodes, loops[:TOP_LOOPS]


def _handovers(engine: Engine) -> dict[str, Any] | None:
    """How often cases change from one team to another; None where the log names no team.

    The pairs are those of teams that may be shown, which are teams of at least five people.
    """
    engine.keep("handovers", HANDOVERS)
    [(known, cases, total)] = engine.rows(
        "SELECT count(DISTINCT case_no), count(DISTINCT CASE WHEN prior_team <> team_no THEN case_no END), "
        "count(CASE WHEN prior_team <> team_no THEN 1 END) FROM handovers"
    )
    if not known:
        return None
    pairs = engine.rows(HANDED.format(limit=TOP_LOOPS))
    return {
        "cases": cases,
        "known_cases": known,
        "per_case": total / known,
        "pairs": [dict(zip(("from", "to", "count", "cases"), row, strict=True)) for row in pairs],
    }


def _map(engine: Engine, nodes: list[dict[str, Any]]) -> dict[str, Any]:
    edges = engine.rows(EDGES.format(double=engine.dialect.double))
    waiting = float(sum(edge[5] for edge in edges))
    listed = [
        {
            "from": source,
            "to": target,
            "count": count,
            "cases": int(cases),
            "median_days": _days(median),
            "share_of_waiting": float(wait) / waiting if waiting else None,
        }
        for source, target, count, cases, median, wait in edges
    ]
    ranked = sorted(listed, key=lambda edge: -(edge["share_of_waiting"] or 0.0))
    bottlenecks = [edge for edge in ranked if edge["share_of_waiting"]][:TOP_BOTTLENECKS]
    return {
        "directly_follows_edges": len(edges),
        "bottlenecks": bottlenecks,
        "map": {"nodes": nodes, "edges": listed[:MAP_EDGES]},
    }
