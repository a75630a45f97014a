"""What language models hand to the pilots' registers: expiring reservations, and what a person should look at."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.core import jobs
from pilotwerk.journey.registry import Attention
from pilotwerk.pilots import permissions
from pilotwerk.pilots import selectors as pilots
from pilotwerk.pilots.domain.breaker import Circuit
from pilotwerk.pilots.models import ModelUse, Provider
from pilotwerk.pilots.providers import budget, selectors
from pilotwerk.pilots.wording import period_said


def expire_job(job: jobs.Work) -> None:
    """Handler of pilots.expire_calls, run every five minutes."""
    budget.expire()


def attention(organisation: Organisation, membership: Membership) -> list[Attention]:
    """Budgets that are nearly or wholly used up, and models that are left alone; silent where none is in use."""
    if not membership.may(permissions.MODELS_VIEW) or not ModelUse.objects.of(organisation).exists():
        return []
    url = organisation.url("pilots:models")
    found: list[Attention] = []
    for one in selectors.budgets(organisation, pilots.pilot_current(organisation)):
        values = {
            "whose": one.pilot.name if one.pilot else organisation.name,
            "period": period_said(one.period),
        }
        if one.exhausted:
            text = _(
                "The model budget of %(whose)s for %(period)s is used up; requests are answered by hand."
            )
            found.append(Attention("bad", _("budget"), text % values, url))
        elif one.warned:
            text = _("80%% of the model budget of %(whose)s for %(period)s is used.")
            found.append(Attention("warn", _("budget"), text % values, url))
    for provider in (
        Provider.objects.of(organisation).filter(is_on=True).exclude(circuit=Circuit.CLOSED.value)
    ):
        text = _("%(name)s does not answer and is left alone for now.") % {"name": provider.name}
        found.append(Attention("warn", _("fault"), text, url))
    return found
