"""A folder that is looked into again and again: each file is taken once, half-written ones wait."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pilotwerk.core.errors import PilotwerkError
from pilotwerk.pilots.connectors.files.reading import CaseFile, Rejection, read_cases
from pilotwerk.pilots.unreadable import placed

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".json")
# Names that programs give to a file while they write it.
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
DONE = "done"
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `moved_to`: its place now, relative to the watched folder."""

    name: str
    cases: int
    rejected: int
    moved_to: str


class WatchedFolder:
    """A watched folder with `done/` and `rejected/` below it.

    A file counts as finished when it has not changed for `settle_seconds`. Safest is to write it under another
    name, ending in ".part", and to rename it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settle_seconds: float = 2.0,
        mapping: Mapping[str, str] | None = None,
        read: Callable[[Path], CaseFile] | None = None,
        looked: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        """`looked`: time and size of the files at the look before; then only files that have stayed the same are taken,
        and `looked_now` says what to hand in at the next look.
        """
        self.folder = folder
        self.settle_seconds = settle_seconds
        self.read = read or (lambda path: read_cases(path, mapping))
        self.looked = looked
        self.looked_now: dict[str, list[float]] = {}

    def waiting(self) -> list[Path]:
        """Finished files, oldest first. Links are passed over: they may lead anywhere."""
        found = []
        for path in self.folder.iterdir():
            name = path.name.lower()
            if name.startswith((".", "~$")) or not name.endswith(SUFFIXES) or name.endswith(UNFINISHED):
                continue
            if path.is_symlink() or not path.is_file():
                continue
            status = path.stat()
            now = [status.st_mtime, status.st_size]
            self.looked_now[path.name] = now
            if self.looked is not None and list(self.looked.get(path.name, ())) != now:
                continue
            # Files carry the time of the machine, also when the program's clock stands on another day.
            if time.time() - status.st_mtime >= self.settle_seconds and status.st_size > 0:
                found.append((status.st_mtime, path))
        return [path for _, path in sorted(found)]

    def take(
        self,
        handle: Callable[[Path, CaseFile], CaseFile | None],
        refused: Callable[[Path, PilotwerkError], str] | None = None,
    ) -> tuple[Taken, ...]:
        """Reads each finished file, gives it to `handle`, then moves it away.

        `handle` must bear being called again with the same file: a crash between its end and the move repeats it.
        What it answers, if anything, stands for what was read. `refused` is told of files that cannot be used and
        says why. What `handle` raises, other than a `PilotwerkError`, stops the round and leaves the file where it is.
        """
        taken = []
        for path in self.waiting():
            before = _state(path)
            try:
                found = self.read(path)
                if _state(path) != before:
                    continue  # somebody still writes; the next round takes it
                found = handle(path, found) or found
            except PilotwerkError as error:
                if _state(path) == before:
                    why = refused(path, error) if refused is not None else str(error)
                    taken.append(self._reject(path, why))
                continue
            taken.append(self._finish(path, found))
        return tuple(taken)

    def _finish(self, path: Path, found: CaseFile) -> Taken:
        if found.rejected:
            lines = [_line(one) for one in found.rejected]
            _note(self._free(REJECTED, f"{path.name}.rows.txt"), lines)
        target = self._free(DONE, path.name)
        os.replace(path, target)
        return Taken(path.name, len(found.cases), len(found.rejected), f"{DONE}/{target.name}")

    def _reject(self, path: Path, why: str) -> Taken:
        target = self._free(REJECTED, path.name)
        _note(target.with_name(f"{target.name}.txt"), [why])
        os.replace(path, target)
        return Taken(path.name, 0, 0, f"{REJECTED}/{target.name}")

    def _free(self, place: str, name: str) -> Path:
        """A name that is not taken: "mails.csv", "mails-2.csv", ..."""
        folder = self.folder / place
        folder.mkdir(exist_ok=True)
        stem, suffix = os.path.splitext(name)
        target, number = folder / name, 1
        while target.exists():
            number += 1
            target = folder / f"{stem}-{number}{suffix}"
        return target


def _state(path: Path) -> tuple[float, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime, status.st_size


def _line(rejection: Rejection) -> str:
    return f"{placed(rejection.row, rejection.column)}: {rejection.message}"


def _note(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
