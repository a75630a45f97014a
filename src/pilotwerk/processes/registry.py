"""What rooms above hand in: what measured facts are good for next."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from pilotwerk.accounts.models import Membership
from pilotwerk.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class NextStep:
    """A page that goes on from the facts, for members with the right. `view` reverses with the organisation alone."""

    order: int
    label: str | Promise
    view: str
    right: Permission


_steps: list[NextStep] = []


def register_next_step(*, order: int, label: str | Promise, view: str, right: Permission) -> None:
    """Offer a page below the facts; the one with the smallest `order` is the main one."""
    _steps.append(NextStep(order, label, view, right))


def next_steps(membership: Membership) -> Iterator[tuple[str | Promise, str]]:
    """Label and address of what this member may do next, in order."""
    for step in sorted(_steps, key=lambda one: one.order):
        if membership.may(step.right):
            yield step.label, membership.organisation.url(step.view)
