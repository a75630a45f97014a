"""The same facts from every engine: DuckDB, PostgreSQL and Spark, and from pm4py as an independent program."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.analysis import analyse, measured_facts
from pilotwerk.processes.domain.guess import guess
from pilotwerk.processes.domain.rhythm import theil_sen
from pilotwerk.processes.engine.cases import normalise
from pilotwerk.processes.reading import open_source
from tests.processes.files import event_csv, table, team_csv, write

DATA = Path(os.environ.get("PILOTWERK_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
HERE = {"engine", "seconds"}
# The figures of pm4py 2.7 for all logs there are, so that every engine is held against them in every run.
LOGS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "pm4py_figures.json").read_text())
SPANS = "duration_days"
# A virtual machine that lives for a minute: the second compiler and parallel tidying cost more than they bring.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
PLAIN = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}

real = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real data sets are not there: set PILOTWERK_TEST_DATA to their folder"
)
# Spark takes seconds to start: its tests share one worker and one session.
together = pytest.mark.xdist_group("engines")


def agrees(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Counts are equal, shares to a millionth, days to a millionth part or 0.1 seconds."""
    shared = {key: value for key, value in theirs.items() if key != SPANS}
    assert {key: ours[key] for key in shared} == pytest.approx(shared)
    spans = theirs[SPANS]
    assert {key: ours[SPANS][key] for key in spans} == pytest.approx(spans, rel=1e-6, abs=1e-6)


def facts(path: Path, engine: str) -> dict[str, Any]:
    """All facts but which engine computed them and how long that took."""
    return {key: value for key, value in analyse(path, engine=engine).facts.items() if key not in HERE}


@pytest.fixture(scope="session", params=["postgresql", "spark"])
def other(request: pytest.FixtureRequest) -> str:
    """An engine beside DuckDB: PostgreSQL in the run that has one, Spark in the other."""
    database = os.environ.get("DATABASE_URL", "")
    if request.param == "postgresql":
        if not database.startswith("postgresql"):
            pytest.skip("no PostgreSQL in this run: it is measured in the run on PostgreSQL")
        return database
    if database.startswith("postgresql"):
        pytest.skip("Spark is measured in the run on SQLite")
    if shutil.which("java") is None:
        message = "Java was not found: install it (Debian: apt-get install default-jre-headless)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    os.environ.setdefault("JDK_JAVA_OPTIONS", JAVA)
    return "spark"


