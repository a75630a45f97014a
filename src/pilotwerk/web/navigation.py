"""The side navigation. Rooms register their entries; web names no room above it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts import permissions as people
from pilotwerk.audit import permissions as audit
from pilotwerk.core.permissions import Permission

GROUPS = {
    "today": _("Today"),
    "days": _("90 days"),
    "evidence": _("Evidence"),
    "company": _("Company"),
}


@dataclass(frozen=True)
class Entry:
    """A line of the navigation. `count` answers how many things wait for this member (0 hides the chip)."""

    group: str
    order: int
    label: str | Promise
    view: str
    right: Permission
    count: Callable[[Any], int] | None = None


_entries: list[Entry] = []


def register(
    *,
    group: str,
    order: int,
    label: str | Promise,
    view: str,
    right: Permission,
    count: Callable[[Any], int] | None = None,
) -> None:
    """Add an entry to one of GROUPS. `view` is a name that reverses with the organisation alone."""
    if group not in GROUPS:
        raise ValueError(f"there is no group {group} in the navigation")
    _entries.append(Entry(group, order, label, view, right, count))


def entries_for(membership: Any, path: str) -> list[dict[str, Any]]:
    """Groups with the entries that this member may open; the present page is marked."""
    organisation = membership.organisation
    found: list[dict[str, Any]] = []
    current = _current(membership, path)
    for key, label in GROUPS.items():
        lines = [
            {
                "label": entry.label,
                "url": organisation.url(entry.view),
                "count": entry.count(membership) if entry.count else 0,
                "current": entry is current,
            }
            for entry in sorted(_entries, key=lambda entry: entry.order)
            if entry.group == key and membership.may(entry.right)
        ]
        if lines:
            found.append({"key": key, "label": label, "entries": lines})
    return found


def _current(membership: Any, path: str) -> Entry | None:
    """The entry whose address is the longest beginning of the present one."""
    organisation = membership.organisation
    matches = [
        (len(url), number)
        for number, entry in enumerate(_entries)
        if path.startswith(url := organisation.url(entry.view))
        and (url == path or url.rstrip("/").count("/") > 2)
    ]
    return _entries[max(matches)[1]] if matches else None


# Accounts and audit lie below web and cannot register by themselves.
register(group="evidence", order=40, label=_("Audit trail"), view="audit:log", right=audit.VIEW)
register(group="company", order=30, label=_("People"), view="accounts:people", right=people.VIEW)
register(
    group="company",
    order=40,
    label=_("Organisation"),
    view="accounts:organisation",
    right=people.ORGANISATION,
)
