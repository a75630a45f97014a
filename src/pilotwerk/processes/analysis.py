"""From a file to measured facts in one call: for the command line, the import job and benchmarks alike."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pilotwerk.processes.domain.guess import Guess, guess
from pilotwerk.processes.domain.messages import Rejection
from pilotwerk.processes.domain.roles import ColumnMapping, Kind, Meaning, check_names
from pilotwerk.processes.engine.backends import analytics, check_engine
from pilotwerk.processes.engine.cases import Normalised, normalise
from pilotwerk.processes.engine.facts import facts_of
from pilotwerk.processes.engine.people import count_people, people_facts
from pilotwerk.processes.reading import Limits, Source, open_source
from pilotwerk.processes.reading.source import Progress

PEEK_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Peek:
    """What the first rows of a file say, for a preview before anything is imported."""

    columns: tuple[str, ...]
    guess: Guess
    rows: list[tuple[int, tuple[str, ...]]]
    expected: int | None
    facts: dict[str, str]
    part: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A finished analysis: `facts` as in the command line contract, and every row that was not taken."""

    guess: Guess
    facts: dict[str, Any]
    rejected: tuple[Rejection, ...]


def peek(
    path: Path,
    *,
    filename: str | None = None,
    limits: Limits | None = None,
    kind: Kind | None = None,
    preview: int = 10,
    part: str | None = None,
) -> Peek:
    """Reads the first rows only and guesses what the columns mean, in the shape `kind` where it is given. `part`: the
    sheet or inner table, where the file holds several.
    """
    with open_source(path, filename=filename, limits=limits, sample=PEEK_ROWS, part=part) as source:
        return look(source, kind=kind, preview=preview)


def look(source: Source, *, kind: Kind | None = None, preview: int = 10) -> Peek:
    """What the first rows of an opened source say."""
    return Peek(
        source.columns,
        guess(source.profiles(), kind=kind),
        source.first_rows(preview),
        source.expected,
        source.facts,
        source.part,
        source.parts,
    )


def measure(
    source: Source, mapping: ColumnMapping, *, engine: str = "duckdb", zone: ZoneInfo | None = None
) -> tuple[dict[str, Any], tuple[Rejection, ...]]:
    """Normalises an opened file and measures it with the named engine. The tables stay in the source's connection,
    the texts that they were read from do not.

    `zone` is where the clock hangs that says at which hour of the week work comes in.
    """
    normalised = normalise(source, mapping, forget=True)
    facts = measured_facts(source, mapping, normalised, engine=engine, zone=zone)
    return facts, normalised.rejected


def measured_facts(
    source: Source,
    mapping: ColumnMapping,
    normalised: Normalised,
    *,
    engine: str = "duckdb",
    zone: ZoneInfo | None = None,
) -> dict[str, Any]:
    """Measures the tables in the source's connection: those of the file, or those of the process that it
    was united with.
    """
    count_people(source.con)
    facts: dict[str, Any] = {"kind": str(mapping.kind), "mapping": mapping.as_json()}
    with analytics(engine, source.con) as opened:
        facts |= facts_of(opened, mapping.kind, zoned=normalised.zoned, zone=zone)
    facts |= {
        "rows": normalised.rows + len(normalised.rejected),
        "rows_rejected": len(normalised.rejected),
        "engine": opened.name,
        "zoned": normalised.zoned,
        "people": people_facts(source.con),
        "source": {**source.facts, **({"part": source.part, "parts": source.parts} if source.parts else {})},
    }
    return facts


def _analysed(
    source: Source, started: float, given: Mapping[Meaning, str] | None, kind: Kind | None, engine: str
) -> Analysis:
    check_names(given or {}, source.columns)
    guessed = guess(source.profiles(), given, kind)
    facts, rejected = measure(source, guessed.mapping, engine=engine)
    facts["seconds"] = round(time.perf_counter() - started, 3)
    return Analysis(guessed, facts, rejected)


def analyse_query(
    address: str,
    query: str,
    *,
    given: Mapping[Meaning, str] | None = None,
    kind: Kind | None = None,
    progress: Progress | None = None,
    engine: str = "duckdb",
) -> Analysis:
    """The same for a table or SELECT of a database, read in a session that cannot write."""
    from pilotwerk.processes.reading.sql import open_query, url_from

    check_engine(engine)
    started = time.perf_counter()
    with open_query(url_from(address), query, progress=progress) as source:
        return _analysed(source, started, given, kind, engine)


def analyse(
    path: Path,
    *,
    filename: str | None = None,
    given: Mapping[Meaning, str] | None = None,
    kind: Kind | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    engine: str = "duckdb",
    part: str | None = None,
) -> Analysis:
    """Reads, guesses what is not `given`, and measures with the named `engine`. Raises `BadInput` where the file
    or the mapping will not do.

    `kind` says whether the table has one row an event or one row a case; it is guessed where it is None.
    """
    check_engine(engine)
    started = time.perf_counter()
    with open_source(path, filename=filename, limits=limits, progress=progress, part=part) as source:
        return _analysed(source, started, given, kind, engine)
