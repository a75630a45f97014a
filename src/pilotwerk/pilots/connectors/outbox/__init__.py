"""Replies as files in a folder: one file for each action, never a second one, never half of one."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import asdict
from pathlib import Path

from pilotwerk.pilots.connectors.base import (
    Delivered,
    HeldBack,
    Message,
    NotDelivered,
    Outcome,
    key_digest,
)

OTHER_CONTENT = "Another reply was already written for this action. Nothing was written."


class Outbox:
    """Writes JSON files "<case>--<key>.json" with recipient, subject and body."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: Message, key: str) -> Outcome:
        """The same key and content again changes nothing; the same key with other content is refused."""
        digest = key_digest(key)
        values = asdict(message)
        del values["files"], values["may_go"], values["record"]
        if not message.also:
            # Replies that were written before there were further addresses stay the same.
            del values["also"]
        if message.files:
            values["files"] = [self._beside(digest, message.case, name).name for name, _ in message.files]
        content = json.dumps({"key": key, **values}, ensure_ascii=False, indent=2) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            earlier = self._earlier(digest)
            if earlier is None:
                self._put_files(digest, message)
                earlier = self._write(digest, message, content)
            if earlier is None:
                return HeldBack()
            self._tidy(digest)
            if earlier.read_text("utf-8") != content:
                return NotDelivered(OTHER_CONTENT, retry=False)
        except OSError as error:
            return NotDelivered(f"The outbox folder cannot be written: {error.strerror}.", retry=True)
        return Delivered(earlier.name)

    def _beside(self, digest: str, case: str, name: str) -> Path:
        return self.folder / f"{_safe(case)}--{digest}--{_safe_name(name)}"

    def _put_files(self, digest: str, message: Message) -> None:
        """Files come before the reply: where the reply lies, they lie whole. A second try writes them again."""
        for name, content in message.files:
            target = self._beside(digest, message.case, name)
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(content)
            os.replace(part, target)

    def _earlier(self, digest: str) -> Path | None:
        """The file of this action; it is found by the key alone, so that a changed case name makes no second one."""
        return next((path for path in self.folder.iterdir() if path.name.endswith(f"--{digest}.json")), None)

    def _write(self, digest: str, message: Message, content: str) -> Path | None:
        """Puts the whole file in place at once. If another worker was faster, theirs stays and is answered.

        None when it was stopped; then its files go, too.
        """
        target = self.folder / f"{_safe(message.case)}--{digest}.json"
        descriptor, name = tempfile.mkstemp(prefix=f".{digest}-", suffix=".part", dir=self.folder)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            if not message.may_go():
                for file, _content in message.files:
                    self._beside(digest, message.case, file).unlink(missing_ok=True)
                return None
            try:
                # A link fails where the name is taken; a rename would silently replace it.
                os.link(part, target)
            except (FileExistsError, FileNotFoundError):
                # The second: whoever was faster tidied our half away, too.
                if not target.exists():
                    raise
                return target
            _settle(self.folder)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _tidy(self, digest: str) -> None:
        """What a killed worker left of this reply goes, now that the reply lies there whole."""
        for part in self.folder.glob(f".{digest}-*.part"):
            part.unlink(missing_ok=True)


def _safe(case: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", case).strip("-")[:60] or "case"


def _safe_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:60] or "file"


def _settle(folder: Path) -> None:
    """The name, too, must survive a power cut before the reply counts as delivered."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
