"""Process facts beside pm4py, whole commands in one run; and how fast the pages about a large log answer.

`python bench/processes.py [--events 1000000 5000000] [--runs 3] [--pages-only]` prints seconds (median) and peak memory
of each program, and the ratio to pm4py. Generated logs need no data sets; BPIC12 is measured where
PILOTWERK_TEST_DATA or ../shared/data has it. No time is asserted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PILOTWERK_TEST_DATA", ROOT.parent / "shared" / "data"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

# What `pilotwerk analyse` answers, asked of pm4py; the columns are named, so that nothing is guessed.
PEER = """
import sys, pandas as pd, pm4py
path, variant = sys.argv[1], sys.argv[2]
if ".xes" in path:
    options = {"show_progress_bar": False} if variant == "iterparse" else {}
    log = pm4py.read_xes(path, variant=variant, **options)
else:
    log = pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path)
    log["time"] = pd.to_datetime(log["time"], utc=True)
    log["case"] = log["case"].astype(str)
    log = pm4py.format_dataframe(log, case_id="case", activity_key="activity", timestamp_key="time")
ways = pm4py.get_variants(log)
graph, starts, ends = pm4py.discover_dfg(log)
spans = pd.Series(pm4py.get_all_case_durations(log))
grouped = log.groupby("case:concept:name")["concept:name"]
rework = (grouped.nunique() < grouped.size()).mean()
performance, _, _ = pm4py.discover_performance_dfg(log)
print(len(log), len(ways), len(graph), spans.median(), spans.quantile(0.9), rework, len(performance))
"""


def measured(command: Sequence[str], runs: int) -> tuple[float, float]:
    """Median seconds and peak memory in MB of a whole command."""
    seconds, memory = [], 0.0
    for _run in range(runs):
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - began)
        memory = max(memory, usage.ru_maxrss / 1024)
        if status:
            raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return statistics.median(seconds), memory


def generate(folder: Path, events: int) -> tuple[Path, Path]:
    """A log of about so many events as CSV and Parquet, over a year of time: eight steps a case on average.

    Nine cases in ten go one of 5,000 ways, the common ones much more often; each of the others goes a way of its own.
    """
    import duckdb

    csv, parquet = folder / f"log{events}.csv", folder / f"log{events}.parquet"
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE cases AS SELECT case_no, CASE WHEN hash(case_no, 1) % 10 = 0 THEN 5000 + case_no "
            "ELSE CAST(floor(5000 * pow((hash(case_no, 2) % 1000000) / 1e6, 3)) AS BIGINT) END AS way "
            f"FROM range({events // 8}) AS numbers(case_no)"
        )
        con.execute(
            "CREATE TABLE log AS SELECT 'C' || case_no AS case, 'Step ' || CASE WHEN n = 0 THEN 0 "
            "ELSE CAST(hash(way, n) % 11 AS INTEGER) + 1 END AS activity, "
            "TIMESTAMP '2025-01-01' + to_seconds((hash(case_no) % 31536000)::BIGINT "
            "+ n * 43200 + (hash(n, case_no, 3) % 43200)::BIGINT) "
            "AS time FROM cases, range(0, 16) AS steps(n) WHERE n <= hash(way, 5) % 15 ORDER BY time"
        )
        con.execute(f"COPY log TO '{csv}' (HEADER)")
        con.execute(f"COPY log TO '{parquet}' (FORMAT parquet)")
    return csv, parquet


def commands(path: Path, xes: bool) -> Iterator[tuple[str, list[str]]]:
    """The program and its peers on the same file."""
    ours = [sys.executable, "-m", "pilotwerk.cli.main", "analyse", str(path), "--format", "json"]
    yield "pilotwerk", ours if xes else [*ours, "--case", "case", "--activity", "activity", "--time", "time"]
    yield "pm4py", [sys.executable, "-c", PEER, str(path), "iterparse"]
    if xes:
        try:
            import r4pm  # noqa: F401
        except ImportError:
            return
        yield "pm4py with r4pm", [sys.executable, "-c", PEER, str(path), "r4pm"]


def compare(path: Path, label: str, runs: int) -> None:
    """One line for each program."""
    found = {name: measured(command, runs) for name, command in commands(path, ".xes" in path.name)}
    seconds, memory = found["pilotwerk"]
    for name, (theirs, space) in found.items():
        ratio = f"   ours is {seconds / theirs:.2f} of its time, {memory / space:.2f} of its memory"
        print(
            f"{label:<22}{name:<18}{theirs:8.2f} s {space:8.0f} MB{ratio if space != memory else ''}",
            flush=True,
        )


def pages(runs: int) -> None:
    """Server time of the facts page, of parts of it, and of the cases behind a figure, for a log of 262,200 events."""
    path = DATA / "bpi_logs" / "BPIC12.xes.gz"
    if not path.is_file():
        print(
            f"No log at {path}: the pages are not measured. Set PILOTWERK_TEST_DATA to the folder of data sets."
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "PILOTWERK_DATA_DIR": folder,
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "pilotwerk.project.settings",
            "PILOTWERK_LOG_LEVEL": "ERROR",
        }
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        settings.ALLOWED_HOSTS.append("testserver")
        from tests.cast import make_cast
        from tests.processes.test_story import imported

        cast = make_cast()
        found = imported(cast, path, name="BPIC12")
        client, url = cast.client("lead"), cast.organisation.url
        facts, cases = url("processes:facts", pk=found.pk), url("processes:cases", pk=found.pk)
        asked = {
            "facts page": facts,
            "facts, one month": f"{facts}?first=2011-11-01&last=2011-11-30",
            "facts, half of the time": f"{facts}?last=2011-12-15",
            "cases with rework": f"{cases}?again=*",
            "cases of a connection": f"{cases}?source=O_SELECTED&target=O_CREATED",
            "cases of a way": f"{cases}?like=3",
            "two halves compared": url("processes:compare", pk=found.pk),
        }
        for name, address in asked.items():
            times = []
            for _run in range(runs + 1):
                began = time.perf_counter()
                assert client.get(address).status_code == 200
                times.append(time.perf_counter() - began)
            print(f"{name:<26}{1000 * statistics.median(times[1:]):8.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000, 5_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages-only", action="store_true")
    args = parser.parse_args()
    if not args.pages_only:
        for name in ("BPIC12", "BPIC13_incidents"):
            path = DATA / "bpi_logs" / f"{name}.xes.gz"
            if path.is_file():
                compare(path, name, args.runs)
        with tempfile.TemporaryDirectory() as folder:
            for events in args.events:
                for path in generate(Path(folder), events):
                    compare(path, f"{events:,} {path.suffix[1:]}", args.runs)
    pages(max(args.runs, 5))


if __name__ == "__main__":
    main()
