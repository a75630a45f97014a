"""Writes of the audit trail. `record` is what all other rooms call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pilotwerk.audit import registry, store
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.models import (
    INSTALLATION,
    AuditCheckpoint,
    AuditEntry,
    AuditHead,
    AuditPurge,
    PersonalText,
)
from pilotwerk.core.errors import Refused


def record(
    *,
    organisation_id: UUID | None,
    actor: Actor,
    action: str,
    subject: tuple[str, str],
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> int:
    """Write down who did what, in the transaction of the change, as its last statement. Answers the number.

    `organisation_id` None is the installation's own log. `subject` is ("room.Model", key). `data` is plain
    JSON without anything about a person; texts about people go into `personal`, with exactly the keys that
    the action was registered with. The actor's name is treated as personal by itself.

    RuntimeError outside a transaction, KeyError for an unknown action, TypeError or ValueError for a missing
    actor, for data that is not plain JSON, for other personal keys, or when the action's sentence lacks a
    value.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{action} must be recorded in the transaction of the change it tells of")
    if not isinstance(actor, Actor):
        raise TypeError(f"{action} needs an actor, not {actor!r}")
    kind, key = subject
    if type(kind) is not str or type(key) is not str:
        raise TypeError(f"{action}: a subject is two texts, not {subject!r}")
    data, personal = data or {}, personal or {}
    for name, text in personal.items():
        if type(text) is not str:
            raise TypeError(f"{action}: the personal text {name} is {type(text).__name__}")
    registry.check_values(registry.action_named(action), data=data, personal=personal)
    return store.append(
        log=organisation_id or INSTALLATION,
        actor=actor,
        action=action,
        subject=(kind, key),
        data=data,
        personal=personal,
    )


@transaction.atomic
def log_purge(*, organisation_id: UUID, actor: Actor) -> int:
    """Remove the whole log of an organisation that is being deleted. Answers how many entries there were.

    The only way to delete entries. That it happened, and the root of what was removed, stays in the
    installation's log.
    """
    if organisation_id == INSTALLATION:
        raise Refused("The installation's own audit trail cannot be removed.")
    head = AuditHead.objects.select_for_update().filter(pk=organisation_id).first()
    if head is None:
        return 0
    AuditPurge.objects.create(organisation_id=organisation_id)
    PersonalText.objects.filter(entry__organisation_id=organisation_id).delete()
    AuditEntry.objects.filter(organisation_id=organisation_id).delete()
    AuditCheckpoint.objects.filter(organisation_id=organisation_id).delete()
    head.delete()
    AuditPurge.objects.filter(organisation_id=organisation_id).delete()
    record(
        organisation_id=None,
        actor=actor,
        action="audit.log_purged",
        subject=("accounts.Organisation", str(organisation_id)),
        data={"entries": head.size, "root": store.frontier_of(head.size, head.frontier).root().hex()},
    )
    return head.size
