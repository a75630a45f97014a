"""What the page of a case says about a language model and about attempts to steer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.models import ProviderRegion

REASONS: Final = {
    "model_off": gettext_lazy("It is switched off."),
    "pilot_stopped": gettext_lazy("The pilot was stopped."),
    "unknown_price": gettext_lazy("Its price is not known, so it is not asked."),
    "budget_exhausted": gettext_lazy("The budget is used up."),
    "budget_unset": gettext_lazy("No budget is set for it. Without a budget nothing is asked."),
    "model_circuit": gettext_lazy("It failed several times in a row and is left alone for now."),
    "model_open_call": gettext_lazy("An earlier call for this request never came back."),
    "model_unreachable": gettext_lazy("It could not be reached."),
    "model_refused": gettext_lazy("It refused the question."),
    "model_abandoned": gettext_lazy("A stop broke the question off."),
    "model_timeout": gettext_lazy("It did not answer in time."),
    "model_rubbish": gettext_lazy("Its answer could not be used."),
    "personal_data": gettext_lazy("The request holds personal data, and only texts without any may be sent."),
    "key_unreadable": gettext_lazy("Its stored key cannot be read. Enter it again."),
    "model_no_draft": gettext_lazy("The language model wrote no draft."),
    "model_number": gettext_lazy(
        "It wrote a number that the figures do not bear out, so the sentences by rules stay:"
    ),
    "model_other_category": gettext_lazy(
        "The language model chose another category than the built-in method."
    ),
}
FLAGS: Final = {
    "override": gettext_lazy("tells the AI to ignore its rules"),
    "role": gettext_lazy("pretends to speak for the system"),
    "machine": gettext_lazy("speaks to the AI instead of to you"),
    "prompt": gettext_lazy("asks for the AI's instructions"),
    "approve": gettext_lazy("wants to be approved without you"),
    "disclose": gettext_lazy("asks for other customers' data"),
    "redirect": gettext_lazy("wants the answer to go elsewhere"),
    "instead": gettext_lazy("gives orders instead of asking"),
    "hidden": gettext_lazy("holds text that is not visible"),
    "encoded": gettext_lazy("holds an encoded order"),
}


@dataclass(frozen=True, slots=True)
class Notes:
    """Sentences beside a proposal; empty where there is nothing to say."""

    injection: list[tuple[str, str]]
    used: str
    not_used: str
    reasons: list[str]


def reason_sentence(code: str) -> str:
    """Why a language model was not asked or did not help; empty for a reason of another kind."""
    return str(REASONS.get(code, ""))


def notes(evidence: dict[str, Any]) -> Notes:
    """What the evidence of a proposal says about language models."""
    said = evidence.get("model") or {}
    used = not_used = ""
    if said.get("used"):
        region = dict(ProviderRegion.choices).get(said.get("region", ""), "")
        values = {"provider": said["provider"], "region": region, "prompt": said["prompt"]}
        used = _("Written by %(provider)s (%(region)s) with the prompt %(prompt)s.") % values
        count = sum((said.get("masked") or {}).values())
        if said.get("data") == "all":
            used += " " + _("The text was sent as it is.")
        else:
            used += " " + _("Masked before sending: %(count)s details.") % {"count": count}
    elif said:
        not_used = _("The language model %(provider)s was not used.") % {"provider": said["provider"]}
        not_used += " " + reason_sentence(said.get("reason", ""))
        not_used += " " + " ".join(said.get("problems") or ())
    return Notes(
        injection=[
            (str(FLAGS.get(flag["code"], flag["code"])), flag["words"])
            for flag in evidence.get("injection") or ()
        ],
        used=used,
        not_used=not_used.strip(),
        reasons=list(said.get("reasons") or ()),
    )
