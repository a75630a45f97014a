"""What just happened to a case, as one sentence: shown on the page that follows, and read out by screen readers."""

from __future__ import annotations

from django.contrib import messages
from django.utils.translation import gettext as _

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.pilots.domain.states import ON_THE_WAY_OUT, OPEN_FOR_DECISION, CaseState
from pilotwerk.pilots.models import Case
from pilotwerk.web.templatetags.pw import clock_time, short_date

# Read out only: the page says the same already, with the button that takes it back.
ONLY_READ_OUT = "sr"


def said(
    request: OrganisationRequest, sentence: str, case: Case, *, shown: bool = True, **values: str
) -> None:
    """Say it on the next page; %(case)s in the sentence is the case's label, `values` are its other places."""
    text = sentence % {"case": case.label, **values}
    messages.success(request, text, extra_tags="" if shown else ONLY_READ_OUT)


def said_decided(request: OrganisationRequest, case: Case) -> None:
    """What an approval or an answer led to: it goes out, or it waits for a second person."""
    case.refresh_from_db(fields=["state", "execute_at"])
    if case.state == CaseState.WAITING_SECOND:
        said(request, _("You have approved %(case)s. It waits for a second person."), case)
    elif case.state in ON_THE_WAY_OUT and case.execute_at is not None and case.pilot.send_delay_seconds:
        sentence = _("%(case)s is approved and goes out at %(time)s.")
        said(request, sentence, case, shown=False, time=clock_time(case.execute_at))
    else:
        said(request, _("%(case)s is approved and goes out."), case)


def said_rejected(request: OrganisationRequest, case: Case) -> None:
    """Whether an answer by hand is still expected."""
    if case.state in OPEN_FOR_DECISION:
        said(request, _("The proposal for %(case)s is rejected. Now do it by hand."), case)
    else:
        said(request, _("The proposal for %(case)s is rejected. Nothing is to be sent."), case)


def said_deferred(request: OrganisationRequest, case: Case) -> None:
    """Until which day it is put back."""
    case.refresh_from_db(fields=["deferred_until"])
    day = short_date(case.deferred_until) if case.deferred_until else ""
    said(request, _("%(case)s is put back until %(day)s."), case, day=day)
