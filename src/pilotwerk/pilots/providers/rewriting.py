"""A text by rules in a language model's words: it counts only where the recipe finds nothing wrong with it.

The text by rules is right and costs nothing, so it stays whenever the model is not asked, does not answer, or writes
something that the figures do not say. Nobody waits for a model, and no budget turns a report into work by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.content import normalised
from pilotwerk.pilots.models import Case, DataAllowed, ModelUse
from pilotwerk.pilots.providers import calling
from pilotwerk.pilots.providers.adapter import Question
from pilotwerk.pilots.providers.calling import NotAsked
from pilotwerk.pilots.providers.injections import clean
from pilotwerk.pilots.providers.masking import left_over
from pilotwerk.pilots.providers.outgoing import Outgoing, outgoing_rewriting
from pilotwerk.pilots.providers.typed import RewrittenAnswer
from pilotwerk.pilots.recipes.base import Proposed, Rewriting

NO_DRAFT, NUMBER, RUBBISH = "model_no_draft", "model_number", "model_rubbish"
PERSONAL, KEY = "personal_data", "key_unreadable"
# So many of the model's mistakes are kept beside the proposal.
KEPT: Final = 3


def rewrite(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    use: ModelUse,
    built_in: Proposed,
    task: Rewriting,
) -> tuple[Proposed, dict[str, Any]]:
    """The proposal in the model's words, or as it was; and what is kept about the model. Its faults never raise."""
    provider = use.provider
    out = outgoing_rewriting(organisation=organisation, allowed=provider.data_allowed, task=task)
    try:
        if out.personal and provider.data_allowed == DataAllowed.NONE:
            raise NotAsked(PERSONAL)
        text, call = _asked(organisation, actor, case, use, out)
    except NotAsked as none:
        return built_in, {"used": False, "provider": provider.name, "reason": none.reason}
    said: dict[str, Any] = {
        "used": True,
        "provider": provider.name,
        "region": provider.region,
        "model": provider.model,
        "prompt": out.prompt,
        "call": call,
        "masked": out.masked.counts,
        "data": provider.data_allowed,
        "reasons": [],
    }
    if not text:
        return built_in, {**said, "used": False, "reason": NO_DRAFT}
    if left_over(text):
        return built_in, {**said, "used": False, "reason": RUBBISH}
    problems = task.problems(text)
    if problems:
        return built_in, {**said, "used": False, "reason": NUMBER, "problems": list(problems[:KEPT])}
    return replace(built_in, body=text), said


def _asked(
    organisation: Organisation, actor: Actor, case: Case, use: ModelUse, out: Outgoing
) -> tuple[str, str]:
    """The model's text with what was masked put back, and the call that it cost. Raises NotAsked."""
    provider = use.provider
    try:
        called = calling.call(
            organisation=organisation,
            actor=actor,
            provider=provider,
            prompt=out.prompt,
            question=Question(
                out.instructions, out.data, provider.max_tokens, float(provider.timeout_seconds)
            ),
            output=RewrittenAnswer,
            masked=out.masked.counts,
            pilot=case.pilot,
            case=case,
        )
    except Refused:
        raise NotAsked(KEY) from None
    text = out.masked.restore(normalised(clean(called.answer.output.text))).strip()
    return text, str(called.call.pk)
