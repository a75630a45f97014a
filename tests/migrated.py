"""The database as the migrations leave it, made once and then copied: migrating takes ten seconds, a copy none.

It is kept until a migration changes, on SQLite as a file, on PostgreSQL as a database to copy from.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ROOT / "src" / "pilotwerk"
FOLDER = ROOT / "var" / "test"
# What migrations use beside Django: tests/architecture/test_migrated.py holds this against their imports.
USED = ("core/clock.py", "audit/triggers.py")
PACKAGES = ("Django", "django-allauth", "procrastinate")


def fingerprint() -> str:
    """Another one for other migrations."""
    found = sha256("".join(version(name) for name in PACKAGES).encode())
    for path in [*sorted(ROOMS.rglob("migrations/*.py")), *(ROOMS / name for name in USED)]:
        found.update(str(path.relative_to(ROOMS)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def migrate(url: str, folder: Path) -> None:
    """As a user does it."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "PILOTWERK_DATA_DIR": str(folder),
        "PYTHONPATH": str(ROOMS.parent),
    }
    subprocess.run(
        [sys.executable, "-m", "pilotwerk.cli.main", "migrate", "--quiet"], env=environment, check=True
    )


def file() -> Path:
    """The migrated SQLite file, for reading. Processes that want it at the same time wait for the first one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = FOLDER / f"migrated-{fingerprint()}.sqlite3"
    with (FOLDER / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists():
            for old in FOLDER.glob("migrated-*"):
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            made = FOLDER / "migrated-new"
            made.mkdir()
            migrate(f"sqlite:///{made / 'new.sqlite3'}", made)
            load(made / "new.sqlite3", whole := sqlite3.connect(made / "whole.sqlite3"))
            whole.close()
            (made / "whole.sqlite3").replace(wanted)
            shutil.rmtree(made)
    return wanted


def load(path: Path, connection: sqlite3.Connection) -> None:
    """Copy a file into an empty database."""
    source = sqlite3.connect(path)
    source.backup(connection)
    source.close()


def copy(to: Path) -> None:
    """A migrated SQLite database at this place."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file(), to)


def on_postgresql(server: str) -> str:
    """The name of the migrated database at this server, to be given as template of others."""
    import psycopg

    name = f"pilotwerk_migrated_{fingerprint()}"
    with psycopg.connect(server, autocommit=True) as connection:
        # Whoever comes second waits.
        connection.execute("SELECT pg_advisory_lock(hashtext('pilotwerk_migrated'))")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute("DROP DATABASE IF EXISTS pilotwerk_migrating")
            connection.execute("CREATE DATABASE pilotwerk_migrating")
            FOLDER.mkdir(parents=True, exist_ok=True)
            migrate(f"{server.rsplit('/', 1)[0]}/pilotwerk_migrating", FOLDER)
            connection.execute(f"ALTER DATABASE pilotwerk_migrating RENAME TO {name}")
    return name
