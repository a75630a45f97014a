"""Reads about use cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.selectors import profile
from pilotwerk.core.results import CannotTell
from pilotwerk.kpis.selectors import cases
from pilotwerk.portfolio.catalogue import Entry, usecase_catalogue
from pilotwerk.portfolio.domain.matching import Match, Need, Signals, match
from pilotwerk.portfolio.domain.measured import minutes_per_case, volume_per_year
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.ranking import ranked
from pilotwerk.portfolio.domain.simulation import Stability, stability
from pilotwerk.portfolio.models import State, Trial, UseCase
from pilotwerk.portfolio.registry import RecipeTrial, runs
from pilotwerk.portfolio.registry import trial as recipe_trial
from pilotwerk.portfolio.signals import signals
from pilotwerk.processes.models import Process, ProcessImport
from pilotwerk.processes.selectors import import_latest, process_list

# Trials from before docs/adr/0017 measured another share.
OUTDATED = Q(state=Trial.State.DONE) & ~Q(figures__has_key="wasted")


@dataclass(frozen=True, slots=True)
class Known:
    """An input: its value, where it comes from, on how many cases it rests, or who estimated it on which day."""

    value: Range
    source: str
    n: int = 0
    by: str = ""
    on: str = ""


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


def usecases_stability(use_cases: Iterable[UseCase]) -> dict[str, Stability]:
    """How sure the ranking of these use cases is, by name; those not assessed yet take no part."""
    candidates = (one.candidate for one in use_cases if one.is_assessed)
    return stability([one for one in candidates if one is not None])


def trial_latest(use_case: UseCase) -> Trial | None:
    """The newest trial of a use case, whatever became of it."""
    found: Trial | None = (
        Trial.objects.of(use_case.organisation_id)
        .filter(use_case=use_case)
        .exclude(OUTDATED)
        .select_related("process_import")
        .first()
    )
    return found


def trial_measured(use_case: UseCase) -> Trial | None:
    """The newest finished trial on the process that the use case is about now."""
    found: Trial | None = (
        Trial.objects.of(use_case.organisation_id)
        .filter(use_case=use_case, state=Trial.State.DONE, process_import__process=use_case.process_id)
        .exclude(OUTDATED)
        .first()
    )
    return found


def trial_offered(use_case: UseCase) -> tuple[RecipeTrial, ProcessImport] | CannotTell | None:
    """What a trial would use; None where the recipe has none, CannotTell where the data does not suffice yet."""
    offered = recipe_trial(use_case.recipe)
    if offered is None:
        return None
    latest = import_latest(use_case.organisation, use_case.process) if use_case.process else None
    if latest is None:
        return CannotTell("process")
    missing = [meaning for meaning in offered.needs if not latest.mapping.get(meaning)]
    return CannotTell(missing[0]) if missing else (offered, latest)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A typical use case with the process that it fits best; without imports there is no match."""

    entry: Entry
    match: Match | None
    process_import: ProcessImport | None
    runs: bool
    signals: Signals | None = None


def catalogue_matched(organisation: Organisation) -> list[Suggested]:
    """All typical use cases, the best fit to the imported processes first."""
    catalogue = usecase_catalogue()
    latest = [import_latest(organisation, one) for one in process_list(organisation)]
    shown = [(one, signals(one)) for one in latest if one is not None]
    found = []
    for entry in catalogue.entries:
        fields = [catalogue.field(name) for name in entry.needs]
        needs = [Need(field.id, field.meaning, field.columns) for field in fields]
        fits = [(match(needs, entry.words, signal), one, signal) for one, signal in shown]
        best = min(fits, key=lambda fit: fit[0].order) if fits else (None, None, None)
        found.append(Suggested(entry, best[0], best[1], runs(entry.recipe), best[2]))
    return sorted(found, key=lambda one: ((one.match.order if one.match else ()), not one.runs))


def known_inputs(
    organisation: Organisation, process: Process | None, use_case: UseCase | None = None
) -> dict[str, Known]:
    """What is measured on the process's latest import or by a trial, or stands in the profile, by input."""
    found: dict[str, Known] = {}
    hourly_cost = profile(organisation).hourly_cost
    if hourly_cost is not None:
        found["hourly_cost"] = Known(Range.exactly(hourly_cost), "profile")
    latest = import_latest(organisation, process) if process is not None else None
    if latest is not None:
        found |= _measured(latest)
    tried = trial_measured(use_case) if use_case is not None else None
    if tried is not None:
        found["automatable_share"] = Known(tried.range, "measured", tried.n)
        found["wasted_share"] = Known(Range(*tried.figures["wasted"]), "measured", tried.n)
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
