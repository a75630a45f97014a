"""What an entry of the log is: the bytes of a leaf, and how to read them again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pilotwerk.audit.domain.actor import Actor
from pilotwerk.audit.domain.canonical import check_plain, encode
from pilotwerk.audit.domain.checkpoint import iso
from pilotwerk.audit.domain.commitment import ClearText, commit

VERSION = 1
ACTOR_KEY = "actor"  # the key under which an acting person's name is committed


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf and the clear texts that open its commitments."""

    leaf: bytes
    clear_texts: Sequence[ClearText]


def entry_new(
    *,
    log: UUID,
    sequence: int,
    at: datetime,
    actor: Actor,
    action: str,
    subject: tuple[str, str],
    data: dict[str, Any],
    personal: Mapping[str, str],
) -> Entry:
    """Write entry `sequence` (from 1) of a log. `data` is plain JSON; a person's name is never in the leaf.

    TypeError or ValueError for data that is not plain JSON.
    """
    check_plain(data)
    texts = dict(personal)
    if actor.is_person and actor.name:
        texts[ACTOR_KEY] = actor.name
    promised: dict[str, str] = {}
    clear_texts: list[ClearText] = []
    for key, text in texts.items():
        promised[key], clear = commit(sequence=sequence, key=key, text=text)
        clear_texts.append(clear)
    leaf: dict[str, Any] = {
        "v": VERSION,
        "log": str(log),
        "sequence": sequence,
        "at": iso(at),
        "actor": {"kind": actor.kind, "id": actor.id},
        "action": action,
        "subject": list(subject),
        "data": data,
    }
    if promised:
        leaf["personal"] = promised
    return Entry(encode(leaf), clear_texts)


def entry_read(leaf: bytes | str) -> dict[str, Any]:
    """The fields of a leaf. ValueError when it is not one."""
    fields = json.loads(leaf)
    if not isinstance(fields, dict) or fields.get("v") != VERSION:
        raise ValueError("not an entry of a version that this program knows")
    return fields
