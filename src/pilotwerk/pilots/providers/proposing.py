"""A proposal for a support request with a language model, in the shape of the built-in method's proposal.

The model's answer is data. It can become the category, if it is one of the list, and the text of the draft. It names
no recipient, it approves nothing and sends nothing: there is no way from its answer to any of these.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.content import normalised
from pilotwerk.pilots.models import Case, DataAllowed, Fallback, ModelUse
from pilotwerk.pilots.providers import calling
from pilotwerk.pilots.providers.adapter import Question
from pilotwerk.pilots.providers.calling import NotAsked
from pilotwerk.pilots.providers.embedded.language import detect
from pilotwerk.pilots.providers.injections import clean, flags
from pilotwerk.pilots.providers.masking import Known, find
from pilotwerk.pilots.providers.outgoing import Outgoing, outgoing
from pilotwerk.pilots.providers.prices import UNKNOWN
from pilotwerk.pilots.providers.typed import SupportAnswer, support_answer
from pilotwerk.pilots.recipes.base import Proposed
from pilotwerk.pilots.recipes.support.personal import unfilled
from pilotwerk.pilots.selectors import categories
from pilotwerk.pilots.selectors.recipes import request_of

# With these reasons the case goes to manual work whatever the setting: money decides, not the method.
ALWAYS_MANUAL: Final = frozenset({calling.BUDGET, UNKNOWN})
PERSONAL: Final = "personal_data"
KEY: Final = "key_unreadable"


def propose_with_model(
    *,
    organisation: Organisation,
    actor: Actor,
    case: Case,
    embedded: Proposed | CannotTell,
    use: ModelUse | None,
) -> tuple[Proposed | CannotTell, dict[str, Any]]:
    """The proposal that counts, and what is kept beside it as evidence: attempts to steer, model, reasons.

    ``use`` is the pilot's choice of a model. Without one it is the built-in proposal as it stands. When the model
    cannot be asked or does not answer, it is the built-in one or none (manual work), with the reason. Never raises
    for a model's fault.
    """
    evidence: dict[str, Any] = {}
    if not recipe.of(case.pilot.recipe).about.language_model:
        return embedded, evidence
    found = flags(f"{case.subject}\n{case.text}")
    if found:
        evidence["injection"] = [{"code": flag.code, "words": flag.words} for flag in found]
    if use is None:
        return embedded, evidence
    try:
        proposal, said = _asked(organisation, actor, case, use, embedded)
    except NotAsked as none:
        evidence["model"] = {"used": False, "provider": use.provider.name, "reason": none.reason}
        if none.reason in ALWAYS_MANUAL or use.fallback == Fallback.MANUAL:
            return CannotTell(none.reason), evidence
        return embedded, evidence
    evidence["model"] = said
    return proposal, evidence


def _asked(
    organisation: Organisation, actor: Actor, case: Case, use: ModelUse, embedded: Proposed | CannotTell
) -> tuple[Proposed | CannotTell, dict[str, Any]]:
    provider = use.provider
    known_categories = categories(case.pilot)
    built_in = embedded if isinstance(embedded, Proposed) else _nothing(case, embedded)
    out = outgoing(
        organisation=organisation,
        allowed=provider.data_allowed,
        subject=case.subject,
        text=case.text,
        sender_name=case.sender_name,
        categories=known_categories,
        template=built_in.body,
        language=built_in.evidence.get("language") or detect(case.text),
    )
    if out.personal and provider.data_allowed == DataAllowed.NONE:
        raise NotAsked(PERSONAL)
    try:
        called = calling.call(
            organisation=organisation,
            actor=actor,
            provider=provider,
            prompt=out.prompt,
            question=Question(
                out.instructions, out.data, provider.max_tokens, float(provider.timeout_seconds)
            ),
            output=support_answer(known_categories),
            masked=out.masked.counts,
            pilot=case.pilot,
            case=case,
        )
    except Refused:
        raise NotAsked(KEY) from None
    proposal = _merged(built_in, called.answer.output, out, known_categories)
    return proposal, {
        "used": True,
        "provider": provider.name,
        "region": provider.region,
        "model": provider.model,
        "prompt": out.prompt,
        "call": str(called.call.pk),
        "masked": out.masked.counts,
        "data": provider.data_allowed,
        "reasons": [out.masked.restore(clean(reason)) for reason in called.answer.output.reasons],
    }


def _nothing(case: Case, said: CannotTell) -> Proposed:
    """Where the built-in method has nothing to propose: to whom an answer goes, and why there is nothing."""
    request = request_of(case)
    return Proposed(
        recipient=case.sender_address,
        subject=recipe.of(case.pilot.recipe).subject_by_hand(request),
        evidence={"category_reason": said.reason, "no_draft_reason": said.reason},
    )


def _merged(
    built_in: Proposed, answer: SupportAnswer, out: Outgoing, known_categories: list[str]
) -> Proposed | CannotTell:
    """The model's category and draft in place of the built-in ones; what was measured stays only where it fits."""
    category = answer.category if answer.category in known_categories else built_in.category
    draft = out.masked.restore(normalised(clean(answer.draft))).strip()
    if not category and not draft:
        return CannotTell("model_no_draft")
    evidence = {
        **built_in.evidence,
        "draft": draft or None,
        "origin": [],
        "no_draft_reason": None if draft else "model_no_draft",
        "placeholders": list(unfilled(draft)),
        "to_check": list(_to_check(draft, built_in.body)),
        "provider": "model",
    }
    merged = replace(built_in, body=draft, evidence=evidence)
    if category == built_in.category:
        return merged
    # How sure the built-in method was says nothing about another category.
    evidence |= {
        "category": category,
        "category_reason": "model_other_category" if built_in.category else None,
        "confidence": None,
        "bin": None,
        "sure": False,
        "reasons_for": [],
        "reasons_against": [],
        "alternatives": [],
        "neighbours_same": 0,
        "neighbours": 0,
    }
    return replace(merged, category=category, confidence=None, evidence=evidence)


def _to_check(draft: str, template: str) -> tuple[str, ...]:
    """Sentences that claim something was done, or name an amount, a link, an address or an account that no earlier
    answer named.
    """
    from pilotwerk.pilots.recipes.support.drafting import to_check
    from pilotwerk.pilots.recipes.support.letters import sentences

    said = sentences(draft)
    claimed = set(to_check(said))
    new = {
        sentence
        for sentence in said
        if any(part not in template for part in re.findall(r"https?://\S+|www\.\S+|\d[\d.,:]*", sentence))
        or any(
            one.kind in ("email", "iban", "url", "phone") and sentence[one.start : one.end] not in template
            for one in find(sentence, Known())
        )
    }
    return tuple(sentence for sentence in said if sentence in claimed | new)
