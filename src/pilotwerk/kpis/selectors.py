"""Reads about KPIs, baselines and goals."""

import hashlib
from datetime import date
from enum import StrEnum

from django.db.models import QuerySet

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.kpis.catalogue import Kpi, catalogue
from pilotwerk.kpis.domain.measures import COMPUTATIONS, Cases, Measure, TooLittle
from pilotwerk.kpis.domain.smart import Draft, Point, check
from pilotwerk.kpis.models import Baseline, Goal
from pilotwerk.kpis.registry import plan_window
from pilotwerk.processes import selectors as processes
from pilotwerk.processes.models import ProcessImport


def goals(organisation: Organisation) -> QuerySet[Goal]:
    """All goals, next due first."""
    return Goal.objects.of(organisation).select_related(
        "baseline__process_import__process", "owner__user", "organisation"
    )


def imports_measured(organisation: Organisation) -> list[ProcessImport]:
    """The latest finished import of each process: what baselines can be taken from."""
    found = (processes.import_latest(organisation, one) for one in processes.process_list(organisation))
    return [process_import for process_import in found if process_import is not None]


def cases(process_import: ProcessImport) -> Cases:
    """The import's per-case columns as the KPI functions take them."""
    columns = processes.case_values(process_import)
    return Cases(
        opened=columns.opened,
        closed=columns.closed,
        duration_days=columns.duration_days,
        handling_minutes=columns.handling_minutes,
        facts=process_import.facts or {},
    )


def measure(kpi: str, process_import: ProcessImport) -> Measure | TooLittle:
    """A computable KPI on an import. KeyError for one that no computation exists for."""
    return COMPUTATIONS[kpi](cases(process_import))


def measures(process_import: ProcessImport) -> list[tuple[Kpi, Measure | TooLittle]]:
    """All computable KPIs on an import, in the catalogue's order; the data is read once."""
    columns = cases(process_import)
    return [(kpi, COMPUTATIONS[kpi.id](columns)) for kpi in catalogue().kpis if kpi.computable]


def baseline_recompute(baseline: Baseline) -> Measure | TooLittle:
    """The KPI computed again from the same import, to check the frozen value against its data."""
    return measure(baseline.kpi, baseline.process_import)


class Recomputed(StrEnum):
    """What a baseline gives when it is computed again."""

    SAME = "same"
    DATA = "data"
    """The stored cases are not those it was frozen on."""
    DEFINITION = "definition"
    """The cases are the same, the figure is not: the computation has changed."""


def data_fingerprint(process_import: ProcessImport) -> str:
    """SHA-256 of the stored cases; empty where they are gone."""
    path = process_import.cases_file
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def baseline_check(baseline: Baseline) -> Recomputed:
    """Whether the frozen figure follows from its data to the last bit, and if not, what has changed."""
    again = baseline_recompute(baseline)
    if isinstance(again, Measure) and (again.value, again.n) == (baseline.value, baseline.n):
        return Recomputed.SAME
    known = baseline.data_fingerprint
    unchanged = bool(known) and data_fingerprint(baseline.process_import) == known
    return Recomputed.DEFINITION if unchanged else Recomputed.DATA


def smart(
    *,
    organisation: Organisation,
    kpi: Kpi,
    baseline: float | None,
    cases: int,
    target: float,
    due: date,
    owner: Membership | None,
) -> dict[Point, bool]:
    """What is asked of a goal, point by point, with yes or no."""
    return check(
        Draft(
            direction=kpi.direction,
            baseline=baseline,
            cases=cases,
            target=target,
            ceiling=1.0 if kpi.unit == "share" else None,
            due=due,
            window=plan_window(organisation),
            has_owner=owner is not None,
        )
    )
