"""Reads of processes: lists, and the imported cases for the rooms above."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.selectors import profile
from pilotwerk.core import jobs
from pilotwerk.core.results import CannotTell
from pilotwerk.processes import analysis
from pilotwerk.processes.databases.address import url_for
from pilotwerk.processes.domain.figures import DAY_MICROSECONDS
from pilotwerk.processes.domain.guess import as_last_time
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import profile_of
from pilotwerk.processes.domain.roles import PERSONAL, ColumnMapping, Kind, Meaning
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.engine.backends import DuckDb
from pilotwerk.processes.engine.facts import facts_of
from pilotwerk.processes.engine.kept import case_count, opened
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.reading import Limits, Source, open_source
from pilotwerk.processes.reading.limits import MEGABYTE, for_uploads
from pilotwerk.processes.reading.source import Progress
from pilotwerk.processes.reading.sql import IMPORT_SECONDS, PREVIEW_SECONDS, open_query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

State = ProcessImport.State
WAITING = (State.UPLOADED, State.QUEUED, State.RUNNING)
# Nothing of these is left but the audit trail.
GONE = (State.DISCARDED, State.CANCELLED, State.UNDONE)


@dataclass(frozen=True, slots=True)
class TextRow:
    """A case with its text: what a model learns from. `opened` is aware, UTC."""

    case: str
    text: str
    category: str | None
    answer: str | None
    opened: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CaseValues:
    """The cases of an import as columns of equal length, in the order of the file.

    `duration_days` is last minus first event, or end minus start; None where a case has no end yet.
    """

    case: list[str]
    opened: list[dt.datetime | None]
    closed: list[dt.datetime | None]
    duration_days: list[float | None]
    handling_minutes: list[float | None]

    def __len__(self) -> int:
        return len(self.case)


def process_list(organisation: Organisation) -> QuerySet[Process]:
    """All processes by name, each with its imports, newest first."""
    imports = ProcessImport.objects.of(organisation).exclude(state__in=GONE)
    found: QuerySet[Process] = Process.objects.of(organisation)
    return found.prefetch_related(Prefetch("imports", queryset=imports, to_attr="shown_imports"))


def import_latest(organisation: Organisation, process: Process) -> ProcessImport | None:
    """The newest import of a process whose facts stand."""
    found: ProcessImport | None = (
        ProcessImport.objects.of(organisation)
        .filter(process=process, state=State.DONE)
        .order_by("-finished_at")
        .first()
    )
    return found


def imports_done(organisation: Organisation) -> QuerySet[ProcessImport]:
    """All imports whose facts stand, newest first."""
    found: QuerySet[ProcessImport] = (
        ProcessImport.objects.of(organisation).filter(state=State.DONE).select_related("process")
    )
    return found.order_by("-finished_at")


def imports_with_text(organisation: Organisation) -> list[ProcessImport]:
    """Imports from which a model can learn: finished, with a column of texts. Newest first."""
    return [one for one in imports_done(organisation) if one.mapping.get("text")]


def import_open(organisation: Organisation, process: Process) -> ProcessImport | None:
    """An import of the process that is not finished yet."""
    found: ProcessImport | None = (
        ProcessImport.objects.of(organisation).filter(process=process, state__in=WAITING).first()
    )
    return found


def import_running(organisation: Organisation, process: Process, but: ProcessImport | None = None) -> bool:
    """Whether an import of the process, another one than `but`, waits for the worker or is being read."""
    running = ProcessImport.objects.of(organisation).filter(
        process=process, state__in=[State.QUEUED, State.RUNNING]
    )
    return bool((running.exclude(pk=but.pk) if but else running).exists())


def rests_on(process_import: ProcessImport) -> bool:
    """Whether anything of the rooms above refers to this import: goals, pilots and what else comes."""
    for relation in ProcessImport._meta.related_objects:
        if relation.related_model in (RejectedRow, ProcessImport):
            continue
        rows = relation.related_model._default_manager.filter(**{relation.field.name: process_import})
        if rows.exists():
            return True
    return False


def import_base(process_import: ProcessImport, *, own_names: bool = True) -> ProcessImport | None:
    """The import whose cases this one is united with: the latest of the process.

    None where there is none, where the new one shall replace it, or where cases cannot be told apart across
    exports: another kind of table, or no numbers of cases in one of them (`own_names`).
    """
    latest = import_latest(process_import.organisation, process_import.process)
    if latest is None or not process_import.unite or not own_names:
        return None
    case = str(Meaning.CASE)
    named = case in latest.mapping and case in process_import.mapping
    unnamed = "unnamed_cases" in latest.facts.get("source", {})
    same = latest.kind == process_import.kind and latest.cases_file.is_file()
    return latest if same and named and not unnamed else None


def mapping_remembered(
    process: Process, columns: Sequence[str], kind: Kind | None = None
) -> ColumnMapping | None:
    """What a person confirmed for the last file of this process with the same column names."""
    earlier = ProcessImport.objects.of(process.organisation_id).filter(process=process, state=State.DONE)
    for one in earlier.order_by("-finished_at")[:20]:
        if set(one.columns) == set(columns) and kind in (None, Kind(one.kind)):
            return one.column_mapping
    return None


def upload_limits() -> Limits:
    """How much an upload may hold, after the installation's setting."""
    return for_uploads(settings.PILOTWERK_UPLOAD_MAX_BYTES // MEGABYTE)


@contextmanager
def import_source(
    process_import: ProcessImport, *, sample: int | None = None, progress: Progress | None = None
) -> Iterator[Source]:
    """The rows of an import, from its uploaded file or from its query."""
    limits = upload_limits()
    if not process_import.query:
        name = process_import.filename
        with open_source(
            process_import.upload,
            filename=name,
            limits=limits,
            sample=sample,
            progress=progress,
            part=process_import.part or None,
        ) as source:
            yield source
        return
    if process_import.connection is None:
        raise Unreadable("sql.gone")
    seconds = IMPORT_SECONDS if sample is None else PREVIEW_SECONDS
    with open_query(
        url_for(process_import.connection),
        process_import.query,
        limits=limits,
        sample=sample,
        progress=progress,
        seconds=seconds,
    ) as source:
        yield source


def import_preview(process_import: ProcessImport, kind: Kind) -> analysis.Peek:
    """The first rows of an import that waits for confirmation, and what its columns mean in this shape of
    table: as a person said last time, else as guessed.
    """
    with import_source(process_import, sample=analysis.PEEK_ROWS) as source:
        seen = analysis.look(source, kind=kind)
    known = mapping_remembered(process_import.process, seen.columns, kind)
    return replace(seen, guess=as_last_time(known)) if known else seen


def quality_running(process_import: ProcessImport) -> bool:
    """Whether the quality of an import is being measured once more."""
    return jobs.waits(kind="processes.quality_run", payload={"import": str(process_import.pk)})


def readable_again(process_import: ProcessImport) -> bool:
    """Whether the rows of a finished import can be read once more: its file is kept, or its database known."""
    if process_import.query:
        return process_import.connection_id is not None
    return process_import.upload.is_file()


def rejected_rows(process_import: ProcessImport) -> QuerySet[RejectedRow]:
    """The rows that were not taken, in the order of the file."""
    found: QuerySet[RejectedRow] = RejectedRow.objects.of(process_import.organisation_id).filter(
        process_import=process_import
    )
    return found


def text_rows(process_import: ProcessImport) -> list[TextRow]:
    """The cases that have a text, in the order of the file. Empty where the import has no texts."""
    rows = _cases(process_import.cases_file, "case_id, text, category, answer, opened", "text IS NOT NULL")
    return [
        TextRow(case, text, category, answer, _moment(opened))
        for case, text, category, answer, opened in rows
    ]


def cases_table(process_import: ProcessImport) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    """The kept cases as a table of texts without free text: column names as in the file, and rows with their numbers.

    It is what is left of a file once it was imported, united with earlier imports.
    """
    names = process_import.mapping
    rows = _cases(process_import.cases_file, "case_id, opened, closed, category, handling", "true")
    columns = (
        names.get("case") or _("Case"),
        names.get("start") or names.get("time") or _("Beginning"),
        names.get("end") or _("End"),
        names.get("category") or _("Category"),
        names.get("handling") or _("Minutes of work"),
    )
    found = [
        (
            row[0] or "",
            *(
                f"{one:%Y-%m-%d %H:%M}" if one else ""
                for one in (shown_moment(at, process_import) for at in row[1:3])
            ),
            row[3] or "",
            "" if row[4] is None else f"{row[4]:g}",
        )
        for row in rows
    ]
    # A column that the file did not have would only be in the way.
    used = [place for place in range(len(columns)) if any(row[place] for row in found)]
    return tuple(columns[place] for place in used), [
        (number, tuple(row[place] for place in used)) for number, row in enumerate(found, start=2)
    ]


def case_values(process_import: ProcessImport) -> CaseValues:
    """What was measured for each case, as columns. Empty where nothing was imported."""
    rows = _cases(process_import.cases_file, "case_id, opened, closed, handling", "true")
    return CaseValues(
        case=[row[0] for row in rows],
        opened=[_moment(row[1]) for row in rows],
        closed=[_moment(row[2]) for row in rows],
        duration_days=[
            None if row[1] is None or row[2] is None else (row[2] - row[1]) / DAY_MICROSECONDS for row in rows
        ],
        handling_minutes=[row[3] for row in rows],
    )


def kept(process_import: ProcessImport, selection: Selection) -> AbstractContextManager["DuckDBPyConnection"]:
    """The imported cases that are selected, for the questions of `engine.kept`."""
    return opened(process_import.folder, selection, zone=_zone(process_import))


def facts_of_part(process_import: ProcessImport, selection: Selection) -> dict[str, Any] | CannotTell:
    """The facts of the selected cases, as of a whole import."""
    stored: dict[str, Any] = process_import.facts
    with kept(process_import, selection) as con:
        selected, _all = case_count(con)
        if not selected:
            return CannotTell(_("No case meets these conditions."))
        facts = facts_of(
            DuckDb(con),
            Kind(process_import.kind),
            zoned=stored.get("zoned", False),
            zone=_zone(process_import),
        )
    return stored | facts | {"topics": None}


def _zone(process_import: ProcessImport) -> ZoneInfo | None:
    """Where the clock hangs, for times that carry an offset from UTC."""
    zoned = process_import.facts.get("zoned", False)
    return ZoneInfo(process_import.organisation.timezone) if zoned else None


def shown_moment(microseconds: int | None, process_import: ProcessImport) -> dt.datetime | None:
    """A stored point in time for the page: as it stands in the file, or on the organisation's clock."""
    found = _moment(microseconds)
    zone = _zone(process_import)
    return found if found is None else found.astimezone(zone) if zone else found.replace(tzinfo=None)


def _moment(microseconds: int | None) -> dt.datetime | None:
    if microseconds is None:
        return None
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=microseconds)


