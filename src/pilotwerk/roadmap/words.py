"""Quarters and loads in words."""

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from pilotwerk.roadmap.domain import Load, Quarter
from pilotwerk.web.templatetags.pw import euro


def quarter_name(quarter: Quarter) -> str:
    """Quarter 1/2027, as people say it."""
    return _("Quarter %(number)s/%(year)s") % {"number": quarter.number, "year": quarter.year}


def load_problems(load: Load) -> list[str]:
    """By how much a quarter asks for more than there is."""
    found = []
    if load.over_budget:
        found.append(_("%(amount)s more than the budget") % {"amount": euro(load.over_budget)})
    if load.over_capacity:
        found.append(
            _("%(days)s working days more than there are") % {"days": floatformat(load.over_capacity)}
        )
    return found
