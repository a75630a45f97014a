"""Reasons, meanings and kinds in the active language."""

from collections.abc import Mapping

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pilotwerk.processes.domain import guess, messages
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.web.templatetags.pw import duration_days, number, short_date

MEANINGS = {
    Meaning.CASE: _("Case number"),
    Meaning.ACTIVITY: _("Step"),
    Meaning.TIME: _("Time of the step"),
    Meaning.START: _("Start of the case"),
    Meaning.END: _("End of the case"),
    Meaning.TEXT: _("Text of the request"),
    Meaning.CATEGORY: _("Category"),
    Meaning.ANSWER: _("Answer"),
    Meaning.HANDLING: _("Handling time"),
    Meaning.TEAM: _("Team"),
    Meaning.RESOURCE: _("Person who worked on it"),
    Meaning.SENDER: _("Person who asked"),
}
HELP = {
    Meaning.HANDLING: _("Working time in minutes, not the time that passed."),
    Meaning.TEAM: _("Teams of fewer than five people are not shown."),
    Meaning.RESOURCE: _(
        "The name is not kept, only a pseudonym to count with. Figures exist for teams only."
    ),
    Meaning.SENDER: _("Is left out."),
}
ORDERS = {
    "newest": _("newest first"),
    "oldest": _("oldest first"),
    "longest": _("longest first"),
    "shortest": _("shortest first"),
    "handling": _("most work first"),
}
KNOWN = {
    "text": _("with a text"),
    "answer": _("with an answer"),
    "category": _("with a category"),
    "handling": _("with a handling time"),
    "end": _("with an end"),
}
KINDS = {
    Kind.EVENT_LOG: _("One row for each step of a case"),
    Kind.CASE_TABLE: _("One row for each case"),
}


def say(code: str, params: Mapping[str, str]) -> str:
    """A reason why a file, a mapping or a row will not do."""
    values = dict(params)
    if reason := values.pop("reason_code", None):
        values["reason"] = say(reason, values)
    return gettext(messages.TEXTS[code]) % values


def why(reason: guess.Reason) -> str:
    """Why a column got its meaning."""
    values = {
        name: value if name == "columns" else number(value, 1 if "." in value else 0)
        for name, value in reason.params.items()
    }
    return gettext(guess.REASONS[reason.code]) % values


def placed(code: str, params: Mapping[str, str], row: int | None, column: str | None) -> str:
    """A reason with the place in the file."""
    text = say(code, params)
    if row is None:
        return text
    where = gettext("Row %(row)s, column “%(column)s”") if column else gettext("Row %(row)s")
    return f"{where % {'row': row, 'column': column}}: {text}"


def unreadable(error: messages.Unreadable) -> str:
    """What is wrong with a file."""
    return placed(error.code, error.params, error.row, error.column)


def conditions(selection: Selection) -> list[str]:
    """Which cases are meant, each condition in words."""
    found = []
    if selection.first or selection.last:
        found.append(_period(selection))
    if selection.category is not None:
        found.append(gettext("category “%(name)s”") % {"name": selection.category})
    if selection.topic is not None:
        found.append(gettext("topic %(number)s") % {"number": selection.topic + 1})
    if selection.longer is not None:
        found.append(gettext("at least %(time)s") % {"time": duration_days(selection.longer)})
    if selection.shorter is not None:
        found.append(gettext("less than %(time)s") % {"time": duration_days(selection.shorter)})
    if selection.step is not None:
        found.append(gettext("with the step “%(name)s”") % {"name": selection.step})
    if selection.again == "*":
        found.append(gettext("a step is repeated"))
    elif selection.again is not None:
        found.append(gettext("“%(name)s” is repeated") % {"name": selection.again})
    if selection.source is not None and selection.target is not None:
        names = {"source": selection.source, "target": selection.target}
        found.append(gettext("“%(target)s” follows “%(source)s”") % names)
    if selection.like is not None:
        found.append(gettext("the same way as case no. %(number)s") % {"number": number(selection.like + 1)})
    if selection.weekday is not None:
        found.append(gettext("begun on a %(day)s") % {"day": WEEKDAYS[selection.weekday]})
    if selection.hour is not None:
        found.append(gettext("begun between %(hour)s and %(next)s o'clock") % {
            "hour": selection.hour, "next": selection.hour + 1,
        })  # fmt: skip
    if selection.known is not None:
        found.append(str(KNOWN[selection.known]))
    return found


def _period(selection: Selection) -> str:
    days = {"first": short_date(selection.first), "last": short_date(selection.last)}
    if selection.first is None:
        return gettext("begun until %(last)s") % days
    if selection.last is None:
        return gettext("begun from %(first)s on") % days
    return gettext("begun from %(first)s to %(last)s") % days