def _cases(path: Path, columns: str, condition: str) -> list[tuple[Any, ...]]:
    """Reads columns of the stored cases. `columns` and `condition` are our own, never a person's."""
    if not path.is_file():
        return []
    import duckdb

    with duckdb.connect(":memory:") as con:
        return con.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE {condition} ORDER BY case_no",  # noqa: S608
            [str(path)],
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Line:
    """A process in the list: its latest facts, and an import that waits or runs."""

    process: Process
    latest: ProcessImport | None
    waiting: ProcessImport | None


def overview(organisation: Organisation) -> list[Line]:
    """All processes by name, in two queries."""
    lines = []
    for process in process_list(organisation):
        imports: list[ProcessImport] = getattr(process, "shown_imports", [])
        latest = next((one for one in imports if one.state == State.DONE), None)
        waiting = next((one for one in imports if one.state in WAITING), None)
        lines.append(Line(process, latest, waiting))
    return lines


def process_named(organisation: Organisation, name: str) -> Process | None:
    """The process of this name."""
    found: Process | None = Process.objects.of(organisation).filter(name=" ".join(name.split())).first()
    return found


def imports_of(process: Process) -> QuerySet[ProcessImport]:
    """The finished imports of a process, newest first."""
    found: QuerySet[ProcessImport] = ProcessImport.objects.of(process.organisation_id).filter(
        process=process, state=State.DONE
    )
    return found.order_by("-finished_at")


