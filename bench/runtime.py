"""The governed runtime beside bare transactions and beside LangGraph, on SQLite and PostgreSQL; the approval page.

`python bench/runtime.py [--cases N] [--page N]`. Every run is a process of its own on a fresh database, fully durable:
SQLite in WAL mode with synchronous=FULL, PostgreSQL with fsync=on and synchronous_commit=on, LangGraph with
durability="sync". A case goes from ingest over propose and approve (service call) to executed: each approval is a
call and a transaction of its own, and beside it a list of 20 of one kind is approved by one call, as the approval page
offers it. No time is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.runtime_parts import servers  # noqa: E402

PARTS = ROOT / "bench" / "runtime_parts"
DURABILITY = {
    "sqlite": "WAL, synchronous=FULL",
    "postgresql": "fsync=on, synchronous_commit=on",
}


def run(script: str, url: str, *args: object, **settings: str) -> dict[str, Any]:
    """What one run says, in a process and a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pilotwerk-bench-") as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "PILOTWERK_DATA_DIR": folder,
            "PILOTWERK_LOG_LEVEL": "ERROR",
            "PILOTWERK_EMBEDDINGS": "off",
            "OMP_NUM_THREADS": "1",
            **settings,
        }
        command = [sys.executable, str(PARTS / script), *map(str, args)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        raise SystemExit(f"{script} failed")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(database: str, what: str, found: dict[str, Any], against: float | None = None) -> float:
    """Prints one run and answers its cases a second."""
    rate = found["cases"] / found["seconds"]
    assert found.get("done", found["cases"]) == found["cases"], found
    assert found.get("trail", True), "the audit trail does not verify"
    times = f"{rate / against:6.2f} x LangGraph" if against else ""
    print(
        f"{database:<11}{what:<46}{rate:8.1f} cases/s {found['processor_ms']:7.1f} ms processor/case "
        f"{found['bytes']:7.0f} bytes/case  {DURABILITY[database]:<34}{times}",
        flush=True,
    )
    return rate


def on_sqlite(cases: int) -> None:
    def fresh(script: str, *args: object) -> dict[str, Any]:
        with servers.sqlite() as url:
            return run(script, url, *args, "--cases", cases)

    line("sqlite", "bare: 4 transactions, 4 updates, 4 inserts", fresh("peers_run.py", "bare"))
    peer = line("sqlite", "LangGraph", fresh("peers_run.py", "langgraph"))
    line("sqlite", "Pilotwerk, approved one by one", fresh("ours_run.py"), peer)
    line("sqlite", "Pilotwerk, approved as lists of 20", fresh("ours_run.py", "--bulk", 20), peer)
    line("sqlite", "Pilotwerk, with real recipe and outbox", fresh("ours_run.py", "--real"), peer)


def on_postgresql(cases: int) -> None:
    def fresh(script: str, *args: object, **settings: str) -> dict[str, Any] | None:
        with servers.postgresql() as url:
            return None if url is None else run(script, url, *args, "--cases", cases, **settings)

    for workers in (1, 2, 4):
        bare = fresh("peers_run.py", "bare", "--workers", workers)
        peer = fresh("peers_run.py", "langgraph", "--workers", workers)
        if bare is None or peer is None:
            print("PostgreSQL was not found; its figures are left out.")
            return
        named = f"{workers} worker{'s' if workers > 1 else ''}"
        line("postgresql", f"bare, {named}", bare)
        against = line("postgresql", f"LangGraph, {named}", peer)
        for queue in ("leased", "procrastinate"):
            for organisations in sorted({1, workers}):
                found = fresh(
                    "ours_run.py",
                    "--workers",
                    workers,
                    "--organisations",
                    organisations,
                    PILOTWERK_QUEUE=queue,
                )
                assert found is not None
                companies = f"{organisations} organisation{'s' if organisations > 1 else ''}"
                line("postgresql", f"Pilotwerk, {queue}, {named}, {companies}", found, against)
        lists = fresh("ours_run.py", "--workers", workers, "--organisations", workers, "--bulk", 20)
        assert lists is not None
        line("postgresql", f"Pilotwerk, lists of 20, {named}", lists, against)


def page(most: int) -> None:
    for name, server in (("sqlite", servers.sqlite), ("postgresql", servers.postgresql)):
        with server() as url:
            if url is None:
                continue
            for size, found in run("page_run.py", url, 1_000, most).items():
                print(
                    f"{name:<11}approval page, {int(size):>7} cases: p95 {found['p95_ms']:.0f} ms "
                    f"(median {found['median_ms']:.0f}, processor p95 {found['cpu_p95_ms']:.0f}), "
                    f"{found['queries']} queries",
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument(
        "--page", type=int, default=100_000, help="cases behind the approval page; 0 leaves it out"
    )
    parser.add_argument("--only", choices=["sqlite", "postgresql", "page"])
    args = parser.parse_args()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if args.only in (None, "sqlite"):
        on_sqlite(args.cases)
    if args.only in (None, "postgresql"):
        on_postgresql(args.cases)
    if args.page and args.only in (None, "page"):
        page(args.page)


if __name__ == "__main__":
    main()
