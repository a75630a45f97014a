"""Writes of the audit trail. `record` is what all other rooms call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pilotwerk.audit import keys, registry, selectors, store
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.domain.checkpoint import origin_of
from pilotwerk.audit.domain.entry import ACTOR_KEY
from pilotwerk.audit.domain.export import checkpoint_filename, export_write
from pilotwerk.audit.models import (
    INSTALLATION,
    AuditCheckpoint,
    AuditEntry,
    AuditHead,
    AuditPurge,
    PersonalText,
)
from pilotwerk.audit.store import Event
from pilotwerk.audit.verifier.verify import Report
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused

PUBLISH = "audit.checkpoint_publish"


def record(
    *,
    organisation_id: UUID | None,
    actor: Actor,
    action: str,
    subject: tuple[str, str],
    data: dict[str, Any] | None = None,
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
    return record_all(
        organisation_id=organisation_id,
        actor=actor,
        events=[Event(action, subject, data or {}, personal or {})],
    )


def record_all(*, organisation_id: UUID | None, actor: Actor, events: Sequence[Event]) -> int:
    """Write down several things that one actor did in one transaction, in this order: see `record`. Answers the
    number of the last entry; ValueError without any.
    """
    if not events:
        raise ValueError("there is nothing to record")
    if not connection.in_atomic_block:
        raise RuntimeError(
            f"{events[0].action} must be recorded in the transaction of the change it tells of"
        )
    if not isinstance(actor, Actor):
        raise TypeError(f"{events[0].action} needs an actor, not {actor!r}")
    return store.append(
        log=organisation_id or INSTALLATION,
        actor=Actor(actor.kind, _text(actor.id, "actor.id"), _text(actor.name, "actor.name")),
        events=[_checked(event) for event in events],
    )


def _checked(event: Event) -> Event:
    """The event with plain texts, after the action's own rules."""
    action, (kind, key) = event.action, event.subject
    personal = {name: _text(text, f"{action}: {name}") for name, text in event.personal.items()}
    registry.check_values(registry.action_named(action), data=event.data, personal=personal)
    subject = (_text(kind, f"{action}: subject"), _text(key, f"{action}: subject"))
    return Event(action, subject, event.data, personal)


