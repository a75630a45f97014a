"""From the plan to the entries of a member's calendar feed."""

from urllib.parse import urljoin

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.journey import selectors
from pilotwerk.journey.domain.feed import Entry, feed
from pilotwerk.journey.models import Gate, Task


def calendar_feed(membership: Membership, *, language: str, host: str) -> bytes:
    """The feed of this member in the active language; `host` is the address that links begin with."""
    organisation = membership.organisation
    plan = selectors.plan_current(organisation)
    entries: list[Entry] = []
    if plan is not None:
        entries += [_task(task, host) for task in selectors.calendar_tasks(membership, plan)]
        entries += [_gate(gate, organisation, host) for gate in plan.gates.all()]
    name = _("90-day plan %(organisation)s") % {"organisation": organisation.name}
    return feed(entries, name=name, language=language)


def _task(task: Task, host: str) -> Entry:
    title = _("Done: %(task)s") % {"task": task.title} if task.done_at else task.title
    who = task.owner.user.name if task.owner else _("nobody yet")
    return Entry(
        uid=f"task-{task.id}@pilotwerk",
        day=task.due,
        title=title,
        description=f"{task.text.why if task.text else ''}\n{who}".strip(),
        url=urljoin(host, task.organisation.url("journey:task", pk=task.pk)),
        changed_at=task.changed_at,
    )


def _gate(gate: Gate, organisation: Organisation, host: str) -> Entry:
    return Entry(
        uid=f"gate-{gate.id}@pilotwerk",
        day=gate.due,
        title=_("Gate %(number)s: %(title)s") % {"number": gate.number, "title": gate.text.gate},
        description=str(gate.text.question),
        url=urljoin(host, organisation.url("journey:gate", number=gate.number)),
        changed_at=gate.changed_at,
    )
