"""Answers to the risk questions that the data, the catalogue or the readiness check suggest. A person confirms."""

from dataclasses import dataclass
from typing import Any

from pilotwerk.company.domain.readiness import DimensionScore
from pilotwerk.company.selectors import readiness_result
from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.catalogue import usecase_catalogue
from pilotwerk.portfolio.domain.matching import Signals
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.registry import runs
from pilotwerk.portfolio.signals import signals
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import import_latest, personal_data_of

# Bounds of the options of the question "history" in data/risk.yaml.
PLENTY, SOME = 1000, 200
NEARLY_ALWAYS, A_PART = 0.9, 0.05
RELUCTANT_BELOW = 35.0
CULTURE = "people_culture"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option with its source: "measured" (on `n` cases, share 0..1 where one was), "catalogue", "own_machine",
    or "readiness" (average of `n` people as a share of the highest).
    """

    option: str
    source: str
    n: int = 0
    share: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the answer."""
        return {"source": self.source, "n": self.n, "share": self.share}


def suggestions(use_case: UseCase) -> dict[str, Suggestion]:
    """Risk question -> suggested answer, the measured ones over those of the catalogue."""
    found: dict[str, Suggestion] = {}
    entry = usecase_catalogue().find(use_case.template)
    if entry is not None:
        found |= {question: Suggestion(option, "catalogue") for question, option in entry.answers.items()}
    if runs(use_case.recipe):
        found["place"] = Suggestion("own", "own_machine")
    culture = readiness_result(use_case.organisation).dimensions.get(CULTURE)
    if isinstance(culture, DimensionScore):
        option = "no" if culture.mean < RELUCTANT_BELOW else "open"
        found["wanted"] = Suggestion(option, "readiness", culture.respondents, culture.mean / 100)
    latest = import_latest(use_case.organisation, use_case.process) if use_case.process else None
    if latest is not None:
        found |= _measured(signals(latest))
        if option := _personal(latest):
            found["personal"] = Suggestion(option, "measured", found["history"].n)
    return found


def _personal(latest: ProcessImport) -> str:
    """What the check of the columns found: bank accounts are private matters, all else is name and contact.

    That nothing was found suggests nothing, since the check cannot recognise everything; a free text or a column of
    people is taken for contact all the same.
    """
    columns = personal_data_of(latest)
    known = [] if isinstance(columns, CannotTell) else columns
    if any(one.kind is Personal.IBAN for one in known):
        return "private"
    people = any(latest.mapping.get(meaning) for meaning in ("text", "sender", "resource"))
    return "contact" if known or people else ""


def _measured(shown: Signals) -> dict[str, Suggestion]:
    cases = shown.cases
    volume = "plenty" if cases > PLENTY else "some" if cases >= SOME else "few" if cases else "none"
    labelled = max(shown.filled.get("category", 0.0), shown.filled.get("answer", 0.0))
    outcome = "always" if labelled >= NEARLY_ALWAYS else "partly" if labelled >= A_PART else "never"
    return {
        "history": Suggestion(volume, "measured", cases),
        "outcome": Suggestion(outcome, "measured", cases, labelled),
    }
