"""What an import shows about its topic and its data, read from the stored cases."""

from functools import lru_cache
from pathlib import Path

from pilotwerk.portfolio.domain.matching import Signals
from pilotwerk.processes.domain.quality.profile import profile_of
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.processes.models import ProcessImport

CATEGORIES, TEXTS = 60, 400
# Meaning of a column -> where the stored cases keep it.
STORED = {
    Meaning.START.value: "opened",
    Meaning.END.value: "closed",
    Meaning.TEXT.value: "text",
    Meaning.CATEGORY.value: "category",
    Meaning.ANSWER.value: "answer",
    Meaning.HANDLING.value: "handling",
}


def signals(process_import: ProcessImport) -> Signals:
    """What a finished import shows. An import never changes, so it is read once a process."""
    found = _read(str(process_import.cases_file), process_import.fingerprint)
    cases, filled, categories, texts, minutes = found
    if process_import.kind == Kind.EVENT_LOG and cases:
        filled = {**filled, Meaning.ACTIVITY.value: 1.0}
    return Signals(
        cases=cases,
        filled=filled,
        name=f"{process_import.process.name} | {process_import.filename}",
        columns=tuple(str(column) for column in process_import.columns),
        categories=categories,
        texts=texts,
        minutes=minutes,
        free=_free(process_import),
    )


def _free(process_import: ProcessImport) -> tuple[str, ...]:
    """Columns in which a further field may be: not empty, and not the case's number, time, text or person.

    A category or a step may be more than that, for example an outcome.
    """
    meanings = process_import.column_mapping.columns
    taken = {
        name for meaning, name in meanings.items() if meaning not in (Meaning.CATEGORY, Meaning.ACTIVITY)
    }
    profile = profile_of(process_import.facts)
    filled = {one.name for one in profile.columns if one.filled} if profile else None
    return tuple(
        name
        for name in map(str, process_import.columns)
        if name not in taken and (filled is None or name in filled)
    )


@lru_cache(maxsize=64)
def _read(
    path: str, fingerprint: str
) -> tuple[int, dict[str, float], tuple[str, ...], tuple[str, ...], float | None]:
    if not Path(path).is_file():
        return 0, {}, (), (), None
    import duckdb

    counts = ", ".join(f"count({column})" for column in STORED.values())
    query = f"SELECT count(*), avg(handling), {counts} FROM read_parquet(?)"  # noqa: S608
    with duckdb.connect(":memory:") as con:
        total, minutes, *filled = con.execute(query, [path]).fetchall()[0]
        categories = con.execute(
            "SELECT category FROM read_parquet(?) WHERE category IS NOT NULL GROUP BY 1 "
            "ORDER BY count(*) DESC, 1 LIMIT ?",
            [path, CATEGORIES],
        ).fetchall()
        step = max(1, total // TEXTS)
        texts = con.execute(
            "SELECT left(text, 2000) FROM read_parquet(?) WHERE text IS NOT NULL AND case_no % ? = 0 "
            "ORDER BY case_no LIMIT ?",
            [path, step, TEXTS],
        ).fetchall()
    shares = {name: count / total for name, count in zip(STORED, filled, strict=True)} if total else {}
    return total, shares, tuple(row[0] for row in categories), tuple(row[0] for row in texts), minutes
