"""Reads about use cases."""

from dataclasses import dataclass

from django.db.models import QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.selectors import profile
from pilotwerk.core.results import CannotTell
from pilotwerk.kpis.selectors import cases
from pilotwerk.portfolio.domain.measured import minutes_per_case, volume_per_year
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.ranking import ranked
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.processes.models import Process, ProcessImport
from pilotwerk.processes.selectors import import_latest


@dataclass(frozen=True, slots=True)
class Known:
    """An input that need not be estimated: its value, where it comes from, and how many cases it rests on."""

    value: Range
    source: str
    n: int = 0


def usecases(organisation: Organisation) -> QuerySet[UseCase]:
    """All use cases, oldest first."""
    return UseCase.objects.of(organisation).select_related("process", "organisation")


def usecases_ranked(organisation: Organisation) -> list[UseCase]:
    """Use cases that are not refused, by risk-adjusted benefit; those not assessed yet come last."""
    return ranked(
        list(usecases(organisation).exclude(state=State.REFUSED)),
        lambda one: (one.score("net"), one.score("risk")) if one.is_assessed else None,
    )


def usecases_refused(organisation: Organisation) -> QuerySet[UseCase]:
    """Refused use cases, the last decision first."""
    return usecases(organisation).filter(state=State.REFUSED).order_by("-decided_at")


def usecase_chosen(organisation: Organisation) -> UseCase | None:
    """The one use case that is chosen for the pilot, or None."""
    return usecases(organisation).filter(state=State.CHOSEN).first()


def known_inputs(organisation: Organisation, process: Process | None) -> dict[str, Known]:
    """What is measured from the process's latest import or stands in the profile, by name of the input."""
    found: dict[str, Known] = {}
    hourly_cost = profile(organisation).hourly_cost
    if hourly_cost is not None:
        found["hourly_cost"] = Known(Range.exactly(hourly_cost), "profile")
    latest = import_latest(organisation, process) if process is not None else None
    if latest is not None:
        found |= _measured(latest)
    return found


def _measured(latest: ProcessImport) -> dict[str, Known]:
    columns = cases(latest)
    opened = [moment for moment in columns.opened if moment is not None]
    results = {
        "cases_per_year": (volume_per_year(opened), len(opened)),
        "minutes_per_case": (
            minutes_per_case(columns.handling_minutes),
            sum(value is not None for value in columns.handling_minutes),
        ),
    }
    return {
        name: Known(value, "measured", n)
        for name, (value, n) in results.items()
        if not isinstance(value, CannotTell)
    }