@together
def test_one_worker_runs_all_that_spark_measures(request: pytest.FixtureRequest) -> None:
    """pytest-xdist groups by the name of a test: where the group is not in it, each worker starts a Spark."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("this run has no groups: they come with --dist loadgroup")
    assert request.node.nodeid.endswith("@engines")


@pytest.mark.engines
@together
def test_a_small_log_measured_elsewhere(tmp_path: Path, other: str) -> None:
    path = event_csv(tmp_path / "tickets.csv")
    assert facts(path, other) == facts(path, "duckdb")


@pytest.mark.engines
@together
def test_handovers_between_teams_measured_elsewhere(tmp_path: Path, other: str) -> None:
    path = team_csv(tmp_path / "teams.csv")
    found = facts(path, other)
    assert found["handovers"] is not None
    assert found == facts(path, "duckdb")


@pytest.mark.engines
@together
def test_a_table_with_one_row_a_case_measured_elsewhere(tmp_path: Path, other: str) -> None:
    rows = [("Nr", "Eröffnet", "Geschlossen", "Kategorie", "Anfrage", "Minuten")]
    for number in range(1, 41):
        day, text = 1 + number % 28, f"Die Heizung {number} bleibt kalt, bitte kommen Sie"
        end = "" if number % 9 == 0 else f"{day:02d}.05.2026 1{number % 10}:30"
        kind = ("Heizung", "Bad", "")[number % 3]
        rows.append((str(number), f"{day:02d}.04.2026 08:{number:02d}", end, kind, text, f"{number % 13},5"))
    path = write(tmp_path / "cases.csv", table(rows))
    found = facts(path, other)
    assert found["kind"] == "case_table"
    assert found == facts(path, "duckdb")


@pytest.fixture(scope="session")
def plain_spark(other: str) -> Iterator[None]:
    """Spark without compiled queries, whose compilation takes longer than all twelve logs do. The short logs
    above run on compiled ones.
    """
    if other != "spark":
        yield
        return
    from pilotwerk.processes.engine.backends.spark import session

    found = session("local[*]")
    for name, value in PLAIN.items():
        found.conf.set(name, value)
    yield
    for name in PLAIN:
        found.conf.unset(name)


@pytest.mark.engines
@together
@pytest.mark.realdata
@real
@pytest.mark.usefixtures("plain_spark")
@pytest.mark.parametrize("file", LOGS)
def test_every_real_log_on_every_engine(file: str, other: str) -> None:
    """Read once, measured by DuckDB and by the other engine: the same facts, and those of pm4py."""
    with open_source(DATA / file) as source:
        mapping = guess(source.profiles()).mapping
        normalised = normalise(source, mapping)
        measured = [
            measured_facts(source, mapping, normalised, engine=engine) for engine in ("duckdb", other)
        ]
    ours, theirs = ({key: one[key] for key in one if key not in HERE} for one in measured)
    assert theirs == ours
    assert {one["engine"] for one in measured} == {"duckdb", other.partition("://")[0]}
    agrees(theirs, LOGS[file])


def test_an_unknown_engine_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Known engines are duckdb"):
        analyse(tmp_path / "missing.csv", engine="clickhouse")


def peer(path: Path, mapping: dict[str, str]) -> dict[str, Any]:
    """Figures of pm4py for the same file; a table is read by pandas, rows that lack a value left out."""
    import pandas as pd
    import pm4py

    if ".xes" in path.name:
        log = pm4py.read_xes(str(path), variant="iterparse", show_progress_bar=False)
    else:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        columns = [mapping[name] for name in ("case", "activity", "time")]
        frame = frame[columns].apply(lambda column: column.str.strip())
        frame.columns = pd.Index(["case:concept:name", "concept:name", "time:timestamp"])
        frame = frame[(frame != "").all(axis=1)]
        frame["time:timestamp"] = pd.to_datetime(
            frame["time:timestamp"], errors="coerce", utc=True, format="ISO8601"
        )
        log = frame.dropna().sort_values(["case:concept:name", "time:timestamp"], kind="stable")
    ways = pm4py.get_variants(log)
    graph, _starts, _ends = pm4py.discover_dfg(log)
    spans = pd.Series(pm4py.get_all_case_durations(log)) / 86400
    grouped = log.groupby("case:concept:name")["concept:name"]
    return {
        "events": len(log),
        "cases": log["case:concept:name"].nunique(),
        "activities": log["concept:name"].nunique(),
        "variants": len(ways),
        "top_variant_share": max(ways.values()) / len(spans),
        "directly_follows_edges": len(graph),
        "duration_days": {"median": spans.median(), "p90": spans.quantile(0.9), "mean": spans.mean()},
        "rework_share": float((grouped.nunique() < grouped.size()).mean()),
    }


@pytest.mark.realdata
@real
@pytest.mark.parametrize("file", LOGS)
def test_every_real_log_as_pm4py_measures_it(file: str) -> None:
    """What is written down as pm4py's figures is what pm4py computes, and what DuckDB computes."""
    ours = analyse(DATA / file).facts
    theirs = peer(DATA / file, ours["mapping"])
    agrees(ours, theirs)
    agrees(theirs, LOGS[file])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 60), min_size=8, max_size=40))
def test_the_trend_is_that_of_scipy(values: list[int]) -> None:
    from scipy.stats import theilslopes

    found = theilslopes(values, alpha=0.95)
    assert theil_sen(values) == pytest.approx((found.slope, found.low_slope, found.high_slope))
