"""The registry of rights. Every view and API operation names one; the rights middleware enforces it.

A view without a name is refused, so that forgetting one fails closed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.functional import Promise

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What a member is in an organisation."""

    OWNER = "owner"
    LEAD = "lead"
    CLERK = "clerk"
    AUDITOR = "auditor"
    EMPLOYEE = "employee"


ALL = frozenset(Role)


@dataclass(frozen=True)
class Permission:
    """A named right and the roles that have it. `scope`: "organisation", "signed_in" or "public"."""

    name: str
    label: str | Promise
    roles: frozenset[Role]
    scope: str = "organisation"


_registry: dict[str, Permission] = {}


def permission(name: str, label: str | Promise, roles: Iterable[Role]) -> Permission:
    """Register a right inside an organisation. A name is registered once."""
    if name in _registry:
        raise ValueError(f"the right {name} is registered twice")
    _registry[name] = Permission(name, label, frozenset(roles))
    return _registry[name]


PUBLIC = Permission("public", "Everybody", frozenset(), "public")
SIGNED_IN = Permission("signed_in", "Everybody who is signed in", frozenset(), "signed_in")


def all_permissions() -> list[Permission]:
    """All registered rights, by name."""
    return [_registry[name] for name in sorted(_registry)]


def requires(right: Permission) -> Callable[[View], View]:
    """Name the right that a view needs. The view itself stays free of checks."""

    def mark(view: View) -> View:
        view.permission = right  # type: ignore[attr-defined]
        return view

    return mark


def named_permission(view: Any) -> Permission | None:
    """The right that a view names, or None."""
    found = getattr(view, "permission", None)
    return found if isinstance(found, Permission) else None


def by_name(name: str) -> Permission:
    """The right with this name; KeyError for an unknown one."""
    return _registry[name]
