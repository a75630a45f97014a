"""What the case page needs to show, put into words: reasons, confidence, origin, similar requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilotwerk.pilots import recipe, selectors
from pilotwerk.pilots.domain.content import normalised, shortened
from pilotwerk.pilots.domain.editing import changed_lines, changes
from pilotwerk.pilots.domain.states import NEEDS_A_LOOK, OPEN_FOR_DECISION, CaseState
from pilotwerk.pilots.models import Case, Delivery, Pilot, Proposal
from pilotwerk.pilots.providers.telling import Notes, notes, reason_sentence
from pilotwerk.pilots.wording import (
    RULE_NAMES,
    confidence_sentence,
    past_sentence,
    reading_sentence,
    rule_sentence,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the request; ``marked`` when it speaks for the proposed category."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why this was proposed, in words."""

    confidence: str
    past: str
    percent: int | None
    sure: bool
    supporting: str
    against: str
    similar: list[dict[str, Any]]
    to_check: list[str]
    no_category: str
    no_draft: str
    origin: str
    notes: Notes


def segments(case: Case, evidence: dict[str, Any]) -> list[Segment]:
    """The request's text in parts; the words that spoke for the category are marked."""
    offset = len(case.subject) + 1 if case.subject else 0
    spans = sorted(
        (max(int(start) - offset, 0), int(end) - offset)
        for reason in evidence.get("reasons_for") or ()
        for start, end in reason.get("spans") or ()
        if int(end) > offset
    )
    found: list[Segment] = []
    at = 0
    for start, end in spans:
        if start < at:
            continue
        found += [Segment(case.text[at:start], False), Segment(case.text[start:end], True)]
        at = end
    found.append(Segment(case.text[at:], False))
    return [one for one in found if one.text]


def evidence_of(proposal: Proposal) -> Evidence:
    """The recipe's evidence beside a proposal, as sentences in the active language."""
    data = proposal.evidence
    language = "en" if (get_language() or "de").startswith("en") else "de"
    past = data.get("bin") or {}
    confidence = data.get("confidence")
    return Evidence(
        confidence=confidence_sentence(confidence),
        past="" if confidence is None else past_sentence(past.get("right"), past.get("n")),
        percent=None if confidence is None else round(confidence * 100),
        sure=bool(data.get("sure")),
        supporting=_supporting(data),
        against=_against(data),
        similar=list(data.get("similar") or ()),
        to_check=list(data.get("to_check") or ()),
        no_category=_reason(data.get("category_reason"), language),
        no_draft=_reason(data.get("no_draft_reason"), language),
        origin=_origin(proposal),
        notes=notes(data),
    )


def _reason(code: str | None, language: str) -> str:
    if not code:
        return ""
    return reason_sentence(code) or recipe.reason_text(code, language)


def _supporting(data: dict[str, Any]) -> str:
    words = bool(data.get("reasons_for"))
    neighbours, same = data.get("neighbours") or 0, data.get("neighbours_same") or 0
    values = {"same": same, "all": neighbours}
    if words and neighbours:
        return _("For it: the marked words and %(same)s of the %(all)s most similar requests.") % values
    if neighbours:
        return _("For it: %(same)s of the %(all)s most similar requests.") % values
    return _("For it: the marked words.") if words else ""


def _against(data: dict[str, Any]) -> str:
    reasons = data.get("reasons_against") or ()
    if not reasons:
        return ""
    first = reasons[0]
    return _("Against it: “%(word)s” often stands in requests of the category %(category)s.") % {
        "word": first.get("word", ""),
        "category": first.get("category", ""),
    }


def _origin(proposal: Proposal) -> str:
    """Where the sentences come from, which version proposed them, and the hash that an approval names."""
    data = proposal.evidence
    told = notes(data)
    parts = [
        told.used or _("Learned on this computer from your own past requests; no text left the house."),
        _("Version %(version)s.") % {"version": data.get("model_version", "")},
    ]
    sources = [str(item.get("case", "")) for item in data.get("origin") or ()]
    if sources:
        parts.append(
            _("The sentences are taken from the answers to: %(cases)s.") % {"cases": ", ".join(sources)}
        )
    parts.append(
        _("Proposal %(revision)s, checksum %(hash)s.")
        % {"revision": proposal.revision, "hash": shortened(proposal.content_hash)}
    )
    return " ".join(parts)


def case_context(case: Case, queue: selectors.Queue | None, typed: dict[str, Any]) -> dict[str, Any]:
    """Everything about the open case: request, draft, changes, evidence, and what may be done now."""
    draft = selectors.draft_of(case)
    body = typed.get("body", draft.body)
    model = draft.model
    lines, count = draft.lines, draft.changes
    if "body" in typed and model is not None and not case.by_hand:
        after = normalised(body)
        lines, count = changed_lines(model.body, after), changes(model.body, after)
    known = selectors.categories(case.pilot)
    chosen = typed.get("category", draft.proposal.category if draft.proposal else case.category)
    if case.by_hand and draft.proposal is None and "category" not in typed:
        chosen = ""
    waiting = queue.waiting if queue else []
    return {
        "case": case,
        "segments": segments(case, model.evidence if model and not case.by_hand else {}),
        "draft": draft,
        "body": body,
        "changes": count,
        "lines": lines,
        "evidence": evidence_of(model) if model else None,
        "placeholders": list(dict.fromkeys(recipe.unfilled(body))),
        "categories": known if chosen in known or not chosen else [*known, chosen],
        "category": chosen,
        "open": case.state in OPEN_FOR_DECISION,
        "needs_look": case.state in NEEDS_A_LOOK,
        "delivery": Delivery.objects.filter(case=case).first(),
        "deferred": case.state == CaseState.DEFERRED,
        "position": next((n for n, one in enumerate(waiting, 1) if one.pk == case.pk), 0),
        "decisions": list(selectors.decisions_of(case)),
    }


def stop_rule_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """Each stop rule with its sentence and where it stands."""
    return [
        {
            "name": RULE_NAMES[reading.rule.kind.value],
            "sentence": rule_sentence(reading.rule),
            "now": reading_sentence(reading),
            "state": "bad" if reading.tripped else "open" if reading.missing else "ok",
            "word": _("tripped") if reading.tripped else _("open") if reading.missing else _("holds"),
        }
        for reading in selectors.stop_readings(pilot)
    ]


def learned(pilot: Pilot) -> dict[str, Any] | None:
    """The newest version with its honest check, ready for the page; None when nothing was ordered."""
    version = selectors.version_newest(pilot)
    if version is None:
        return None
    language = "en" if (get_language() or "de").startswith("en") else "de"
    facts = version.facts
    quality = facts.get("quality") or {}
    classifier = facts.get("classifier") or {}
    return {
        "version": version,
        "facts": facts,
        "quality": None if "cannot_tell" in quality else quality or None,
        "quality_reason": _reason(quality.get("cannot_tell"), language),
        "classifier_reason": _reason(classifier.get("cannot_tell"), language),
        "reason": _reason(version.reason, language) if version.state == "cannot_tell" else version.reason,
    }
