"""Run a command with DATABASE_URL of a PostgreSQL server of its own, on a free port, gone afterwards.

python tools/with_postgres.py COMMAND ...
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def find_bin() -> Path | None:
    """The folder of initdb and pg_ctl: the newest under Debian's place, else from the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def main(command: list[str]) -> int:
    folder = find_bin()
    if folder is None:
        print("PostgreSQL was not found: install it (Debian: apt-get install postgresql).", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    home = Path(tempfile.mkdtemp(prefix="pilotwerk-pg-"))
    run_as: dict[str, object] = {"cwd": home}
    if os.geteuid() == 0:
        # The server refuses to run as root.
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
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    subprocess.run(  # type: ignore[call-overload]
        [folder / "pg_ctl", "-D", data, "-o", options, "-l", home / "log", "-w", "start"], **quiet
    )
    try:
        url = f"postgresql://pilotwerk@127.0.0.1:{port}/postgres"
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
    finally:
        subprocess.run([folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
