"""The same graph in LangGraph, and the same writes as bare transactions. Prints one JSON line.

LangGraph: propose, interrupt, execute, with its own SQLite or PostgreSQL checkpointer and the same texts. Bare: each
case in four transactions of one update of the case and one insert of an audit entry, with the plain driver.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any, TypedDict

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.runtime_parts.crew import Crew  # noqa: E402
from bench.runtime_parts.servers import size  # noqa: E402

TEXT = "Können wir den Termin für die Wartung der Heizung auf nächste Woche verschieben? Danke."
ANSWER = "Guten Tag,\n\ngern verschieben wir die Wartung auf Dienstag.\n\nFreundliche Grüße\nProbe GmbH"
ENTRY = (
    json.dumps({"action": "case_approved", "actor": "0" * 36, "hash": "0" * 64, "data": {"revision": 1}}) * 2
)
URL = os.environ["DATABASE_URL"]
SQLITE = URL.removeprefix("sqlite:///") if URL.startswith("sqlite") else ""


class State(TypedDict, total=False):
    text: str
    sender: str
    category: str
    draft: str
    approved: bool
    reference: str


def connect() -> Any:
    """A connection of the checkpointer or the bare writes: autocommit, full durability."""
    if SQLITE:
        import sqlite3

        con = sqlite3.connect(SQLITE, isolation_level=None, check_same_thread=False)
        con.execute("PRAGMA journal_mode=WAL")
        con.execute("PRAGMA synchronous=FULL")
        return con
    import psycopg
    from psycopg.rows import dict_row

    return psycopg.connect(URL, autocommit=True, prepare_threshold=0, row_factory=dict_row)


def saver(con: Any) -> Any:
    if SQLITE:
        from langgraph.checkpoint.sqlite import SqliteSaver

        return SqliteSaver(con)
    from langgraph.checkpoint.postgres import PostgresSaver

    return PostgresSaver(con)


class LangGraph:
    def __init__(self, cases: int) -> None:
        self.cases = cases
        saver(connect()).setup()

    def __call__(self, number: int, count: int, phase: str) -> None:
        from langgraph.graph import END, START, StateGraph
        from langgraph.types import Command, interrupt

        def approve(state: State) -> State:
            return {"approved": bool(interrupt({"draft": state["draft"]}))}

        graph = StateGraph(State)
        graph.add_node("propose", lambda state: {"category": "Termin", "draft": ANSWER})
        graph.add_node("approve", approve)
        graph.add_node("execute", lambda state: {"reference": "sent"})
        graph.add_edge(START, "propose")
        graph.add_edge("propose", "approve")
        graph.add_edge("approve", "execute")
        graph.add_edge("execute", END)
        app = graph.compile(checkpointer=saver(connect()))
        mine = range(number, self.cases, count)
        for case in mine:
            thread = {"configurable": {"thread_id": str(case)}}
            app.invoke({"text": TEXT, "sender": "petra.wulff@beispiel.example"}, thread, durability="sync")
        for case in mine:
            app.invoke(Command(resume=True), {"configurable": {"thread_id": str(case)}}, durability="sync")


class Bare:
    def __init__(self, cases: int) -> None:
        self.cases = cases
        con = connect()
        mark = "?" if SQLITE else "%s"
        self.update = f"UPDATE bare_case SET state = {mark} WHERE id = {mark}"
        self.insert = f"INSERT INTO bare_entry (leaf) VALUES ({mark})"
        serial = "INTEGER PRIMARY KEY" if SQLITE else "bigserial PRIMARY KEY"
        con.execute(f"CREATE TABLE bare_case (id {serial}, state text, body text)")
        con.execute(f"CREATE TABLE bare_entry (id {serial}, leaf text)")
        for case in range(1, cases + 1):
            con.execute(
                f"INSERT INTO bare_case (id, state, body) VALUES ({mark}, 'new', {mark})",
                (case, TEXT + ANSWER),
            )
        con.close()

    def __call__(self, number: int, count: int, phase: str) -> None:
        con = connect()
        begin = "BEGIN IMMEDIATE" if SQLITE else "BEGIN"
        con.execute("PRAGMA busy_timeout=30000") if SQLITE else None
        for case in range(1 + number, self.cases + 1, count):
            for state in ("proposed", "approved", "executing", "done"):
                con.execute(begin)
                con.execute(self.update, (state, case))
                con.execute(self.insert, (ENTRY,))
                con.execute("COMMIT")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=["langgraph", "bare"])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    peer = LangGraph(args.cases) if args.peer == "langgraph" else Bare(args.cases)
    before = size(URL)
    crew = Crew(args.workers, peer)
    began = time.perf_counter()
    crew.all("all")
    seconds = time.perf_counter() - began
    crew.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "cases": args.cases,
        "seconds": seconds,
        "processor_ms": 1000 * (used.ru_utime + used.ru_stime) / args.cases,
        "bytes": (size(URL) - before) / args.cases,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
