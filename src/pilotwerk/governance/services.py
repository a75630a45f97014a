"""Writes of the AI register. Each is one transaction with one audit entry."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation, User
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.governance import selectors
from pilotwerk.governance.catalogue import law, questions
from pilotwerk.governance.models import AISystem, Classification
from pilotwerk.portfolio.models import Recipe, UseCase

CHANGEABLE = ("name", "purpose", "recipe", "provider", "use_case", "responsible", "state")


@transaction.atomic
def system_register(
    *,
    organisation: Organisation,
    actor: Actor,
    name: str,
    purpose: str,
    recipe: str = Recipe.OTHER,
    provider: str = "",
    use_case: UseCase | None = None,
    responsible: Membership | None = None,
    state: str = AISystem.State.PLANNED,
) -> AISystem:
    """A system has one entry, and a use case has at most one system."""
    _must_be_ours(organisation, use_case, responsible)
    _must_be_free(organisation, name, use_case)
    system: AISystem = AISystem.objects.create(
        organisation=organisation,
        name=name.strip(),
        purpose=purpose.strip(),
        recipe=recipe,
        provider=provider.strip(),
        use_case=use_case,
        responsible=responsible,
        state=state,
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="governance.system_registered",
        subject=("governance.AISystem", str(system.id)),
        data={
            "name": system.name,
            "purpose": system.purpose,
            "recipe": recipe,
            "state": state,
            "provider": system.provider,
            "use_case": str(use_case.id) if use_case else None,
        },
    )
    return system


@transaction.atomic
def system_change(*, organisation: Organisation, actor: Actor, system: AISystem, **changed: Any) -> AISystem:
    """An entry may change; its classifications stay as they were."""
    if strange := set(changed) - set(CHANGEABLE):
        raise TypeError(f"cannot change {sorted(strange)}")
    _must_be_ours(organisation, changed.get("use_case"), changed.get("responsible"))
    _must_be_free(organisation, changed.get("name", system.name), changed.get("use_case"), besides=system)
    before = {name: _plain(getattr(system, name)) for name in changed}
    for name, value in changed.items():
        setattr(system, name, value)
    try:
        with transaction.atomic():
            system.save(update_fields=list(changed))
    except IntegrityError as clash:
        raise Refused(_("Another system with this name or use case was entered just now.")) from clash
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="governance.system_changed",
        subject=("governance.AISystem", str(system.id)),
        data={
            "name": system.name,
            "before": before,
            "after": {name: _plain(value) for name, value in changed.items()},
        },
    )
    return system


@transaction.atomic
def system_classify(
    *, organisation: Organisation, actor: Actor, system: AISystem, answers: selectors.Answers
) -> Classification:
    """Answers about the system give a result by fixed rules; both are kept, with the legal state.

    `answers`: question -> value, list of values for questions with several, None or missing for "I do not
    know". BadInput for an answer that the question does not allow.
    """
    today = clock.today(organisation.timezone)
    council = selectors.works_council(organisation)
    _must_be_known(answers)
    result = selectors.classify(
        answers=answers, country=organisation.country, works_council=council, on=today
    )
    classification: Classification = Classification.objects.create(
        organisation=organisation,
        system=system,
        answers={name: answers.get(name) for name in law().questions},
        country=organisation.country,
        works_council=council,
        result=result.as_json(),
        legal_state=result.legal_state,
        questions_version=questions().version,
        classified_by=User.objects.filter(pk=actor.id).first() if actor.kind == "member" else None,
        classified_name=actor.name,
    )
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="governance.system_classified",
        subject=("governance.AISystem", str(system.id)),
        data={
            "name": system.name,
            "risk_class": result.risk_class,
            "legal_state": result.legal_state.isoformat(),
            "classification": str(classification.id),
            "answers": classification.answers,
        },
    )
    return classification


@transaction.atomic
def dpia_decide(
    *, organisation: Organisation, actor: Actor, system: AISystem, decision: str, reason: str
) -> AISystem:
    """A person decides with a reason: the impact assessment is done, or it is not needed."""
    if decision not in (AISystem.Dpia.DONE, AISystem.Dpia.NOT_NEEDED):
        raise Refused(_("Choose whether the assessment is done or not needed."))
    if not reason.strip():
        raise Refused(_("Write down the reason, or where the assessment is kept."))
    AISystem.objects.filter(pk=system.pk).update(
        dpia=decision, dpia_reason=reason.strip(), dpia_name=actor.name, dpia_at=clock.now()
    )
    system.refresh_from_db()
    record(
        organisation_id=organisation.id,
        actor=actor,
        action="governance.dpia_decided",
        subject=("governance.AISystem", str(system.id)),
        data={"name": system.name, "decision": decision, "reason": system.dpia_reason},
    )
    return system


def _must_be_known(answers: selectors.Answers) -> None:
    for name, answer in answers.items():
        question = questions().by_id(name)
        if question is None:
            raise BadInput(f"there is no question {name}")
        allowed = {option.value for option in question.options}
        given = set(answer) if isinstance(answer, list) else {answer} - {None}
        if not given <= allowed or (
            answer is not None and isinstance(answer, list) != (question.kind == "many")
        ):
            raise BadInput(f"{name} allows {', '.join(sorted(allowed))}")


def _must_be_ours(
    organisation: Organisation, use_case: UseCase | None, responsible: Membership | None
) -> None:
    for row in (use_case, responsible):
        if row is not None and row.organisation_id != organisation.id:
            raise Refused(_("This belongs to another organisation."))


def _must_be_free(
    organisation: Organisation, name: str, use_case: UseCase | None, besides: AISystem | None = None
) -> None:
    others = AISystem.objects.of(organisation)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.filter(name=name.strip()).exists():
        raise Refused(_("“%(name)s” is in the register already.") % {"name": name.strip()})
    if use_case is not None and others.filter(use_case=use_case).exists():
        raise Refused(_("This use case has a system in the register already."))


def _plain(value: Any) -> Any:
    return str(value.pk) if hasattr(value, "pk") else value
