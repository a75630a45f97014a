"""A file on disk, packed with gzip or not, as a bounded stream of bytes."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading.limits import MEGABYTE, Bounded, Limits


@dataclass(frozen=True, slots=True)
class Packed:
    """Where the bytes are and how much may come out of them."""

    path: Path
    gzipped: bool
    limits: Limits

    @contextmanager
    def stream(self) -> Iterator[Bounded]:
        """The unpacked bytes from the beginning. Damage shows as `Unreadable`, whenever it is met."""
        with gzip.open(self.path, "rb") if self.gzipped else self.path.open("rb") as stream:
            try:
                yield Bounded(cast("IO[bytes]", stream), self.limits.unpacked_bytes)
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise Unreadable("file.damaged") from error

    def chunks(self) -> Iterator[bytes]:
        with self.stream() as stream:
            while chunk := stream.read(MEGABYTE):
                yield chunk
