"""Reasons, meanings and kinds in the active language."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pilotwerk.processes.domain import guess, messages
from pilotwerk.processes.domain.roles import Kind, Meaning
from pilotwerk.web.templatetags.pw import number

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
    values = {name: number(value, 1 if "." in value else 0) for name, value in reason.params.items()}
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
