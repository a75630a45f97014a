"""Reads of processes: lists, and the imported cases for the rooms above."""

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.selectors import profile
from pilotwerk.core.results import CannotTell
from pilotwerk.processes import analysis
from pilotwerk.processes.domain.figures import DAY_MICROSECONDS
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import profile_of
from pilotwerk.processes.domain.roles import PERSONAL, Kind
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.engine.backends import DuckDb
from pilotwerk.processes.engine.facts import facts_of
from pilotwerk.processes.engine.kept import case_count, opened
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.reading.limits import WEB, Limits

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

State = ProcessImport.State
WAITING = (State.UPLOADED, State.QUEUED, State.RUNNING)


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
    imports = ProcessImport.objects.of(organisation).exclude(state=State.DISCARDED)
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


def upload_limits() -> Limits:
    """How much an upload may hold: the installation's setting for the file, ours for what comes out of it."""
    return replace(WEB, file_bytes=settings.PILOTWERK_UPLOAD_MAX_BYTES)


def import_preview(process_import: ProcessImport, kind: Kind) -> analysis.Peek:
    """The first rows of an upload that waits for confirmation, and the guess for this shape of table."""
    return analysis.peek(
        process_import.upload, filename=process_import.filename, limits=upload_limits(), kind=kind
    )


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
        return CannotTell(_("This import was made before data quality was measured."))
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
