"""Writes about use cases. Each is one transaction with one audit entry."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.services import record
from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.portfolio import words
from pilotwerk.portfolio.catalogue import risk_catalogue
from pilotwerk.portfolio.domain.potential import Inputs, LookAgain, Verdict, look_again, potential
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.risk import risk
from pilotwerk.portfolio.models import Recipe, State, UseCase
from pilotwerk.portfolio.selectors import Known, known_inputs, usecase_chosen
from pilotwerk.processes.models import Process

INPUTS = tuple(Inputs.__dataclass_fields__)
DECISION = ("state", "refused_by_rule", "reason", "look_again", "decided_by", "decided_at")


@transaction.atomic
def usecase_add(
    *,
    organisation: Organisation,
    actor: Actor,
    name: str,
    description: str = "",
    process: Process | None = None,
    recipe: str = "other",
    template: str = "",
) -> UseCase:
    """A new idea starts as a candidate. Names are unique in an organisation."""
    if UseCase.objects.of(organisation).filter(name=name).exists():
        raise Refused(_("There is a use case called “%(name)s” already.") % {"name": name})
    made = UseCase.objects.create(
        organisation=organisation,
        name=name,
        description=description,
        process=process,
        recipe=Recipe(recipe).value,
        template=template,
    )
    _record(actor, made, "added", recipe=made.recipe, process=str(process.id) if process else None)
    return made


@transaction.atomic
def usecase_change(
    *,
    organisation: Organisation,
    actor: Actor,
    use_case: UseCase,
    name: str,
    description: str,
    process: Process | None,
    recipe: str,
) -> UseCase:
    """Change name, description, process or kind; the assessment stays until it is made again."""
    if UseCase.objects.of(organisation).filter(name=name).exclude(pk=use_case.pk).exists():
        raise Refused(_("There is a use case called “%(name)s” already.") % {"name": name})
    if use_case.state == State.CHOSEN and recipe != use_case.recipe:
        raise Refused(_("The kind of the chosen use case stays as it is. Choose another use case instead."))
    use_case.name, use_case.description = name, description
    use_case.process, use_case.recipe = process, recipe
    use_case.save(update_fields=["name", "description", "process", "recipe"])
    _record(actor, use_case, "changed", recipe=recipe, process=str(process.id) if process else None)
    return use_case


@transaction.atomic
def usecase_assess(
    *,
    organisation: Organisation,
    actor: Actor,
    use_case: UseCase,
    inputs: Mapping[str, Range],
    answers: Mapping[str, str | None],
) -> UseCase:
    """Calculate potential and risk. Inputs that are left out come from the import or the profile.

    A candidate without clear benefit in 12 months, or with a prohibited practice, is refused at once; one that was
    refused by this rule becomes a candidate again when the rule no longer refuses it.
    """
    used = _complete(inputs, known_inputs(organisation, use_case.process))
    values = Inputs(**{name: known.value for name, known in used.items()})
    catalogue = risk_catalogue()
    scored = risk(catalogue.questions(), answers)
    result = potential(values)
    again = look_again(values)
    prohibited = bool(catalogue.prohibitions(dict(answers)))
    use_case.inputs = {
        name: {**_plain_range(known.value), "source": known.source, "n": known.n}
        for name, known in used.items()
    }
    use_case.answers = dict(answers)
    use_case.scores = {
        **{name: _triple(getattr(result, name)) for name in ("hours", "benefit", "cost", "net")},
        "risk": _triple(scored.score),
        "groups": {group: _triple(value) for group, value in scored.groups.items()},
        "unanswered": list(scored.unanswered),
        "verdict": result.verdict.value,
        "prohibited": prohibited,
        "look_again": again.cases_per_year if isinstance(again, LookAgain) else None,
        "questions": catalogue.version,
    }
    use_case.assessed_at = clock.now()
    # The state may have changed since the page was opened; nobody changes it until this transaction ends.
    now = UseCase.objects.of(organisation).select_for_update().get(pk=use_case.pk)
    for field in DECISION:
        setattr(use_case, field, getattr(now, field))
    _apply_rule(use_case, actor, refuse=prohibited or result.verdict is Verdict.NONE)
    use_case.save(update_fields=["inputs", "answers", "scores", "assessed_at", *DECISION])
    _record(
        actor,
        use_case,
        "assessed",
        inputs=use_case.inputs,
        answers=use_case.answers,
        scores=use_case.scores,
        state=use_case.state,
    )
    return use_case


def _apply_rule(use_case: UseCase, actor: Actor, *, refuse: bool) -> None:
    if refuse and use_case.state == State.CANDIDATE:
        use_case.state, use_case.refused_by_rule = State.REFUSED, True
        use_case.reason = use_case.look_again = ""
        use_case.decided_by, use_case.decided_at = actor.name, clock.now()
    elif not refuse and use_case.state == State.REFUSED and use_case.refused_by_rule:
        use_case.state, use_case.refused_by_rule = State.CANDIDATE, False
        use_case.decided_by, use_case.decided_at = "", None


def _complete(given: Mapping[str, Range], known: Mapping[str, Known]) -> dict[str, Known]:
    if unknown := set(given) - set(INPUTS):
        raise ValueError(f"there are no inputs {sorted(unknown)}")
    estimated = {name: Known(value, "estimated") for name, value in given.items()}
    complete = {**known, **estimated}
    if missing := [words.input_name(name) for name in INPUTS if name not in complete]:
        raise Refused(_("Still needed for the calculation: %(names)s.") % {"names": ", ".join(missing)})
    return {name: complete[name] for name in INPUTS}


@transaction.atomic
def usecase_refuse(
    *, organisation: Organisation, actor: Actor, use_case: UseCase, reason: str, look_again: str = ""
) -> UseCase:
    """A person says no, with a reason and the condition under which to look again. Not for the chosen one."""
    if not reason.strip():
        raise Refused(_("A refusal needs a reason."))
    changed = (
        UseCase.objects.of(organisation)
        .filter(pk=use_case.pk, state__in=[State.CANDIDATE, State.REFUSED])
        .update(
            state=State.REFUSED,
            reason=reason,
            look_again=look_again,
            refused_by_rule=False,
            decided_by=actor.name,
            decided_at=clock.now(),
        )
    )
    if changed != 1:
        raise Refused(_("The chosen use case cannot be refused. Choose another one first."))
    use_case.refresh_from_db()
    _record(actor, use_case, "refused", reason=reason, look_again=look_again)
    return use_case


@transaction.atomic
def usecase_reopen(*, organisation: Organisation, actor: Actor, use_case: UseCase) -> UseCase:
    """Take up a use case again that a person had refused. What the rule refuses needs a new assessment."""
    if words.rule_reason(use_case):
        raise Refused(_("The figures refuse this use case. Assess it again with new figures."))
    changed = (
        UseCase.objects.of(organisation)
        .filter(pk=use_case.pk, state=State.REFUSED)
        .update(
            state=State.CANDIDATE,
            reason="",
            look_again="",
            refused_by_rule=False,
            decided_by="",
            decided_at=None,
        )
    )
    if changed != 1:
        raise Refused(_("This use case is not refused."))
    use_case.refresh_from_db()
    _record(actor, use_case, "reopened")
    return use_case


@transaction.atomic
def usecase_choose(
    *, organisation: Organisation, actor: Actor, use_case: UseCase, reason: str = ""
) -> UseCase:
    """Choose the one use case for the pilot. It must be assessed and not refused; a change needs a reason."""
    before = usecase_chosen(organisation)
    if before is not None and before.pk == use_case.pk:
        return before
    if not use_case.is_assessed:
        raise Refused(_("Assess the use case first: potential and risk are not known yet."))
    if use_case.verdict is Verdict.NONE or use_case.scores["prohibited"]:
        raise Refused(words.rule_reason(use_case))
    if before is not None:
        if not reason.strip():
            raise Refused(
                _("“%(name)s” is chosen already. Say why another one shall take its place.")
                % {"name": before.name}
            )
        UseCase.objects.of(organisation).filter(pk=before.pk, state=State.CHOSEN).update(
            state=State.CANDIDATE, reason="", decided_by="", decided_at=None
        )
    changed = (
        UseCase.objects.of(organisation)
        .filter(pk=use_case.pk, state=State.CANDIDATE)
        .update(state=State.CHOSEN, reason=reason, decided_by=actor.name, decided_at=clock.now())
    )
    if changed != 1:
        raise Refused(_("A refused use case cannot be chosen. Take it up again first."))
    use_case.refresh_from_db()
    _record(actor, use_case, "chosen", reason=reason, before=str(before.id) if before else None)
    return use_case


def _record(actor: Actor, use_case: UseCase, verb: str, **data: Any) -> None:
    record(
        organisation_id=use_case.organisation_id,
        actor=actor,
        action=f"portfolio.usecase_{verb}",
        subject=("portfolio.UseCase", str(use_case.id)),
        data={"name": use_case.name, **data},
    )


def _triple(value: Range) -> list[float]:
    return [value.low, value.likely, value.high]


def _plain_range(value: Range) -> dict[str, float]:
    return {"low": value.low, "likely": value.likely, "high": value.high}
