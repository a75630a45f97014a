"""A model on disk as plain data: one JSON file, one file of arrays, a hash over both. Nothing is ever pickled."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1
PLAIN = "model.json"
ARRAYS = "arrays.npz"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model remembers: JSON values and named number arrays."""

    plain: dict[str, Any]
    arrays: dict[str, NDArray[np.generic]] = field(default_factory=dict)

    def part(self, name: str) -> Stored:
        """The part that was put in with `join` under this name."""
        mark = f"{name}/"
        arrays = {key.removeprefix(mark): value for key, value in self.arrays.items() if key.startswith(mark)}
        return Stored(self.plain[name], arrays)

    def has(self, name: str) -> bool:
        return self.plain.get(name) is not None


def join(plain: dict[str, Any], **parts: Stored | None) -> Stored:
    """One store out of a model's own values and those of its parts; a missing part stays missing."""
    values: dict[str, Any] = dict(plain)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, part in parts.items():
        values[name] = part.plain if part else None
        if part:
            arrays |= {f"{name}/{key}": array for key, array in part.arrays.items()}
    return Stored(values, arrays)


def content_hash(stored: Stored) -> str:
    """SHA-256 over the values and the bytes of the arrays, in a fixed order; hexadecimal."""
    import numpy as np

    digest = hashlib.sha256(_canonical(stored.plain))
    for name in sorted(stored.arrays):
        array = np.ascontiguousarray(stored.arrays[name])
        digest.update(f"{name}|{array.dtype.str}|{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _canonical(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def write(stored: Stored, folder: Path, *, kind: str) -> str:
    """Writes both files so that a reader never sees half of them; answers the hash."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    found = content_hash(stored)
    arrays: dict[str, Any] = dict(stored.arrays)
    with (folder / f"{ARRAYS}.part").open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
        _settle(stream.fileno())
    os.replace(folder / f"{ARRAYS}.part", folder / ARRAYS)
    head = {"format": FORMAT, "kind": kind, "hash": found, "model": stored.plain}
    with (folder / f"{PLAIN}.part").open("w", encoding="utf-8") as text:
        json.dump(head, text, ensure_ascii=False)
        text.flush()
        _settle(text.fileno())
    os.replace(folder / f"{PLAIN}.part", folder / PLAIN)
    return found


def _settle(descriptor: int) -> None:
    os.fsync(descriptor)


def read(folder: Path, *, kind: str) -> tuple[Stored, str]:
    """The stored model and its hash. Raises `BadInput` when files are missing, damaged or were changed."""
    import numpy as np

    name = str(folder / PLAIN)
    try:
        head = json.loads((folder / PLAIN).read_text("utf-8"))
        with np.load(folder / ARRAYS, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        form, found, plain = head["format"], head["hash"], head["model"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise BadInput("This model is missing or damaged. Train it again.", file=name) from error
    if form != FORMAT or head.get("kind") != kind:
        raise BadInput("This model was written by another version. Train it again.", file=name)
    stored = Stored(plain, arrays)
    if content_hash(stored) != found:
        raise BadInput("This model was changed after training. Train it again.", file=name)
    return stored, found
