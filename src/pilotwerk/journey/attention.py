"""What needs attention on the overview: at most five points, the most urgent first."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.journey import registry, selectors
from pilotwerk.journey.models import Plan
from pilotwerk.journey.registry import Attention
from pilotwerk.journey.selectors import GateRow, TaskRow

SHOWN = 5
GATE_NEAR_DAYS = 7
URGENCY = {"bad": 0, "warn": 1, "open": 2}


def attention(
    organisation: Organisation,
    membership: Membership,
    *,
    plan: Plan,
    tasks: list[TaskRow],
    gates: list[GateRow],
) -> list[Attention]:
    """Points of the plan and of all rooms for this member, at most five."""
    found = [*_overdue(organisation, tasks), *_gate_near(organisation, gates)]
    for source in registry.attention_sources():
        found += source(organisation, membership)
    found.sort(key=lambda point: (URGENCY.get(point.state, len(URGENCY)), point.due or date.max))
    return found[:SHOWN]


def _overdue(organisation: Organisation, tasks: list[TaskRow]) -> list[Attention]:
    plan_url = organisation.url("journey:plan")
    return [
        Attention(
            state="bad",
            label=_("overdue"),
            text=row.task.title,
            url=row.url or f"{plan_url}#{row.task.key}",
            who=row.task.owner.user.name if row.task.owner else _("nobody yet"),
            due=row.task.due,
        )
        for row in tasks
        if row.overdue
    ]


def _gate_near(organisation: Organisation, gates: list[GateRow]) -> list[Attention]:
    row = selectors.gate_next(gates)
    if row is None or row.summary.complete:
        return []
    days = (row.gate.due - selectors.today(organisation)).days
    if days > GATE_NEAR_DAYS:
        return []
    missing = row.summary.open + row.summary.not_met
    text = ngettext(
        "Gate %(gate)s: %(count)s criterion is not met yet",
        "Gate %(gate)s: %(count)s criteria are not met yet",
        missing,
    ) % {"gate": row.gate.number, "count": missing}
    return [
        Attention(
            state="bad" if days < 0 else "warn",
            label=_("overdue") if days < 0 else _("soon"),
            text=text,
            url=f"{organisation.url('journey:plan')}#gate{row.gate.number}",
            due=row.gate.due,
        )
    ]
