"""Appending to a log: the busiest write of the program, so it is written in SQL, a few short
statements however many entries.

The head row is locked first (PostgreSQL; on SQLite the whole transaction is), so that numbers have no gap,
and it is written last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.domain.entry import entry_new
from pilotwerk.audit.domain.merkle import Frontier, frontier_read, frontier_write, leaf_hash
from pilotwerk.core import clock
from pilotwerk.core.prepared import plain

_HEAD = "SELECT size, frontier FROM audit_audithead WHERE organisation_id = %s"
_NEW_HEAD = (
    "INSERT INTO audit_audithead (organisation_id, size, frontier) VALUES (%s, 0, %s) "
    "ON CONFLICT (organisation_id) DO NOTHING"
)
_ENTRY = (
    "INSERT INTO audit_auditentry (organisation_id, sequence, at, action, actor_kind, actor_id, "
    "subject_type, subject_id, leaf, leaf_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_TEXT = (
    "INSERT INTO audit_personaltext (entry_id, key, salt, text) "
    "SELECT id, %s, %s, %s FROM audit_auditentry WHERE organisation_id = %s AND sequence = %s"
)
_MOVE_HEAD = "UPDATE audit_audithead SET size = %s, frontier = %s WHERE organisation_id = %s"


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be written down: see `services.record`."""

    action: str
    subject: tuple[str, str]
    data: dict[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


def append(*, log: UUID, actor: Actor, events: Sequence[Event]) -> int:
    """Write the next entries of a log inside the running transaction; answers the number of the last one."""
    key = plain(log)
    rows, texts = [], []
    with connection.cursor() as cursor:
        tree, at = _locked_head(cursor, key), clock.now()
        moment = plain(at)
        for event in events:
            sequence = tree.size + 1
            entry = entry_new(
                log=log,
                sequence=sequence,
                at=at,
                actor=actor,
                action=event.action,
                subject=event.subject,
                data=event.data,
                personal=event.personal,
            )
            leaf = leaf_hash(entry.leaf)
            who_and_what = (event.action, actor.kind, actor.id, *event.subject)
            rows.append((key, sequence, moment, *who_and_what, entry.leaf.decode(), leaf))
            texts += [(text.key, text.salt, text.text, key, sequence) for text in entry.clear_texts]
            tree.append(leaf)
        _write(cursor, _ENTRY, rows)
        _write(cursor, _TEXT, texts)
        cursor.execute(_MOVE_HEAD, (tree.size, frontier_write(tree), key))
    return tree.size


def _write(cursor: CursorWrapper, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if len(rows) > 1:
        cursor.executemany(statement, rows)
    elif rows:
        cursor.execute(statement, rows[0])


def _locked_head(cursor: CursorWrapper, key: UUID | str) -> Frontier:
    select = _HEAD + (" FOR UPDATE" if connection.features.has_select_for_update else "")
    cursor.execute(select, (key,))
    row = cursor.fetchone()
    if row is None:
        cursor.execute(_NEW_HEAD, (key, b""))
        cursor.execute(select, (key,))
        row = cursor.fetchone()
    return frontier_read(*row)
