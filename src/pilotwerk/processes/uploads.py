"""Takes an uploaded file to its place, piece by piece and no larger than it may be."""

import hashlib
from pathlib import Path
from typing import Protocol

from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading.limits import MEGABYTE, Limits


class Readable(Protocol):
    """An uploaded or opened binary file."""

    def read(self, size: int, /) -> bytes: ...


def keep_upload(file: Readable, target: Path, limits: Limits) -> str:
    """Writes the file piece by piece and answers its SHA-256. Stops at the limit for uploads."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size, limit = hashlib.sha256(), 0, limits.file_bytes
    with target.open("wb") as out:
        while chunk := file.read(MEGABYTE):
            size += len(chunk)
            if size > limit:
                raise Unreadable("file.too_large", limit=limit // MEGABYTE)
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()
