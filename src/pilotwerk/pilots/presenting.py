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


def language_now() -> str:
    """The page's language, "de" or "en"."""
    return "en" if (get_language() or "de").startswith("en") else "de"


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
    data, language = proposal.evidence, language_now()
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
        no_category=_reason(proposal, data.get("category_reason"), language),
        no_draft=_reason(proposal, data.get("no_draft_reason"), language),
        origin=_origin(proposal),
        notes=notes(data),
    )


def _reason(proposal: Proposal, code: str | None, language: str) -> str:
    if not code:
        return ""
    return reason_sentence(code) or recipe.of(proposal.case.pilot.recipe).reason(code, language)


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
    tables = recipe.of(proposal.case.pilot.recipe).about.tables
    built_in = (
        _("Worked out on this computer from your own tables; nothing left the house.")
        if tables
        else _("Learned on this computer from your own past requests; no text left the house.")
    )
    parts = [
        notes(data).used or built_in,
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
    kind = recipe.of(case.pilot.recipe)
    kept = model is not None and (not case.by_hand or bool(kind.by_hand(model.details)))
    shown = draft.proposal or (model if kept else None)
    return {
        "details_template": kind.details_template if shown and shown.details else "",
        "details": kind.shown(
            shown.details, model.evidence if model else {}, language_now(), typed.get("posted")
        )
        if shown and shown.details
        else {},
        "words": kind.words,
        "reply_label": kind.words.text_to % {"address": case.sender_address}
        if case.sender_address
        else kind.words.text,
        "language_model": kind.about.language_model,
        "opt_out": kind.about.opt_out and bool(case.sender_address),
        "case": case,
        "segments": segments(case, model.evidence if model and not case.by_hand else {}),
        "draft": draft,
        "body": body,
        "changes": count,
        "lines": lines,
        "evidence": evidence_of(model) if model else None,
        "placeholders": list(dict.fromkeys(recipe.of(case.pilot.recipe).unfilled(body))),
        "categories": known if chosen in known or not chosen else [*known, chosen],
        "category": chosen,
        "open": case.state in OPEN_FOR_DECISION or case.state == CaseState.WAITING_SECOND,
        "waits_second": case.state == CaseState.WAITING_SECOND,
        "blind": selectors.blind(case),
        "needs_look": case.state in NEEDS_A_LOOK,
        "delivery": Delivery.objects.filter(case=case).first(),
        "deferred": case.state == CaseState.DEFERRED,
        "position": next((n for n, one in enumerate(waiting, 1) if one.pk == case.pk), 0),
        "decisions": list(selectors.decisions_of(case)),
        **thread_context(case),
    }


def thread_context(case: Case) -> dict[str, Any]:
    """The mail of a case, its attachments, and the thread it belongs to."""
    mail = selectors.mail_of(case)
    return {"mail": mail, "thread": selectors.thread_of(case, mail)}


def stop_rule_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """Each stop rule that makes sense for the recipe, with its sentence and where it stands."""
    kinds = frozenset(rule.kind for rule in recipe.of(pilot.recipe).about.stop_rules)
    return [
        {
            "name": RULE_NAMES[reading.rule.kind.value],
            "sentence": rule_sentence(reading.rule),
            "now": reading_sentence(reading),
            "state": "bad" if reading.tripped else "open" if reading.missing else "ok",
            "word": _("tripped") if reading.tripped else _("open") if reading.missing else _("holds"),
        }
        for reading in selectors.stop_readings(pilot, kinds)
    ]


def learned(pilot: Pilot) -> dict[str, Any] | None:
    """The newest version with its honest check, ready for the page; None when nothing was ordered."""
    version = selectors.version_newest(pilot)
    if version is None:
        return None
    kind, language = recipe.of(pilot.recipe), language_now()
    return {
        "version": version,
        "facts": version.facts,
        "template": kind.learned_template,
        **(kind.told(version.facts, language) if version.facts else {}),
        "reason": kind.reason(version.reason, language),
    }
