"""How much a file may hold. Beyond a limit nothing is imported and the limit is named."""

import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from pilotwerk.processes.domain.messages import Unreadable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEGABYTE = 1024 * 1024
ROWS_MOST = 20_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes and counts. The default is for the command line, where the file is one's own."""

    file_bytes: int = 2048 * MEGABYTE
    unpacked_bytes: int = 4096 * MEGABYTE
    rows: int = ROWS_MOST
    columns: int = 1000
    cell_characters: int = 200_000
    rejected: int = 100_000
    xml_depth: int = 50

    def check_rows(self, rows: int) -> None:
        if rows > self.rows:
            raise Unreadable("file.too_many_rows", limit=self.rows)

    def check_columns(self, columns: int) -> None:
        if columns > self.columns:
            raise Unreadable("file.too_many_columns", limit=self.columns)


def for_uploads(megabytes: int) -> Limits:
    """What a stranger's browser may send: a file of so many megabytes, and a bounded amount inside of it.

    An XLSX or .gz of a few kilobytes must not fill memory or disk. Rows of 25 bytes are the narrowest that
    process data has; texts and Parquet rarely shrink to less than an eighth.
    """
    return Limits(
        file_bytes=megabytes * MEGABYTE,
        unpacked_bytes=max(512, 8 * megabytes) * MEGABYTE,
        rows=min(max(2_000_000, 40_000 * megabytes), ROWS_MOST),
        columns=300,
    )


WEB = for_uploads(64)


class Bounded(io.RawIOBase):
    """A binary stream that raises once more than `limit` bytes came out of it, before they are used."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._limit = limit
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        chunk = self._stream.read(min(len(view), MEGABYTE))
        self.count += len(chunk)
        if self.count > self._limit:
            raise Unreadable("file.unpacks_too_large", limit=self._limit // MEGABYTE)
        view[: len(chunk)] = chunk
        return len(chunk)
