"""The export: one directory that a third party can check with the program that lies inside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pilotwerk.audit.domain.canonical import canonical
from pilotwerk.audit.domain.checkpoint import Signer, iso
from pilotwerk.audit.domain.commitment import ClearText
from pilotwerk.audit.verifier import verify

_READMES = Path(__file__).parent.parent / "data"


def checkpoint_filename(size: int) -> str:
    """Sorts by the number of entries."""
    return f"{size:09d}.txt"


def export_write(
    directory: Path,
    *,
    signer: Signer,
    at: datetime,
    entries: Iterable[bytes],
    clear_texts: Iterable[ClearText],
    checkpoints: Iterable[tuple[int, str]],
) -> None:
    """Write an export into `directory`, which is made and must be empty (FileExistsError otherwise).

    `entries` are the leaves in order, `checkpoints` pairs of size and signed text. Memory use does not
    grow with the number of entries.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    (directory / "checkpoints").mkdir()
    files = _Files(directory)
    count = files.write("entries.jsonl", (leaf + b"\n" for leaf in entries))
    files.write("personal.jsonl", (_row(text) for text in clear_texts))
    for size, note in checkpoints:
        files.write(f"checkpoints/{checkpoint_filename(size)}", [note.encode()])
    files.write("public.key", [f"{signer.key}\n".encode()])
    files.write("verify.py", [Path(verify.__file__).read_bytes()])
    for readme in sorted(_READMES.glob("README.*.md")):
        files.write(readme.name, [readme.read_bytes()])
    lines = [verify.MANIFEST_HEAD, f"log {signer.name}", f"time {iso(at)}", f"entries {count}"]
    lines += [f"sha256 {digest} {name}" for name, digest in sorted(files.digests.items())]
    (directory / "MANIFEST").write_bytes(signer.sign("\n".join(lines) + "\n").encode())


def _row(text: ClearText) -> bytes:
    salt = base64.b64encode(text.salt).decode()
    return canonical({"sequence": text.sequence, "key": text.key, "salt": salt, "text": text.text}) + b"\n"


class _Files:
    """Writes files and remembers the SHA-256 of each."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.digests: dict[str, str] = {}

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        """Answers how many chunks there were."""
        digest, count = hashlib.sha256(), 0
        with (self.directory / name).open("wb") as handle:
            for chunk in chunks:
                digest.update(chunk)
                handle.write(chunk)
                count += 1
        self.digests[name] = digest.hexdigest()
        return count
