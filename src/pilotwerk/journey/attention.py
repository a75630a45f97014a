"""What needs attention on the overview: at most five points, the most urgent first."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.journey import registry, selectors
from pilotwerk.journey.links import openable
from pilotwerk.journey.registry import Attention
from pilotwerk.journey.selectors import GateRow, TaskRow

SHOWN = 5
OVERDUE_SHOWN = 2
GATE_NEAR_DAYS = 7
URGENCY = {"bad": 0, "warn": 1, "open": 2}


def attention(
    organisation: Organisation,
    membership: Membership,
    *,
    tasks: list[TaskRow],
    gates: list[GateRow],
) -> list[Attention]:
    """Points of the plan and of all rooms for this member, at most five.

    The next step is left out, because the page shows it beside.
    """
    found = [*_overdue(organisation, membership, tasks), *_gate_near(organisation, gates)]
    for source in registry.attention_sources():
        found += source(organisation, membership)
    found.sort(key=lambda point: (URGENCY.get(point.state, len(URGENCY)), point.due or date.max))
    return found[:SHOWN]


def _overdue(organisation: Organisation, membership: Membership, tasks: list[TaskRow]) -> list[Attention]:
    late = [row for row in tasks if row.overdue and row is not selectors.next_row(tasks)]
    points = [
        Attention(
            state="bad",
            label=_("overdue"),
            text=row.task.title,
            url=row.url
            if row.url and openable(row.url, membership)
            else organisation.url("journey:task", pk=row.task.pk),
            who=row.task.owner.user.name if row.task.owner else _("nobody yet"),
            due=row.task.due,
        )
        for row in late[:OVERDUE_SHOWN]
    ]
    if rest := late[OVERDUE_SHOWN:]:
        text = ngettext("%(count)s more task is overdue", "%(count)s more tasks are overdue", len(rest))
        points.append(
            Attention(
                state="bad",
                label=_("overdue"),
                text=text % {"count": len(rest)},
                url=organisation.url("journey:plan"),
                due=rest[0].task.due,
            )
        )
    return points


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
