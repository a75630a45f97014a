"""Decided cases as tables in a folder: one file a case or one list a day, never half of one, never one case twice."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import (
    Delivered,
    HeldBack,
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
        """One file, or rows of the day's list. The same key and content again changes nothing; the same key with other
        content is refused.
        """
        digest, record = key_digest(key), message.record
        assert record is not None  # execution always says what the case is
        wanted = _fingerprint(message, record)
        mark = self.folder / MARKS / digest
        try:
            mark.parent.mkdir(parents=True, exist_ok=True)
            if self.access.settings.get("lists") == "day":
                return self._on_list(digest, wanted, message, record)
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
            if not message.may_go():
                return HeldBack()
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

    def _on_list(self, digest: str, wanted: str, message: Message, record: Record) -> Outcome:
        """One list a day and kind of case. Its rows are kept beside it first, so a second try writes the same list."""
        suffix = ".xlsx" if self._format == "xlsx" else ".csv"
        name = f"{clock.now():%Y-%m-%d}--{record.kind}{suffix}"
        with _alone(self.folder / MARKS):
            for known in sorted((self.folder / MARKS).glob("*.rows.json")):
                entries = json.loads(known.read_text("utf-8"))
                if digest in entries["cases"]:
                    return self._known_on_list(known, entries, digest, wanted)
            kept = self.folder / MARKS / f"{name}.rows.json"
            target = self.folder / name
            entries = {"columns": record.columns, "cases": {}, "name": name}
            # Where somebody took the list away, the next one begins anew.
            if kept.exists() and target.exists():
                entries = json.loads(kept.read_text("utf-8"))
            if not message.may_go():
                return HeldBack()
            entries["cases"][digest] = {"wanted": wanted, "rows": record.rows}
            self._put(kept, json.dumps(entries).encode())
            self._put_list(entries)
        self._tidy()
        return Delivered(name)

    def _known_on_list(self, kept: Path, entries: dict[str, Any], digest: str, wanted: str) -> Outcome:
        if entries["cases"][digest]["wanted"] != wanted:
            return NotDelivered(_("Another file was already written for this case."), retry=False)
        if (self.folder / entries["name"]).exists():
            self._put_list(entries)  # the earlier try may have ended just before
            return Delivered(entries["name"])
        del entries["cases"][digest]  # a person who has found out may have it written anew
        self._put(kept, json.dumps(entries).encode())
        return OutcomeUnknown(_("The file was written and taken away, or it was never written."))

    def _put_list(self, entries: dict[str, Any]) -> None:
        rows = [row for case in entries["cases"].values() for row in case["rows"]]
        self._put(self.folder / entries["name"], self._rendered(entries["columns"], rows))

    def _put(self, target: Path, content: bytes) -> None:
        part = _written(target.parent, "list", content)
        try:
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        _settle(target.parent)

    @property
    def _format(self) -> str:
        return str(self.access.settings.get("format", "xlsx"))

    def _rendered(
        self, columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "Pilotwerk"
    ) -> bytes:
        if self._format == "xlsx":
            return grids.as_xlsx(columns, rows, title)
        return grids.as_csv(columns, rows, german=self._format == "csv_de")

    def _content(self, record: Record) -> tuple[bytes, str]:
        suffix = ".xlsx" if self._format == "xlsx" else ".csv"
        return self._rendered(record.columns, record.rows, record.kind), suffix

    def _tidy(self) -> None:
        """Old marks, and halves that a killed worker left, go."""
        for old in [*(self.folder / MARKS).iterdir(), *self.folder.glob(".*.part")]:
            if time.time() - old.stat().st_mtime > KEPT_DAYS * 86_400:
                old.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker at a time: a list is read, extended and put in place as a whole."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
