"""Sentences that more than one place needs: for refusals, stop rules and confidence."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.autonomy import Level
from pilotwerk.pilots.domain.autonomy_limits import Limit
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.domain.stop_rules import Reading, RuleKind, StopRule
from pilotwerk.pilots.models import Step
from pilotwerk.pilots.models.cases import LEVELS
from pilotwerk.web.templatetags.pw import short_date

ARM_LABELS = {
    Arm.AI.value: gettext_lazy("with AI"),
    Arm.CONTROL.value: gettext_lazy("as before"),
}

# How a call of a language model ended; the same words as CallOutcome.
OUTCOME_LABELS = {
    "ok": gettext_lazy("answered"),
    "rubbish": gettext_lazy("answer not usable"),
    "timeout": gettext_lazy("no answer in time"),
    "refused": gettext_lazy("refused by the service"),
    "unreachable": gettext_lazy("not reachable"),
    "abandoned": gettext_lazy("broken off by a stop"),
}

RULE_NAMES = {
    RuleKind.REJECTED.value: gettext_lazy("Rejected proposals"),
    RuleKind.CORRECTED.value: gettext_lazy("Corrected categories"),
    RuleKind.REWRITTEN.value: gettext_lazy("Rewritten drafts"),
    RuleKind.NOT_DELIVERED.value: gettext_lazy("What did not go out"),
    RuleKind.NOT_OK.value: gettext_lazy("What failed the quality check"),
}

LEVEL_LABELS = dict(LEVELS)

LEVEL_SENTENCES = {
    Level.SHADOW: gettext_lazy("A proposal is made and kept. People work without seeing it."),
    Level.SUGGEST: gettext_lazy("A person decides about every proposal before anything goes out."),
    Level.SAMPLE: gettext_lazy(
        "A random sample waits for a person. The rest goes out by itself, after the same checks."
    ),
    Level.AUTOMATIC: gettext_lazy("Cases go out by themselves. A random sample is checked afterwards."),
}

LIMIT_SENTENCES = {
    Limit.AMOUNT: gettext_lazy("it names an amount above the limit"),
    Limit.CATEGORY: gettext_lazy("its category is on the list"),
    Limit.CONFIDENCE: gettext_lazy("the proposal is not sure enough"),
    Limit.COMPLAINT: gettext_lazy("it reads like a complaint"),
    Limit.LEGAL: gettext_lazy("it reads like a legal threat"),
}

STEP_LABELS = dict(Step.choices)

_RULE_SENTENCES = {
    RuleKind.REJECTED: gettext_lazy(
        "Stop when more than %(limit)s%% of the last %(window)s proposals were rejected."
    ),
    RuleKind.CORRECTED: gettext_lazy(
        "Stop when the category was corrected in more than %(limit)s%% of the last %(window)s decisions."
    ),
    RuleKind.REWRITTEN: gettext_lazy(
        "Stop when more than half of the words were changed in over %(limit)s%% of the last %(window)s drafts."
    ),
    RuleKind.NOT_DELIVERED: gettext_lazy(
        "Stop when more than %(limit)s%% of the last %(window)s cases did not go out safely."
    ),
    RuleKind.NOT_OK: gettext_lazy(
        "Stop when more than %(limit)s%% of the last %(window)s checked cases with AI were not in order."
    ),
}


def rule_sentence(rule: StopRule) -> str:
    """The rule as a person would say it."""
    values = {"limit": round(rule.limit * 100), "window": rule.window}
    return str(_RULE_SENTENCES[rule.kind]) % values


def reading_sentence(reading: Reading) -> str:
    """Where the rule stands now, in words."""
    if isinstance(reading.share, CannotTell):
        if not reading.of:
            return _("Nothing to count yet. The rule counts from %(minimum)s on.") % {
                "minimum": reading.rule.minimum
            }
        return ngettext(
            "%(bad)s of %(of)s so far. The rule counts from %(minimum)s on, %(missing)s is missing.",
            "%(bad)s of %(of)s so far. The rule counts from %(minimum)s on, %(missing)s are missing.",
            reading.missing,
        ) % {
            "bad": reading.bad,
            "of": reading.of,
            "minimum": reading.rule.minimum,
            "missing": reading.missing,
        }
    return _("%(bad)s of the last %(of)s. The limit is %(limit)s%%.") % {
        "bad": reading.bad,
        "of": reading.of,
        "limit": round(reading.rule.limit * 100),
    }


# What a test or a look at a connection showed, in the audit trail; the codes of connectors.trouble.
CONNECTION_RESULTS = {
    "ok": gettext_lazy("it works"),
    "host_unknown": gettext_lazy("no server of this name"),
    "host_private": gettext_lazy("server in a private network"),
    "unreachable": gettext_lazy("the server does not answer"),
    "certificate": gettext_lazy("the certificate is not valid"),
    "encryption": gettext_lazy("another encryption is needed"),
    "sign_in": gettext_lazy("the sign-in was refused"),
    "smtp_sign_in": gettext_lazy("the sign-in for sending was refused"),
    "token": gettext_lazy("the access token could not be renewed"),
    "folder": gettext_lazy("a folder is missing"),
    "broken_off": gettext_lazy("the connection broke off"),
    "answer": gettext_lazy("the server's answer was not understood"),
    "secret": gettext_lazy("the stored password cannot be read"),
    "held": gettext_lazy("the pilot was stopped"),
    "not_through": gettext_lazy("the connection broke off before the end"),
    "silent": gettext_lazy("no answer came"),
    "status": gettext_lazy("another answer than 200 to 299"),
    "gone": gettext_lazy("the connection was removed"),
    "address": gettext_lazy("the address cannot be used"),
    "no_https": gettext_lazy("https is missing"),
    "tls": gettext_lazy("the encryption did not come about"),
    "redirects": gettext_lazy("sent on too often"),
    "elsewhere": gettext_lazy("the next page lies at another server"),
    "busy": gettext_lazy("the server asks to come again later"),
    "http_failed": gettext_lazy("the server has a fault"),
    "http_refused": gettext_lazy("the server refused the request"),
    "token_refused": gettext_lazy("the secret was refused"),
    "too_large": gettext_lazy("the answer was too large"),
    "too_many": gettext_lazy("too many entries at once"),
    "too_many_pages": gettext_lazy("too many pages"),
    "not_json": gettext_lazy("the answer was no JSON"),
    "list_missing": gettext_lazy("the answer held no list"),
    "time_unreadable": gettext_lazy("a time could not be read"),
    "not_in_order": gettext_lazy("the entries were not in order"),
    "database_gone": gettext_lazy("the database connection was deleted"),
    "database": gettext_lazy("the database cannot be used"),
    "column": gettext_lazy("a column is missing"),
    "not_growing": gettext_lazy("a value was of another kind"),
    "all_alike": gettext_lazy("too many rows with the same value"),
    "table_foreign": gettext_lazy("the table belongs to somebody else"),
    "moved": gettext_lazy("the database connection leads elsewhere"),
    "folder_unusable": gettext_lazy("the folder cannot be used"),
    "file": gettext_lazy("what came cannot be used"),
}


def not_running() -> str:
    return _("The pilot does not run. Start it first, then cases can come in.")


def confidence_sentence(confidence: float | None) -> str:
    """How sure the recipe is."""
    if confidence is None:
        return _("How sure the proposal is cannot be said.")
    return _("%(percent)s%% sure.") % {"percent": round(confidence * 100)}


def past_sentence(right: int | None, of: int | None) -> str:
    """What it meant in the past to be so sure."""
    if not of or right is None:
        return _("How often that was right cannot be said yet.")
    return _("When it was so sure, the category was right in %(right)s of %(of)s past requests.") % {
        "right": right,
        "of": of,
    }


def period_said(period: str) -> str:
    """A day ("2026-11-26"), a week ("2026-W47") or a month ("2026-11") as people write it; anything else as it is."""
    try:
        if "-W" in period:
            year, week = period.split("-W")
            return _("week %(week)s of %(year)s") % {"week": int(week), "year": int(year)}
        if len(period) > len("2026-11"):
            return short_date(date.fromisoformat(period))
        return date_format(date.fromisoformat(f"{period}-01"), "F Y")
    except ValueError:
        return period