def import_before(process_import: ProcessImport) -> ProcessImport | None:
    """The finished import of the same process before this one."""
    found: ProcessImport | None = (
        imports_of(process_import.process).filter(finished_at__lt=process_import.finished_at).first()
    )
    return found


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column with personal data, as the profile found it: email, phone, name, iban, address or free_text.

    `kept` says whether the import kept it; columns without a meaning and those that name people are left out.
    """

    name: str
    kind: Personal
    kept: bool


def personal_data_of(process_import: ProcessImport) -> list[PersonalColumn] | CannotTell:
    """Which columns of an import hold personal data; cannot be told for imports without a profile."""
    profile = profile_of(process_import.facts)
    if profile is None:
        return CannotTell(_("The quality of these data is not measured."))
    kept = {
        name for meaning, name in process_import.column_mapping.columns.items() if meaning not in PERSONAL
    }
    return [
        PersonalColumn(one.name, one.personal_data, one.name in kept)
        for one in profile.columns
        if one.personal_data is not Personal.NONE
    ]


def day_of(moment: str | None) -> dt.date | None:
    """The day of a stored point in time, as it stands in the file."""
    return None if moment is None else dt.datetime.fromisoformat(moment).date()


def hourly_cost(organisation: Organisation) -> float | None:
    """What an hour of office work costs, from the company profile, in euro."""
    known: float | None = profile(organisation).hourly_cost
    return known
