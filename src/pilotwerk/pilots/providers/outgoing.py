"""What would leave the house for a request: cleaned, cut, masked as the provider's setting wants it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from pilotwerk.accounts.models import Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.pilots.models import DataAllowed, ModelPolicy
from pilotwerk.pilots.providers import prompts
from pilotwerk.pilots.providers.injections import clean
from pilotwerk.pilots.providers.masking import LONGEST_TEXT, Known, Masked, mask
from pilotwerk.pilots.providers.masking.own_pattern import BadPattern, checked
from pilotwerk.pilots.recipes.base import Rewriting


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Instructions and data as they would be sent, with what the placeholders stand for."""

    prompt: str
    instructions: str
    data: str
    masked: Masked
    # Personal data were found; where only texts without any may go out, nothing is sent.
    personal: bool


def known_of(organisation: Organisation, *names: str) -> Known:
    """Names of the members and of the given people, and the organisation's pattern of customer numbers."""
    policy = ModelPolicy.objects.of(organisation).first()
    try:
        pattern = checked(policy.customer_pattern) if policy and policy.customer_pattern else None
    except BadPattern:
        # It was checked when it was stored; one that is refused by now is no reason to send more than before.
        pattern = None
    people = (*names, *(one.user.name for one in members(organisation)))
    return Known(
        names=tuple(name for name in people if name.strip()),
        customer=pattern,
        keep=frozenset({organisation.name}),
    )


def outgoing(
    *,
    organisation: Organisation,
    allowed: str,
    subject: str,
    text: str,
    sender_name: str,
    categories: Sequence[str],
    template: str,
    language: str,
) -> Outgoing:
    """Put the question together. Texts are cut at LONGEST_TEXT characters; signs that nobody sees are left out."""
    known = known_of(organisation, sender_name)
    request = clean(f"{subject}\n\n{text}" if subject else text)[:LONGEST_TEXT]
    masked = mask(request, known)
    personal = bool(masked.originals)
    masked_template = masked.again(clean(template), known)
    if allowed == DataAllowed.ALL:
        masked = Masked(request, {})
        shown = clean(template)
    else:
        shown, masked = masked_template.text, Masked(masked.text, masked_template.originals)
    # Nobody can know the marks beforehand, so no text can pretend that the request ends.
    mark = secrets.token_hex(6)
    begin, end = f"<<<{mark}", f"{mark}>>>"
    prompt = prompts.newest("support", language)
    parts = [
        "Kategorien: " if prompt.language == "de" else "Categories: ",
        " | ".join(categories) or "–",
        "\n\nVorlage:\n" if prompt.language == "de" else "\n\nTemplate:\n",
        shown or "–",
        f"\n\n{begin}\n{masked.text}\n{end}",
    ]
    return Outgoing(
        prompt=prompt.name,
        instructions=prompt.filled(organisation=organisation.name, begin=begin, end=end),
        data="".join(parts),
        masked=masked,
        personal=personal,
    )


def outgoing_rewriting(*, organisation: Organisation, allowed: str, task: Rewriting) -> Outgoing:
    """Put the question for other words together; the text is masked like a request, whatever its table held."""
    known = known_of(organisation)
    source = clean(task.source)[:LONGEST_TEXT]
    masked = mask(source, known)
    personal = bool(masked.originals)
    if allowed == DataAllowed.ALL:
        masked = Masked(source, {})
    mark = secrets.token_hex(6)
    begin, end = f"<<<{mark}", f"{mark}>>>"
    prompt = prompts.newest(task.kind, task.language)
    return Outgoing(
        prompt=prompt.name,
        instructions=prompt.filled(organisation=organisation.name, begin=begin, end=end),
        data=f"{begin}\n{masked.text}\n{end}",
        masked=masked,
        personal=personal,
    )
