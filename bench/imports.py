"""An export of 500 MB through the path of an upload: seconds and peak memory, without another program beside it.

python bench/imports.py [MEGABYTES]

Two exports of a helpdesk: a plain one that DuckDB reads whole, and a messy one (Latin-1, quoted line breaks, blank
lines) that is read row by row. Each runs in a process of its own; the peak is what the kernel counted for it, with
the temporary folder on disk. No peer is named: pm4py reads such a file through pandas, which does not fit into the
bound at all; the comparison with it stands in the benchmark of the facts.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEGABYTE = 1 << 20
STEPS = ["Eingang", "Zuordnung", "Rückfrage", "Technik", "Antwort", "Abschluss"]
HEAD = "Vorgangsnummer;Schritt;Zeitpunkt;Team;Bearbeiter;Minuten\n"


def generate(path: Path, megabytes: int, *, messy: bool) -> None:
    """Events of tickets in order of time; about 65 bytes a row."""
    dice = random.Random(20261122)
    encoding = "cp1252" if messy else "utf-8"
    with path.open("w", encoding=encoding, newline="") as out:
        out.write(("Ausfuhr Helpdesk\n\n" if messy else "") + HEAD)
        case = 0
        while out.tell() < megabytes * MEGABYTE:
            lines = []
            for _ in range(2000):
                case += 1
                day, month = 1 + case // 200 % 28, 1 + case // 5600 % 12
                for number, step in enumerate(STEPS[: dice.randint(3, 6)]):
                    written = f'"{step}\nzweite Zeile"' if messy and dice.random() < 0.02 else step
                    lines.append(
                        f"T-{case:08d};{written};{day:02d}.{month:02d}.2026 {8 + number:02d}:{dice.randint(0, 59):02d};"
                        f"Team {case % 12};Person {dice.randint(1, 300)};{dice.randint(1, 90)},5\n"
                    )
            out.write("".join(lines) + ("\n" if messy else ""))


def run(path: Path) -> None:
    """As the worker does it after an upload: read, normalise, measure, keep as Parquet, measure the quality."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")
    os.environ["PILOTWERK_UPLOAD_MAX_MB"] = "2000"
    os.environ["PILOTWERK_DATA_DIR"] = str(path.parent / "data")
    import django

    django.setup()
    from pilotwerk.core import clock
    from pilotwerk.processes import analysis
    from pilotwerk.processes.domain.guess import guess
    from pilotwerk.processes.engine.cases import normalise
    from pilotwerk.processes.engine.store import store
    from pilotwerk.processes.quality import measure_quality
    from pilotwerk.processes.reading import open_source
    from pilotwerk.processes.selectors import upload_limits

    began = last = time.perf_counter()
    times = []

    def lap(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        times.append(f"{name} {now - last:.1f} s ({_peak():.0f} MB)")
        last = now

    with open_source(path, limits=upload_limits()) as source:
        lap("read")
        mapping = guess(source.profiles()).mapping
        normalised = normalise(source, mapping, b"key")
        lap("normalise")
        facts = analysis.measured_facts(source, mapping, normalised)
        lap("facts")
        store(source.con, path.parent / "kept")
        lap("keep")
        measure_quality(source, mapping, normalised.rejected, clock.now())
        lap("quality")
    kept = sum(one.stat().st_size for one in (path.parent / "kept").iterdir())
    print(f"   {', '.join(times)}")
    print(
        f"   {facts['events']:,} events, {facts['cases']:,} cases, {facts['rows_rejected']} rejected; "
        f"kept as {kept / MEGABYTE:.0f} MB; {time.perf_counter() - began:.1f} s, peak {_peak():.0f} MB"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "--run":
        run(Path(sys.argv[2]))
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for name, messy in (("plain", False), ("messy", True)):
        with tempfile.TemporaryDirectory(prefix="pilotwerk-bench-") as folder:
            path = Path(folder) / "export.csv"
            generate(path, megabytes, messy=messy)
            print(f"{name}: {path.stat().st_size / MEGABYTE:.0f} MB", flush=True)
            subprocess.run([sys.executable, __file__, "--run", str(path)], check=True)


if __name__ == "__main__":
    main()
