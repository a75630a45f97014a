"""From an opened file to its profile in one call: for the import job and the command line alike."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.guess import Guess, guess
from pilotwerk.processes.domain.messages import Rejection
from pilotwerk.processes.domain.quality import dimensions
from pilotwerk.processes.domain.quality.columns import Type
from pilotwerk.processes.domain.quality.findings import Finding, by_gravity, of_rejections
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile, Use
from pilotwerk.processes.domain.roles import PERSONAL, ColumnMapping, Kind, Meaning, check_names
from pilotwerk.processes.quality import columns, rows, signs, times, training
from pilotwerk.processes.quality.rows import Table
from pilotwerk.processes.reading import Limits, Source, open_source
from pilotwerk.processes.reading.source import Progress


def measure_quality(
    source: Source,
    mapping: ColumnMapping,
    rejected: Sequence[Rejection],
    now: dt.datetime,
    progress: Progress | None = None,
) -> Profile:
    """Measures every row of the table `raw`. `now` is aware; what happened after it lies in the future.
    `progress` is told after each column, and may end it by raising.

    `mapping` says what the columns are taken for and may be incomplete: a table need not be a process. Rows in
    `rejected` are told by their own reason and not again by the rules about rows.
    """
    columns.prepare(source)
    measured_columns = []
    for name in source.columns:
        measured_columns.append(columns.measure_column(source, name))
        if progress:
            progress(source.rows)
    table = Table(source, mapping, measured_columns)
    rows.prepare(table, [one.row for one in rejected])
    uses = _uses(table)
    rows.find_missing(table, {use.use: use.usable for use in uses})
    rows.find_invalid(table)
    rows.find_doubles(table)
    consistent = rows.find_contradictions(table)
    timely = times.find_in_time(table, now)
    training.find_for_training(table, has_time=times.main_time(table) is not None)
    _people(table)
    measured = [one.column for one in table.columns]
    found = by_gravity([*of_rejections(rejected), *table.found])
    for column in measured:
        column.findings = list(dict.fromkeys(one.rule for one in found if one.column == column.name))
    return Profile(
        rows=source.rows,
        columns=measured,
        dimensions={
            "completeness": dimensions.completeness(measured, source.rows),
            "validity": dimensions.validity(measured),
            "uniqueness": dimensions.share_without(_marked(table, "repeated"), source.rows),
            "consistency": dimensions.share_without(_marked(table, "contradictory"), source.rows)
            if consistent
            else None,
            "timeliness": timely,
        },
        findings=found,
        uses=uses,
        as_of=now.isoformat(timespec="seconds"),
        roles=mapping.as_json(),
    )


def _marked(table: Table, name: str) -> int:
    (count,) = table.one(f"SELECT count(DISTINCT row) FROM {name}")  # noqa: S608 -- own names only
    return int(count)


def _people(table: Table) -> None:
    """Which columns hold personal data, and which are left out because they name people."""
    people = {table.mapping.get(one) for one in PERSONAL}
    for one in table.columns:
        if one.name in people:
            table.found.append(Finding("people", one.name, 0))
        elif one.column.personal_data is Personal.FREE_TEXT:
            holding = " OR ".join(signs.texts().values())
            looked = signs.looked_at(one.rows())
            table.note("contact", one.name, f"SELECT row FROM ({looked}) WHERE {holding}")  # noqa: S608
        elif one.column.personal_data is not Personal.NONE:
            params = {"kind": str(one.column.personal_data)}
            table.found.append(Finding("personal", one.name, 0, params=params))


def _uses(table: Table) -> list[Use]:
    """What the data could serve, with the rows that have all that it takes."""
    wanted: list[tuple[str, tuple[Meaning, ...]]] = [
        ("triage", (Meaning.TEXT, Meaning.CATEGORY)),
        ("answers", (Meaning.TEXT, Meaning.ANSWER)),
        ("effort", (Meaning.HANDLING,)),
    ]
    log = table.mapping.kind is Kind.EVENT_LOG
    if log:
        wanted += [("way", (Meaning.CASE, Meaning.ACTIVITY, Meaning.TIME))]
    else:
        wanted += [("duration", (Meaning.START, Meaning.END))]
    wanted += [("volume", (Meaning.TIME if log else Meaning.START,))]
    return [
        Use(name, _usable(table, meanings), table.source.rows)
        for name, meanings in wanted
        if all(table.of(meaning) is not None for meaning in meanings)
    ]


def _usable(table: Table, meanings: Sequence[Meaning]) -> int:
    conditions = []
    for meaning in meanings:
        one = table.of(meaning)
        assert one is not None
        if meaning in (Meaning.TIME, Meaning.START, Meaning.END) and one.type is Type.DATE_TIME:
            conditions.append(f"{'e' if meaning is Meaning.END else 't'} IS NOT NULL")
        else:
            conditions.append(one.known)
    (count,) = table.one(
        "SELECT count(*) FROM raw JOIN moments ON moments.row = raw.row "  # noqa: S608 -- own names only
        f"WHERE {' AND '.join(conditions)} AND raw.row NOT IN (SELECT row FROM left_out)"
    )
    return int(count)


def measure_file(
    path: Path,
    *,
    given: Mapping[Meaning, str] | None = None,
    time: str | None = None,
    now: dt.datetime,
    filename: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    part: str | None = None,
) -> tuple[Guess, Profile]:
    """Reads a file of any known kind, guesses what is not `given`, and measures its quality.

    `time` names the column that dates the rows, whatever their shape. Raises `BadInput` where the file cannot be
    read, a column is unknown, or the named time holds no dates.
    """
    with open_source(path, filename=filename, limits=limits, progress=progress, part=part) as source:
        chosen = dict(given or {})
        profiles = source.profiles()
        guessed = guess(profiles, chosen)
        if time is not None:
            log = guessed.mapping.kind is Kind.EVENT_LOG
            chosen[Meaning.TIME if log else Meaning.START] = time
        check_names(chosen, source.columns)
        guessed = guess(profiles, chosen, guessed.mapping.kind)
        found = measure_quality(source, guessed.mapping, source.rejected, now)
    dated = found.column(time) if time is not None else None
    if dated is not None and dated.type is not Type.DATE_TIME:
        raise BadInput("The column holds no dates.", file=path.name, column=time)
    return guessed, found
