"""Reads of the audit trail: search, sentences, and checking the log in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from pilotwerk.audit import keys, registry
from pilotwerk.audit.domain import merkle
from pilotwerk.audit.domain.checkpoint import iso, origin_of
from pilotwerk.audit.domain.entry import ACTOR_KEY, entry_read
from pilotwerk.audit.domain.export import checkpoint_filename
from pilotwerk.audit.models import INSTALLATION, AuditCheckpoint, AuditEntry, AuditHead, PersonalText
from pilotwerk.audit.verifier import verify


@dataclass(frozen=True)
class State:
    """How long a log is and when it was last attested."""

    entries: int
    last_checkpoint_at: datetime | None


def state(organisation_id: UUID | None) -> State:
    """For the foot of every page: number of entries, time of the last checkpoint (None if there is none)."""
    log = organisation_id or INSTALLATION
    size = AuditHead.objects.filter(pk=log).values_list("size", flat=True).first()
    last = AuditCheckpoint.objects.filter(organisation_id=log).values_list("created_at", flat=True).first()
    return State(size or 0, last)


def entries(
    organisation_id: UUID | None,
    *,
    text: str = "",
    action: str = "",
    actor_id: str = "",
    subject_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """Entries of a log, newest first. `text` is looked for in sentences, data and texts about people.

    `since` is included, `until` is not.
    """
    found = AuditEntry.objects.filter(organisation_id=organisation_id or INSTALLATION)
    exact = {
        "action": action,
        "actor_id": actor_id,
        "subject_id": subject_id,
        "at__gte": since,
        "at__lt": until,
    }
    found = found.filter(**{field: value for field, value in exact.items() if value})
    if text:
        told = [known.name for known in registry.actions() if text.casefold() in known.pattern.casefold()]
        log = organisation_id or INSTALLATION
        texts = PersonalText.objects.filter(entry__organisation_id=log, text__icontains=text).values("entry")
        found = found.filter(Q(action__in=told) | Q(leaf__icontains=text) | Q(pk__in=texts))
    return found


@dataclass(frozen=True)
class Line:
    """An entry as people read it. `actor` is None when the name was erased."""

    entry: AuditEntry
    sentence: str
    actor: str | None


def lines(found: Iterable[AuditEntry]) -> list[Line]:
    """Entries with their sentence in the active language; two queries however many there are."""
    found = list(found)
    said: dict[int, dict[str, str | None]] = {entry.pk: {} for entry in found}
    texts = PersonalText.objects.filter(entry__in=said).values_list("entry_id", "key", "text")
    for entry_id, key, text in texts:
        said[entry_id][key] = text
    return [_line(entry, said[entry.pk]) for entry in found]


def _line(entry: AuditEntry, personal: dict[str, str | None]) -> Line:
    action = registry.known(entry.action)
    actor = personal.get(ACTOR_KEY)
    if entry.actor_kind == "system":
        actor = f"Pilotwerk ({entry.actor_id})"
    elif entry.actor_kind == "visitor" and ACTOR_KEY not in personal:
        actor = _("Somebody without a sign-in")
    values = {**entry_read(entry.leaf)["data"], **personal, "actor": actor}
    return Line(entry, action.text(values), actor)


def entry_find(organisation_id: UUID | None, sequence: int) -> AuditEntry | None:
    """One entry by its number."""
    log = organisation_id or INSTALLATION
    return AuditEntry.objects.filter(organisation_id=log, sequence=sequence).first()


def entries_about(organisation_id: UUID | None, subject: tuple[str, str]) -> list[Line]:
    """What happened to one thing, newest first: for the pages of other rooms."""
    kind, key = subject
    return lines(entries(organisation_id, subject_id=key).filter(subject_type=kind))


def actors(organisation_id: UUID | None) -> list[tuple[str, str]]:
    """Who has acted in a log, as (id, name), by name; erased names are said to be so."""
    log = organisation_id or INSTALLATION
    last = (
        AuditEntry.objects.filter(organisation_id=log).exclude(actor_id="").order_by().values("actor_id")
    ).annotate(last=Max("id"))
    found = lines(AuditEntry.objects.filter(pk__in=[row["last"] for row in last]))
    return sorted(
        ((line.entry.actor_id, line.actor or _("(erased)")) for line in found), key=lambda row: row[1]
    )


def actions(organisation_id: UUID | None) -> list[str]:
    """The names of the actions that occur in a log."""
    found = AuditEntry.objects.filter(organisation_id=organisation_id or INSTALLATION)
    return list(found.order_by("action").values_list("action", flat=True).distinct())


def checkpoints(organisation_id: UUID | None) -> QuerySet[AuditCheckpoint]:
    """All checkpoints of a log, the longest first."""
    return AuditCheckpoint.objects.filter(organisation_id=organisation_id or INSTALLATION)


@dataclass(frozen=True)
class LastCheck:
    """When somebody last checked the whole log, and whether it was intact then."""

    at: datetime
    actor: str | None
    intact: bool


def last_check(organisation_id: UUID | None) -> LastCheck | None:
    """The last check of the whole log that was written down, or None."""
    found = lines(entries(organisation_id, action="audit.log_checked")[:1])
    if not found:
        return None
    (line,) = found
    return LastCheck(line.entry.at, line.actor, entry_read(line.entry.leaf)["data"]["result"] == "intact")


@dataclass(frozen=True)
class Inclusion:
    """Whether an entry lies under a signed root. `checkpoint` is None while none covers it."""

    proven: bool
    leaf_hash: str
    index: int
    checkpoint: AuditCheckpoint | None
    proof: Sequence[str]


def inclusion(entry: AuditEntry) -> Inclusion:
    """Prove that an entry lies under the last checkpoint, whose signature is checked (RFC 9162, 2.1.3)."""
    leaf, index = merkle.leaf_hash(entry.leaf.encode()), entry.sequence - 1
    point = checkpoints(entry.organisation_id).first()
    if point is None or point.size < entry.sequence:
        return Inclusion(False, leaf.hex(), index, None, [])
    earlier = AuditEntry.objects.filter(organisation_id=entry.organisation_id, sequence__lte=point.size)
    hashes = [bytes(stored) for stored in earlier.order_by("sequence").values_list("leaf_hash", flat=True)]
    try:
        key = keys.signer(entry.organisation_id).key
        signed = verify.checkpoint_open(point.note.encode(), key, checkpoint_filename(point.size))
        proof = merkle.inclusion_proof(hashes, index)
    except (verify.Broken, IndexError):
        return Inclusion(False, leaf.hex(), index, point, [])
    proven = merkle.verify_inclusion(leaf=leaf, index=index, size=signed.size, proof=proof, root=signed.root)
    return Inclusion(proven, leaf.hex(), index, point, [node.hex() for node in proof])


def check(organisation_id: UUID | None) -> verify.Report:
    """Check a whole log in the database, with the very functions that an auditor runs on an export."""
    log = organisation_id or INSTALLATION
    report = verify.Report()
    # The head is read first: entries that are written meanwhile lie after it and are left out.
    head = AuditHead.objects.filter(pk=log).first() or AuditHead(pk=log, size=0, frontier=b"")
    points = []
    found = AuditCheckpoint.objects.filter(organisation_id=log, size__lte=head.size).order_by("size")
    if found:
        key = keys.signer(log).key
        report.fingerprint = key.fingerprint
        for point in found:
            try:
                points.append(
                    verify.checkpoint_open(point.note.encode(), key, checkpoint_filename(point.size))
                )
            except verify.Broken as broken:
                report.findings.append(broken.finding)
    report.checkpoints = len(points)
    verify.check_log(
        origin=origin_of(log),
        entries=_stored_leaves(log, head.size, report),
        clear_texts=clear_texts(log, head.size),
        checkpoints=points,
        report=report,
    )
    if report.ok and (report.entries != head.size or report.root != head.tree.root()):
        report.add("head_differs", found=report.entries, size=head.size)
    return report


COLUMNS = ("sequence", "at", "action", "actor_kind", "actor_id", "subject_type", "subject_id")


def _stored_leaves(log: UUID, size: int, report: verify.Report) -> Iterator[bytes]:
    """The leaves in order; beside them, the columns for searching are held against the leaf."""
    found = AuditEntry.objects.filter(organisation_id=log, sequence__lte=size).order_by("sequence")
    rows = found.values_list("leaf", "leaf_hash", *COLUMNS).iterator(chunk_size=2000)
    for text, stored_hash, *columns in rows:
        leaf = text.encode()
        if bytes(stored_hash) != merkle.leaf_hash(leaf) or not _columns_fit(text, columns):
            report.add("row_differs", columns[0], number=columns[0])
        yield leaf


def _columns_fit(leaf: str, columns: Sequence[Any]) -> bool:
    sequence, at, action, actor_kind, actor_id, subject_type, subject_id = columns
    try:
        told = entry_read(leaf)
        in_leaf = (told["sequence"], told["at"], told["action"], told["actor"], told["subject"])
    except (ValueError, KeyError):
        return False
    actor, subject = {"kind": actor_kind, "id": actor_id}, [subject_type, subject_id]
    return in_leaf == (sequence, iso(at), action, actor, subject)


def leaves(log: UUID, size: int) -> Iterator[bytes]:
    """The first `size` leaves in order."""
    found = AuditEntry.objects.filter(organisation_id=log, sequence__lte=size).order_by("sequence")
    for leaf in found.values_list("leaf", flat=True).iterator(chunk_size=2000):
        yield leaf.encode()


def clear_texts(log: UUID, size: int) -> Iterator[verify.ClearText]:
    """The texts about people that were not erased, among the first `size` entries."""
    found = PersonalText.objects.filter(
        entry__organisation_id=log, entry__sequence__lte=size, erased_at=None
    ).order_by("entry__sequence", "key")
    rows = found.values_list("entry__sequence", "key", "salt", "text").iterator(chunk_size=2000)
    for sequence, key, salt, text in rows:
        yield verify.ClearText(sequence, key, bytes(salt or b""), text or "")
