"""Findings, types and dimensions in the active language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from pilotwerk.processes.domain.quality.columns import Type
from pilotwerk.processes.domain.quality.findings import Finding
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import USES, Use
from pilotwerk.web.templatetags.pw import number, percent, short_date

TYPES = {
    Type.EMPTY: _("empty"),
    Type.WHOLE_NUMBER: _("whole number"),
    Type.NUMBER: _("number"),
    Type.DATE_TIME: _("date or time"),
    Type.DURATION: _("duration"),
    Type.YES_NO: _("yes or no"),
    Type.IDENTIFIER: _("identifier"),
    Type.CATEGORY: pgettext_lazy("type of a column", "category"),
    Type.TEXT: _("short text"),
    Type.FREE_TEXT: _("free text"),
}
PERSONAL = {
    Personal.NONE: _("none found"),
    Personal.EMAIL: _("e-mail addresses"),
    Personal.PHONE: _("telephone numbers"),
    Personal.NAME: _("names"),
    Personal.IBAN: _("bank accounts (IBAN)"),
    Personal.ADDRESS: _("postal addresses"),
    Personal.FREE_TEXT: _("contact data within the text"),
}
TAKEN_FOR_PEOPLE = _("people, as you said")
DIMENSIONS = {
    "completeness": _("Completeness"),
    "validity": _("Validity"),
    "uniqueness": _("Uniqueness"),
    "consistency": _("Consistency"),
    "timeliness": _("Timeliness"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words: what, and what follows from it (may be empty)."""

    title: str
    effect: str

    @property
    def sentence(self) -> str:
        text = f"{self.title}: {self.effect}" if self.effect else self.title
        return text if text.endswith("?") else f"{text}."


def tell(finding: Finding) -> Told:
    """A finding in the active language."""
    values = {name: _value(name, value) for name, value in finding.params.items()}
    effect = gettext(finding.effect) % values if finding.effect else ""
    return Told(gettext(finding.title) % values, effect)


def tell_use(use: Use) -> str:
    """What the data are enough for."""
    return gettext(USES[use.use]) % {"usable": number(use.usable), "total": number(use.total)}


def share(value: float) -> str:
    """A share as percent, with a decimal where it would be told as none or all."""
    return percent(value, 1 if 0 < value < 0.01 or 0.99 < value < 1 else 0)


def _value(name: str, value: Any) -> str:
    if name == "share":
        return share(value)
    if name == "kind":
        return str(PERSONAL[Personal(value)])
    if name in ("first", "last"):
        return short_date(dt.date.fromisoformat(value))
    if name == "variants":
        return "; ".join(_quoted(ways) for ways in value)
    if isinstance(value, list):
        return _quoted(value)
    if isinstance(value, float):
        return number(value, 2 if name == "psi" or (abs(value) < 10 and value != round(value)) else 0)
    return number(value) if isinstance(value, int) else str(value)


def _quoted(texts: list[str]) -> str:
    opening, closing = ("“", "”") if (get_language() or "de").startswith("en") else ("„", "“")
    return ", ".join(text if text == "…" else f"{opening}{text}{closing}" for text in texts)


def basis(formulas: Mapping[str, str]) -> dict[str, str]:
    """How each dimension is computed."""
    return {name: gettext(text) for name, text in formulas.items()}
