"""Appending to a log: the busiest write of the program, so it is written in SQL, four short statements.

The head row is locked first (PostgreSQL; on SQLite the whole transaction is), so that numbers have no gap,
and it is written last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.domain.entry import entry_new
from pilotwerk.audit.domain.merkle import Frontier, frontier_read, frontier_write, leaf_hash
from pilotwerk.core import clock

_HEAD = "SELECT size, frontier FROM audit_audithead WHERE organisation_id = %s"
_NEW_HEAD = (
    "INSERT INTO audit_audithead (organisation_id, size, frontier) VALUES (%s, 0, %s) "
    "ON CONFLICT (organisation_id) DO NOTHING"
)
_ENTRY = (
    "INSERT INTO audit_auditentry (organisation_id, sequence, at, action, actor_kind, actor_id, "
    "subject_type, subject_id, leaf, leaf_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
_TEXT = "INSERT INTO audit_personaltext (entry_id, key, salt, text) VALUES (%s, %s, %s, %s)"
_MOVE_HEAD = "UPDATE audit_audithead SET size = %s, frontier = %s WHERE organisation_id = %s"


def append(
    *,
    log: UUID,
    actor: Actor,
    action: str,
    subject: tuple[str, str],
    data: dict[str, Any],
    personal: Mapping[str, str],
) -> int:
    """Write the next entry of a log inside the running transaction and answer its number."""
    key = log if connection.features.has_native_uuid_field else log.hex
    with connection.cursor() as cursor:
        tree = _locked_head(cursor, key)
        sequence, at = tree.size + 1, clock.now()
        entry = entry_new(
            log=log,
            sequence=sequence,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            data=data,
            personal=personal,
        )
        leaf = leaf_hash(entry.leaf)
        moment = connection.ops.adapt_datetimefield_value(at)
        who_and_what = (action, actor.kind, actor.id, *subject)
        cursor.execute(_ENTRY, (key, sequence, moment, *who_and_what, entry.leaf.decode(), leaf))
        if entry.clear_texts:
            (entry_id,) = cursor.fetchone()
            cursor.executemany(
                _TEXT, [(entry_id, text.key, text.salt, text.text) for text in entry.clear_texts]
            )
        tree.append(leaf)
        cursor.execute(_MOVE_HEAD, (tree.size, frontier_write(tree), key))
    return sequence


def _locked_head(cursor: CursorWrapper, key: UUID | str) -> Frontier:
    select = _HEAD + (" FOR UPDATE" if connection.features.has_select_for_update else "")
    cursor.execute(select, (key,))
    row = cursor.fetchone()
    if row is None:
        cursor.execute(_NEW_HEAD, (key, b""))
        cursor.execute(select, (key,))
        row = cursor.fetchone()
    return frontier_read(*row)
