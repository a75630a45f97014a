"""A long statement of DuckDB that tells how far it is, and ends at once when nobody wants it any more."""

import threading
from typing import TYPE_CHECKING

from pilotwerk.processes.reading.source import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOOK_SECONDS = 0.5


class Cancelled(Exception):
    """Told by whoever is told of the progress: nobody wants the result any more. Whatever was read is dropped."""


def watched(
    con: "DuckDBPyConnection", sql: str, values: list[object], rows: int, progress: Progress | None
) -> None:
    """Runs `sql`; `progress` is told how many of about `rows` rows are done, from the thread that called.

    What `progress` raises interrupts the statement and is raised again; so does what the statement raises.
    """
    if progress is None:
        con.execute(sql, values)
        return
    raised: list[BaseException] = []

    def run() -> None:
        try:
            con.execute(sql, values)
        except BaseException as error:
            raised.append(error)

    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    done = 0
    try:
        while thread.is_alive():
            thread.join(LOOK_SECONDS)
            share = con.query_progress()  # percent; -1 while it is not known
            done = max(done, round(rows * min(share, 100) / 100))
            if thread.is_alive():
                progress(done)
    except BaseException:
        con.interrupt()
        thread.join()
        raise
    if raised:
        raise raised[0]
