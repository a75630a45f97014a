"""Answers to risk questions that the data suggest. A person confirms them; nothing is answered by itself."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.core.results import CannotTell
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.models import Process
from pilotwerk.processes.quality.wording import PERSONAL
from pilotwerk.processes.selectors import import_latest, personal_data_of
from pilotwerk.web.templatetags.pw import short_date


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option of a risk question, and the sentence that says where it comes from."""

    option: str
    source: str


def suggested_answers(organisation: Organisation, process: Process | None) -> dict[str, Suggestion]:
    """Suggestions by risk question, from the data of the process's latest import.

    Personal data that the check found suggest at least "name and contact", bank accounts "private matters". That
    nothing was found suggests nothing: the check cannot recognise everything.
    """
    latest = import_latest(organisation, process) if process is not None else None
    if latest is None:
        return {}
    found = personal_data_of(latest)
    if isinstance(found, CannotTell) or not found:
        return {}
    money = any(one.kind is Personal.IBAN for one in found)
    columns = ", ".join(f"{one.name} ({PERSONAL[one.kind]})" for one in found)
    source = _("Suggested from %(filename)s of %(day)s: %(columns)s. Please check and confirm.") % {
        "filename": latest.filename,
        "day": short_date(latest.finished_at),
        "columns": columns,
    }
    return {"personal": Suggestion("private" if money else "contact", source)}
