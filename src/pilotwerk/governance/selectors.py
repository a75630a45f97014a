"""Reads of the AI register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from pilotwerk.accounts.models import Organisation
from pilotwerk.company.models import WorksCouncil
from pilotwerk.company.selectors import profile
from pilotwerk.core import clock
from pilotwerk.governance.catalogue import law, questions
from pilotwerk.governance.domain import classify as rules
from pilotwerk.governance.domain.conditions import Fact
from pilotwerk.governance.domain.law import Rule, Sources
from pilotwerk.governance.models import AISystem, Classification
from pilotwerk.portfolio.models import UseCase

# With these results a pilot may start. "Prohibited", "high risk" and "open" are none of them.
STARTABLE = ("minimal", "transparency", "out_of_scope")

Answers = Mapping[str, str | list[str] | None]


@dataclass(frozen=True, slots=True)
class LegalDate:
    """A day on which a duty of the registered systems begins, and how many systems it concerns."""

    rule: Rule
    systems: int


def systems(organisation: Organisation) -> QuerySet[AISystem]:
    """All systems in the register, oldest first, with their classifications."""
    latest = Prefetch("classifications", queryset=Classification.objects.order_by("-classified_at"))
    found: QuerySet[AISystem] = AISystem.objects.of(organisation)
    return found.select_related("use_case", "responsible__user", "organisation").prefetch_related(latest)


def system_for_use_case(use_case: UseCase) -> AISystem | None:
    """The system that is registered for this use case, or None."""
    found: AISystem | None = AISystem.objects.filter(use_case=use_case).first()
    return found


def classification_on(system: AISystem, on: date) -> rules.Classification | None:
    """What the answers of the last classification give on that day under the rules in force; None without one."""
    latest = system.classification
    if latest is None:
        return None
    return classify(answers=latest.answers, country=latest.country, works_council=latest.works_council, on=on)


def classification_now(system: AISystem) -> rules.Classification | None:
    """The same for today."""
    return classification_on(system, clock.today(system.organisation.timezone))


def classify(*, answers: Answers, country: str, works_council: bool | None, on: date) -> rules.Classification:
    """The result for answers as they are stored. A question that the catalogue no longer has is left out."""
    known = law().questions
    facts: dict[str, Fact] = {
        name: frozenset(answer) if isinstance(answer, list) else answer
        for name, answer in answers.items()
        if name in known
    }
    return rules.classify(law(), answers=facts, country=country, works_council=works_council, on=on)


def system_is_ready(system: AISystem) -> bool:
    """Whether a pilot may start with it: classified, neither prohibited nor high-risk nor open, DPIA not missing."""
    return not obstacles(system)


def obstacles(system: AISystem) -> list[str]:
    """What still stands against a pilot, as codes: "unclassified", "prohibited", "high_risk", "open", "dpia"."""
    now = classification_now(system)
    if now is None:
        return ["unclassified"]
    found: list[str] = [] if now.risk_class in STARTABLE else [now.risk_class]
    if now.dpia == "required" and system.dpia == AISystem.Dpia.OPEN:
        found.append("dpia")
    return found


def dpia_is_open(system: AISystem, result: rules.Classification) -> bool:
    """Whether somebody must still decide on the impact assessment."""
    return result.dpia in ("required", "likely", "open") and system.dpia == AISystem.Dpia.OPEN


def works_council(organisation: Organisation) -> bool | None:
    """Whether there is a works council; None while it is not known or only being elected."""
    answers = {WorksCouncil.YES.value: True, WorksCouncil.NO.value: False}
    return answers.get(profile(organisation).works_council)


def proposed_answers(recipe: str) -> dict[str, str]:
    """What follows from how the recipe is built; a person may change it."""
    return {one.question: one.answer for one in questions().recipes.get(recipe, ())}


def sources() -> Sources:
    """Sources with the legal state and the day for the next review."""
    return law().sources


def review_is_due(organisation: Organisation) -> bool:
    """Whether the legal state is past its review day."""
    return law().review_due(clock.today(organisation.timezone))


def legal_dates(results: list[rules.Classification]) -> list[LegalDate]:
    """When the AI Act's duties of these systems begin, in order of the days."""
    counted: dict[str, tuple[Rule, int]] = {}
    for result in results:
        for duty in result.duties:
            if duty.rule.instrument == rules.ACT and duty.rule.applies_from:
                rule, count = counted.get(duty.rule.id, (duty.rule, 0))
                counted[duty.rule.id] = (rule, count + 1)
    found = [LegalDate(rule, count) for rule, count in counted.values()]
    return sorted(found, key=lambda one: (one.rule.applies_from or date.min, one.rule.id))