def _text(value: str, what: str) -> str:
    """Exactly a text: a member of a choice becomes the text that it is, anything else is a TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is {type(value).__name__}, not a text")
    return str.__str__(value)


@transaction.atomic
def log_purge(*, organisation_id: UUID, actor: Actor) -> int:
    """Remove the whole log of an organisation that is being deleted. Answers how many entries there were.

    The only way to delete entries. That it happened, and the root of what was removed, stays in the
    installation's log.
    """
    if organisation_id == INSTALLATION:
        raise Refused(_("The installation's own audit trail cannot be removed."))
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
        data={"entries": head.size, "root": head.tree.root().hex()},
    )
    return head.size


@transaction.atomic
def personal_shred(
    *,
    organisation_id: UUID | None,
    actor: Actor,
    reason: str,
    subject: tuple[str, str] | None = None,
    person_id: str | None = None,
) -> int:
    """Erase texts about a person for ever; the entries stay and the log stays valid. Answers how many texts.

    `subject`: all texts in entries about this thing ("room.Model", key). `person_id`: the name of this person
    wherever they acted. At least one of both (ValueError otherwise).
    """
    if not (subject or person_id):
        raise ValueError("say whose texts are to be erased: a subject, a person, or both")
    about = Q(pk__in=[])
    if subject:
        about |= Q(entry__subject_type=subject[0], entry__subject_id=subject[1])
    if person_id:
        about |= Q(key=ACTOR_KEY, entry__actor_id=person_id)
    texts = PersonalText.objects.filter(
        about, entry__organisation_id=organisation_id or INSTALLATION, erased_at=None
    )
    count = texts.update(salt=None, text=None, erased_at=clock.now())
    if count:
        record(
            organisation_id=organisation_id,
            actor=actor,
            action="audit.personal_erased",
            subject=subject or ("accounts.User", str(person_id)),
            data={"count": count, "reason": reason},
        )
    return count


@transaction.atomic
def checkpoint_create(*, organisation_id: UUID | None) -> AuditCheckpoint | None:
    """Sign what the log is now; a job then hands the checkpoint out. None for an empty log.

    A log that has not grown since its last checkpoint keeps that one.
    """
    log = organisation_id or INSTALLATION
    head = AuditHead.objects.select_for_update().filter(pk=log).first()
    if head is None or head.size == 0:
        return None
    note = keys.signer(log).checkpoint(size=head.size, root=head.tree.root(), at=clock.now())
    point, created = AuditCheckpoint.objects.get_or_create(
        organisation_id=log, size=head.size, defaults={"note": note}
    )
    if created:
        jobs.enqueue(kind=PUBLISH, organisation_id=log, payload={"checkpoint": point.pk})
    return point


def checkpoint_due() -> int:
    """Make a checkpoint for every log that has grown since its last one. Answers for how many."""
    count = 0
    for log, size in AuditHead.objects.values_list("organisation_id", "size"):
        if not AuditCheckpoint.objects.filter(organisation_id=log, size=size).exists():
            count += checkpoint_create(organisation_id=log) is not None
    return count


def checkpoint_publish(*, checkpoint: AuditCheckpoint) -> Path:
    """Take a checkpoint out of the database: a file beside the key, and an e-mail where an address is set.

    May run twice: the file is the same; a second e-mail does no harm. Answers the file's path.
    """
    log = checkpoint.organisation_id
    folder = keys.key_path().parent / "checkpoints" / str(log)
    folder.mkdir(parents=True, exist_ok=True)
    name = checkpoint_filename(checkpoint.size)
    draft = folder / f"{name}.tmp"
    draft.write_text(checkpoint.note, encoding="utf-8")
    path = draft.replace(folder / name)
    if settings.PILOTWERK_CHECKPOINT_EMAIL:
        values = {"size": checkpoint.size, "log": origin_of(log)}
        message = EmailMessage(
            subject=_("Audit trail: checkpoint over %(size)s entries") % values,
            body=_(
                "Please keep this e-mail. With the attached checkpoint you can prove later that the first "
                "%(size)s entries of the audit trail %(log)s were not changed, not even by the server's operator."
            )
            % values,
            to=[settings.PILOTWERK_CHECKPOINT_EMAIL],
        )
        message.attach(f"{log}-{name}", checkpoint.note, "text/plain")
        message.send()
    return path


def log_check(*, organisation_id: UUID | None, actor: Actor) -> Report:
    """Check the whole log in the database and write down who did it and with which result."""
    report = selectors.check(organisation_id)
    with transaction.atomic():
        record(
            organisation_id=organisation_id,
            actor=actor,
            action="audit.log_checked",
            subject=("audit.Log", origin_of(organisation_id or INSTALLATION)),
            data={
                "entries": report.entries,
                "covered": report.covered,
                "result": "intact" if report.ok else "broken",
                "root": report.root.hex(),
            },
        )
    return report


def log_export(*, organisation_id: UUID | None, actor: Actor, directory: Path) -> AuditCheckpoint:
    """Write the whole log into an empty directory, up to a checkpoint made for it (else FileExistsError)."""
    log = organisation_id or INSTALLATION
    with transaction.atomic():
        entries = AuditHead.objects.filter(pk=log).values_list("size", flat=True).first() or 0
        record(
            organisation_id=organisation_id,
            actor=actor,
            action="audit.log_exported",
            subject=("audit.Log", origin_of(log)),
            data={"entries": entries},
        )
        last = checkpoint_create(organisation_id=organisation_id)
    assert last is not None  # there is at least the entry written above
    points = AuditCheckpoint.objects.filter(organisation_id=log, size__lte=last.size).order_by("size")
    export_write(
        directory,
        signer=keys.signer(log),
        at=clock.now(),
        entries=selectors.leaves(log, last.size),
        clear_texts=selectors.clear_texts(log, last.size),
        checkpoints=points.values_list("size", "note"),
    )
    return last
