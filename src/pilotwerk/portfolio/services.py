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
from pilotwerk.portfolio.catalogue import risk_catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.potential import INPUTS, OPTIONAL, SHARES, potential
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.refusal import BENEFIT_BOUND, Verdict, outlook
from pilotwerk.portfolio.domain.risk import risk
from pilotwerk.portfolio.models import Recipe, State, UseCase
from pilotwerk.portfolio.selectors import Known, known_inputs, usecase_chosen
from pilotwerk.portfolio.suggesting import suggestions
from pilotwerk.processes.models import Process

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
    """Calculate potential and risk. Inputs that are left out come from import, trial or profile.

    A candidate whose net benefit in 12 months is too unlikely (`domain.refusal`), or with a prohibited practice, is
    refused at once; one that was refused by this rule becomes a candidate again when the rule no longer refuses it.
    """
    used = _complete(use_case, actor, inputs)
    catalogue = risk_catalogue()
    scored = risk(catalogue.questions(), answers)
    prohibited = bool(catalogue.prohibitions(dict(answers)))
    use_case.inputs = {name: _stored(known) for name, known in used.items()}
    use_case.answers = dict(answers)
    use_case.answer_sources = _answer_sources(use_case, actor, answers)
    use_case.scores = {
        "risk": _triple(scored.score),
        "groups": {group: _triple(value) for group, value in scored.groups.items()},
        "unanswered": list(scored.unanswered),
        "prohibited": prohibited,
        "questions": catalogue.version,
    }
    use_case.scores |= _scores(use_case)
    use_case.assessed_at = clock.now()
    # The state may have changed since the page was opened; nobody changes it until this transaction ends.
    now = UseCase.objects.of(organisation).select_for_update().get(pk=use_case.pk)
    for field in DECISION:
        setattr(use_case, field, getattr(now, field))
    _apply_rule(use_case, actor, refuse=prohibited or use_case.verdict is Verdict.NONE)
    use_case.save(update_fields=["inputs", "answers", "answer_sources", "scores", "assessed_at", *DECISION])
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


def _scores(use_case: UseCase) -> dict[str, Any]:
    """Potential, probability of a benefit, and what would change a refusal, from inputs and risk groups."""
    values, candidate = use_case.values, use_case.candidate
    assert values is not None
    assert candidate is not None
    result, found = potential(values), outlook(candidate)
    return {
        **{name: _triple(getattr(result, name)) for name in ("hours", "benefit", "cost", "net")},
        "chance": found.chance,
        "spread": _triple(found.net),
        "bound": BENEFIT_BOUND,
        "verdict": found.verdict.value,
        "conditions": [
            {"lever": one.lever.value, "now": one.now, "needed": one.needed} for one in found.conditions
        ],
    }


def _complete(use_case: UseCase, actor: Actor, given: Mapping[str, Range]) -> dict[str, Known]:
    """All inputs with their source: what is given, then what is known, then 0 for what may be left out."""
    if unknown := set(given) - set(INPUTS):
        raise ValueError(f"there are no inputs {sorted(unknown)}")
    known = known_inputs(use_case.organisation, use_case.process, use_case)
    left_out = {name: Known(Range.exactly(0.0), "left_out") for name in OPTIONAL}
    named = {name: _estimated(use_case, actor, name, value) for name, value in given.items()}
    if "automatable_share" in named:  # the measured share of wrong proposals belongs to that of right ones
        known.pop("wasted_share", None)
    complete = {**left_out, **known, **named}
    if missing := [words.input_name(name) for name in INPUTS if name not in complete]:
        raise Refused(_("Still needed for the calculation: %(names)s.") % {"names": ", ".join(missing)})
    return {name: complete[name] for name in INPUTS}


def _estimated(use_case: UseCase, actor: Actor, name: str, value: Range) -> Known:
    """Who estimated this: the catalogue, whoever named the same range before, or the one who names it now."""
    catalogue = usecase_catalogue()
    entry = catalogue.find(use_case.template or use_case.recipe)
    if entry is not None and name in (offered := catalogue.inputs_of(entry)):
        proposed = Range(*offered[name])
        if value.is_close(proposed / 100 if name in SHARES else proposed):
            return Known(value, "catalogue", on=catalogue.version)
    before = use_case.inputs.get(name, {})
    same = before.get("source") == "estimated" and value.is_close(
        Range(before["low"], before["likely"], before["high"])
    )
    if same and before.get("by"):
        return Known(value, "estimated", by=before["by"], on=before["on"])
    today = clock.today(use_case.organisation.timezone)
    return Known(value, "estimated", by=actor.name, on=today.isoformat())


def _stored(known: Known) -> dict[str, Any]:
    stored = {**_plain_range(known.value), "source": known.source, "n": known.n}
    return {**stored, "by": known.by, "on": known.on} if known.on else stored


def _answer_sources(
    use_case: UseCase, actor: Actor, answers: Mapping[str, str | None]
) -> dict[str, dict[str, Any]]:
    """For each answer whether it was suggested, from what, and who confirmed or gave it."""
    suggested = suggestions(use_case)
    on = clock.today(use_case.organisation.timezone).isoformat()
    found = {}
    for question, option in answers.items():
        one = suggested.get(question)
        origin = one.as_json() if one and one.option == option else {"source": "person"}
        found[question] = {**origin, "by": actor.name, "on": on}
    return found


@transaction.atomic
def usecase_recalculate(*, organisation: Organisation, actor: Actor, use_case: UseCase) -> UseCase:
    """Assess again with the same estimates and answers and what has been measured since."""
    if not use_case.is_assessed:
        raise Refused(_("Assess the use case first: potential and risk are not known yet."))
    known = known_inputs(organisation, use_case.process, use_case)
    kept = {
        name: Range(one["low"], one["likely"], one["high"])
        for name, one in use_case.inputs.items()
        if one["source"] in ("estimated", "catalogue") and name not in known
    }
    return usecase_assess(
        organisation=organisation, actor=actor, use_case=use_case, inputs=kept, answers=use_case.answers
    )


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
