"""What things are called in a kind of pilot: whole phrases, because a noun put into a sentence does not decline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Words:
    """`case`, `text`: headings above what came in and what goes out; `text_to` has a place for %(address)s.

    `incoming`, `outgoing`: in lists of settings; `how_in`, `how_out`: above their choices; `take_in`: above the
    field for a file; `file`: which files those are; `appears`: when something new waits in the approvals.
    """

    case: Any
    text: Any
    text_to: Any
    incoming: Any
    outgoing: Any
    how_in: Any
    how_out: Any
    take_in: Any
    file: Any
    appears: Any


REQUESTS = Words(
    case=_("Request"),
    text=_("Reply"),
    text_to=_("Reply to %(address)s"),
    incoming=_("Requests"),
    outgoing=_("Answers"),
    how_in=_("How requests come in"),
    how_out=_("How answers go out"),
    take_in=_("Take in requests"),
    file=_(
        "CSV, Excel, text or mail files. A request that is known already is recognised by its number and left out."
    ),
    appears=_("New requests appear here when a file with requests is uploaded."),
)
LEADS = Words(
    case=_("Lead"),
    text=_("Message"),
    text_to=_("Message to %(address)s"),
    incoming=_("Leads"),
    outgoing=_("Messages"),
    how_in=_("How leads come in"),
    how_out=_("How messages go out"),
    take_in=_("Take in leads"),
    file=_(
        "CSV or Excel. A lead that is known already is recognised by its number; what changed about it is taken "
        "over."
    ),
    appears=_(
        "Leads appear here when a table of leads is taken in, and every morning when a follow-up is due."
    ),
)
ORDERS = Words(
    case=_("Stock warning"),
    text=pgettext_lazy("stock", "Order letter"),
    text_to=_("Order to %(address)s"),
    incoming=_("Stock figures"),
    outgoing=_("Orders"),
    how_in=_("How stock figures come in"),
    how_out=_("How orders go out"),
    take_in=_("New stock figures"),
    file=_(
        "The same table as at the set-up, with the present stock and what is on its way. What is settled by it closes "
        "itself. A table of newer demand is learned from."
    ),
    appears=_("Stock is checked every morning and after each new table. What runs short appears here."),
)
REPORTS = Words(
    case=_("Period"),
    text=_("Text of the report"),
    text_to=_("Text of the report for %(address)s"),
    incoming=_("Figures"),
    outgoing=_("Reports"),
    how_in=_("How figures come in"),
    how_out=_("How reports go out"),
    take_in=_("Newer figures"),
    file=_(
        "The same table as at the set-up, with the rows that came in since and those from before. A report that "
        "nobody has decided yet is worked out anew from it."
    ),
    appears=_("A report appears here when its week or month is over."),
)
