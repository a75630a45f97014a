"""From results to what pages show, in the active language."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilotwerk.governance import selectors
from pilotwerk.governance.catalogue import questions
from pilotwerk.governance.domain.classify import Classification, Open
from pilotwerk.governance.domain.law import Pair, Source
from pilotwerk.governance.models import AISystem
from pilotwerk.web.templatetags.pw import short_date


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One step of the reasoning."""

    question: str
    answer: str
    cite: str
    settled: bool


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty with the day from which it applies."""

    id: str
    text: str
    cite: str
    since: str
    applies_today: bool
    ours: bool
    settled: bool


@dataclass(frozen=True, slots=True)
class OpenRow:
    """What is not settled, and what waits for it. `question` names the field to answer, if it is one."""

    text: str
    why: str
    question: str


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system in the register. `missing` counts what is open; None before a classification."""

    system: AISystem
    result: Classification | None
    title: str
    roles: str
    settled: bool
    missing: int
    off: bool


def say(pair: Pair) -> str:
    """The text in the active language."""
    return pair.en if (get_language() or "de").startswith("en") else pair.de


def risk_title(result: Classification) -> str:
    """The result in words, for a heading."""
    return {
        "prohibited": _("Prohibited practice"),
        "high_risk": _("High-risk system"),
        "transparency": _("Not a high-risk system, transparency duties apply"),
        "minimal": _("Not a high-risk system"),
        "out_of_scope": _("Not covered by the AI Act"),
        "open": _("Not classified yet: answers are missing or the law is open"),
    }[result.risk_class]


def roles_text(result: Classification) -> str:
    """The organisation's roles in words."""
    words = {"provider": _("provider"), "deployer": _("deployer")}
    known = ", ".join(words[role] for role in result.roles)
    unsure = any(reason.stage == "provider" and reason.answer == "open" for reason in result.reasons)
    return _("%(roles)s, provider open") % {"roles": known} if unsure and known else known or "–"


def reason_rows(result: Classification) -> list[ReasonRow]:
    """The reasoning as a table."""
    return [
        ReasonRow(
            say(reason.question),
            say(reason.text),
            say(reason.cite),
            reason.answer != "open" and reason.certainty in "CS",
        )
        for reason in result.reasons
    ]


def duty_rows(result: Classification) -> list[DutyRow]:
    """Duties with those of today first."""
    rows = [
        DutyRow(
            duty.rule.id,
            say(duty.rule.text),
            f"{say(duty.rule.short)} {say(duty.rule.cite)}",
            _since(duty.rule.applies_from, result.on),
            duty.applies_today,
            duty.ours,
            duty.rule.certainty in "CS" and duty.rule.result != "likely",
        )
        for duty in result.duties
    ]
    return sorted(rows, key=lambda row: not row.applies_today)


def _since(day: date | None, on: date) -> str:
    if day is None:
        return _("in force")
    return (_("since %(day)s") if day <= on else _("from %(day)s")) % {"day": short_date(day)}


def legal_date(one: selectors.LegalDate, *, on: date) -> dict[str, Any]:
    """A day from which a duty applies, as the register lists it."""
    return {
        "day": one.rule.applies_from,
        "since": _since(one.rule.applies_from, on),
        "text": say(one.rule.text),
        "cite": say(one.rule.cite),
        "systems": one.systems,
    }


def open_rows(result: Classification) -> list[OpenRow]:
    """What is not settled."""
    return [_open_row(one) for one in result.open]


def _open_row(one: Open) -> OpenRow:
    cites = ", ".join(dict.fromkeys(f"{say(rule.short)} {say(rule.cite)}" for rule in one.rules))
    if one.kind == "law":
        return OpenRow(say(one.rules[0].text), cites, "")
    question = questions().by_id(one.question)
    if question is not None:
        return OpenRow(str(question.text), cites, question.id)
    return OpenRow(_("Is there a works council? (company profile)"), cites, "")


def system_row(system: AISystem) -> SystemRow:
    """A line of the register."""
    result = selectors.classification_now(system)
    missing = len(result.open) + selectors.dpia_is_open(system, result) if result else 1
    return SystemRow(
        system=system,
        result=result,
        title=risk_title(result) if result else _("Not classified yet"),
        roles=roles_text(result) if result else _("open"),
        settled=result is not None and result.certainty == "certain",
        missing=missing,
        off=system.state in (AISystem.State.RETIRED, AISystem.State.NOT_APPROVED),
    )


def source_rows(result: Classification) -> list[dict[str, Any]]:
    """The sources that the reasons and duties name, each once."""
    keys = [key for reason in result.reasons for key in reason.source]
    keys += [key for duty in result.duties for key in duty.rule.source]
    known: dict[str, Source] = selectors.sources().sources
    return [
        {"title": say(known[key].title), "url": say(known[key].url), "version": known[key].version}
        for key in dict.fromkeys(keys)
    ]
