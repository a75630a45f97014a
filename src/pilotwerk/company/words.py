"""Results of the company room in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.company.domain.size import Ceiling, Missing, SizeClass, SizeResult, SizeUnknown
from pilotwerk.company.domain.survey import View
from pilotwerk.company.fields import plain_number
from pilotwerk.company.models import Profile, WorksCouncil, YesNo
from pilotwerk.web.templatetags.pw import euro, number

SIZE_NAMES = {
    SizeClass.MICRO: gettext_lazy("micro enterprise"),
    SizeClass.SMALL: gettext_lazy("small enterprise"),
    SizeClass.MEDIUM: gettext_lazy("medium-sized enterprise"),
    SizeClass.SMALL_MID_CAP: gettext_lazy("small mid-cap company"),
    SizeClass.LARGE: gettext_lazy("large enterprise"),
}
MISSING_NAMES = {
    "staff": gettext_lazy("number of people"),
    "turnover": gettext_lazy("turnover"),
    "balance": gettext_lazy("balance sheet total"),
    "share": gettext_lazy("share held"),
    "related": gettext_lazy("related companies"),
}


def size_name(size: SizeClass) -> str:
    """The size class as people say it."""
    return str(SIZE_NAMES[size])


def missing_name(missing: Missing) -> str:
    """The missing figure, with the related company it belongs to."""
    figure = str(MISSING_NAMES[missing.figure])
    return f"{figure} ({missing.name})" if missing.name else figure


def ceiling_row(ceiling: Ceiling) -> dict[str, Any]:
    """A line of the table of limits."""
    money = {"turnover": ceiling.turnover, "balance": ceiling.balance}
    return {
        "size": ceiling.size,
        "name": size_name(ceiling.size),
        "staff": ceiling.staff,
        **{name: _("€%(n)s million") % {"n": number(amount / 1e6)} for name, amount in money.items()},
    }


def size_headline(name: str, result: SizeResult | SizeUnknown) -> str:
    """The size class of a company in one sentence, for headings and documents."""
    if isinstance(result, SizeUnknown):
        return _("The size class of %(name)s is still open") % {"name": name}
    sentences = {
        SizeClass.MICRO: _("%(name)s is a micro enterprise"),
        SizeClass.SMALL: _("%(name)s is a small enterprise"),
        SizeClass.MEDIUM: _("%(name)s is a medium-sized enterprise"),
        SizeClass.SMALL_MID_CAP: _("%(name)s is a small mid-cap company"),
        SizeClass.LARGE: _("%(name)s is a large enterprise"),
    }
    return sentences[result.size] % {"name": name}


def size_reason(result: SizeResult | SizeUnknown) -> str:
    """Why, in one or two sentences."""
    if isinstance(result, SizeUnknown):
        missing = ", ".join(missing_name(item) for item in result.missing)
        return _("Everything from %(smallest)s to %(largest)s is possible. Missing: %(missing)s.") % {
            "smallest": size_name(result.smallest),
            "largest": size_name(result.largest),
            "missing": missing,
        }
    if result.size.is_sme:
        return _("You count as an SME. The law gives SMEs some relief.")
    if result.size is SizeClass.SMALL_MID_CAP:
        return _("You are no SME, but just above. Part of the relief for SMEs holds for you too.")
    return _("The relief for small and medium-sized enterprises does not hold for you.")


def answer_text(found: Profile, question: str) -> str:
    """The answer to a profile question as people read it; empty where it was not asked yet."""
    if question not in found.answered:
        return ""
    value: Any = getattr(found, question)
    if value in (None, ""):
        return _("You do not know yet")
    if question in ("turnover", "balance"):
        return euro(value)
    if question == "hourly_cost":
        return euro(value, 2)
    if question == "works_council":
        return str(WorksCouncil(value).label)
    if question == "related":
        return str(YesNo(value).label)
    return plain_number(value) if question == "staff" else str(value)


VIEWS = {
    View.LOW: gettext_lazy("below 35"),
    View.MIDDLE: gettext_lazy("35 to 65"),
    View.HIGH: gettext_lazy("65 and more"),
    View.DIVIDED: gettext_lazy("opinions differ"),
}


def view_text(view: View | None) -> str:
    """What the team survey shows of a question or a dimension, in points; empty where too few answered."""
    return "" if view is None else str(VIEWS[view])
