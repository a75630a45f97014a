"""Databases that keep what they promise: SQLite in a file, PostgreSQL with fsync on, both gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tools.with_postgres import find_bin  # noqa: E402


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    home = Path(tempfile.mkdtemp(prefix="pilotwerk-bench-"))
    try:
        yield f"sqlite:///{home / 'bench.sqlite3'}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def postgresql() -> Iterator[str | None]:
    """The address of a server with fsync and synchronous_commit on (the defaults), None where there is none."""
    folder = find_bin()
    if folder is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="pilotwerk-bench-pg-"))
    run_as: dict[str, object] = {"cwd": home}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(home, user.pw_uid, user.pw_gid)
        run_as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = home / "data"
    quiet: dict[str, object] = {"stdout": subprocess.DEVNULL, "check": True, **run_as}
    init = [folder / "initdb", "-D", data, "-U", "pilotwerk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(init, **quiet)  # type: ignore[call-overload]
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1"
    start = [folder / "pg_ctl", "-D", data, "-o", options, "-l", home / "log", "-w", "start"]
    subprocess.run(start, **quiet)  # type: ignore[call-overload]
    try:
        yield f"postgresql://pilotwerk@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
        shutil.rmtree(home, ignore_errors=True)


def size(url: str) -> int:
    """Bytes of the database on disk, with nothing in it that could be given back."""
    if url.startswith("sqlite"):
        import sqlite3

        path = url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as con:
            # Django's constraints name a function that only its own connections have.
            con.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
            con.execute("VACUUM")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(path).stat().st_size
    import psycopg

    with psycopg.connect(url, autocommit=True) as con:
        con.execute("VACUUM FULL")
        row = con.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])
