"""Decided cases as tables in a folder: one file a case, never half of one, never again once it was taken away."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import (
    Delivered,
    Message,
    NotDelivered,
    Outcome,
    OutcomeUnknown,
    Record,
    key_digest,
)
from pilotwerk.pilots.recipes import grids

IN, OUT, MARKS = "in", "out", ".pilotwerk"
# A mark is needed until the case is known as done, which takes seconds; a long holiday is no harm.
KEPT_DAYS: Final = 30


@dataclass(frozen=True)
class FolderTarget:
    """The way out into a folder that other programs read.

    They may take a file away as soon as it is there. So a mark is written before the file: where the mark is there and
    the file is not, nobody knows whether it was taken or never written, and a person finds out.
    """

    access: Access
    recognises_repeats = True

    @property
    def folder(self) -> Path:
        assert self.access.folder is not None  # execution hands it out with connections of this kind
        return self.access.folder / OUT

    def deliver(self, message: Message, key: str) -> Outcome:
        """One file. The same key and content again changes nothing; the same key with other content is refused."""
        digest, record = key_digest(key), message.record
        assert record is not None  # execution always says what the case is
        wanted = _fingerprint(message, record)
        mark = self.folder / MARKS / digest
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            if mark.exists():
                return self._again(mark, digest, wanted)
            return self._first(mark, digest, wanted, message, record)
        except OSError as error:
            return NotDelivered(
                _("The folder cannot be written: %(why)s") % {"why": error.strerror}, retry=True
            )

    def _again(self, mark: Path, digest: str, wanted: str) -> Outcome:
        """An earlier try has left its mark."""
        if mark.read_text("utf-8") != wanted:
            return NotDelivered(_("Another file was already written for this case."), retry=False)
        found = next((one for one in self.folder.iterdir() if digest in one.name), None)
        if found is not None:
            return Delivered(found.name)
        mark.unlink()  # a person who has found out may have it written anew
        return OutcomeUnknown(_("The file was written and taken away, or it was never written."))

    def _first(self, mark: Path, digest: str, wanted: str, message: Message, record: Record) -> Outcome:
        content, suffix = self._content(record)
        name = f"{clock.now():%Y-%m-%d}--{_safe(message.case)}--{digest}{suffix}"
        part = _written(self.folder, digest, content)
        try:
            # A link fails where the name is taken: of two workers one makes the mark, and that one the file.
            noted = _written(mark.parent, digest, wanted.encode())
            try:
                os.link(noted, mark)
            finally:
                noted.unlink()
            try:
                os.replace(part, self.folder / name)
            except OSError:
                mark.unlink(missing_ok=True)
                raise
        except FileExistsError:
            return NotDelivered(_("Another worker is writing this file."), retry=True)
        finally:
            part.unlink(missing_ok=True)
        _settle(self.folder)
        self._tidy()
        return Delivered(name)

    def _content(self, record: Record) -> tuple[bytes, str]:
        kind = self.access.settings.get("format", "xlsx")
        if kind == "xlsx":
            return grids.as_xlsx(record.columns, record.rows, record.kind), ".xlsx"
        return grids.as_csv(record.columns, record.rows, german=kind == "csv_de"), ".csv"

    def _tidy(self) -> None:
        """Old marks, and halves that a killed worker left, go."""
        for old in [*(self.folder / MARKS).iterdir(), *self.folder.glob(".*.part")]:
            if time.time() - old.stat().st_mtime > KEPT_DAYS * 86_400:
                old.unlink(missing_ok=True)


def _fingerprint(message: Message, record: Record) -> str:
    plain = json.dumps([message.case, record.columns, record.rows], default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _written(folder: Path, digest: str, content: bytes) -> Path:
    """A file beside its place, on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=f".{digest}-", suffix=".part", dir=folder)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    # Others who share the folder must be able to read it.
    os.chmod(name, 0o644)
    return Path(name)


def _settle(folder: Path) -> None:
    """The name, too, must survive a power cut before the file counts as delivered."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _safe(case: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", case).strip("-")[:60] or "case"
