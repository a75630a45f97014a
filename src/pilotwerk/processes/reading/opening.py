"""Opens a file by its name and checks that the content is what the name says."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading.limits import MEGABYTE, Bounded, Limits
from pilotwerk.processes.reading.parquet import read_parquet
from pilotwerk.processes.reading.source import Progress, Source, connect
from pilotwerk.processes.reading.text import read_text
from pilotwerk.processes.reading.unpacking import Packed
from pilotwerk.processes.reading.xes import read_xes
from pilotwerk.processes.reading.xlsx import read_xlsx

READERS = {
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
    ".xes": read_xes,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".parquet": read_parquet,
}
# Kinds whose readers jump about in the file: a packed one is unpacked into a file first.
NEED_A_FILE = frozenset({".xlsx", ".xlsm", ".parquet"})
# What a browser's file dialog offers.
ACCEPT = ".csv,.tsv,.txt,.xlsx,.xlsm,.xes,.parquet,.gz,.zip"

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_PARQUET = b"PAR1"


def kind_of(filename: str) -> tuple[str, bool]:
    """The suffix that says the kind, and whether the file is packed with gzip. Raises for unknown kinds.

    For ".zip" the kind shows only inside.
    """
    path = Path(filename.lower())
    if path.suffix == ".zip":
        return ".zip", False
    packed = path.suffix == ".gz"
    suffix = Path(path.stem).suffix if packed else path.suffix
    if suffix == ".xls":
        raise Unreadable("file.old_excel", file=filename)
    if suffix not in READERS:
        raise Unreadable("file.unknown", file=filename)
    return suffix, packed


def _check_magic(path: Path, suffix: str, packed: bool, filename: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(4)
    if not head:
        raise Unreadable("file.empty", file=filename)
    if head == _OLE:
        # Both old Excel files and password-protected new ones come in this container.
        code = "file.protected" if suffix in (".xlsx", ".xlsm") else "file.old_excel"
        raise Unreadable(code, file=filename)
    inner = {".xlsx": _ZIP, ".xlsm": _ZIP, ".zip": _ZIP, ".parquet": _PARQUET}.get(suffix)
    expected = _GZIP if packed else inner
    other = {_GZIP, _ZIP, _PARQUET} - {expected}
    if (expected and not head.startswith(expected)) or any(head.startswith(magic) for magic in other):
        raise Unreadable("file.not_what_it_says", file=filename, expected="gzip" if packed else suffix[1:])


def _table_in_zip(path: Path, source: Source) -> tuple[Path, str]:
    """The table inside of a ZIP file that was asked for, or the largest one, unpacked into the source's folder, and
    its name. Bounded as it comes out.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = {one.filename: one for one in archive.infolist() if _is_table(one)}
            if not tables:
                raise Unreadable("file.zip_none")
            chosen = next(iter(tables))
            if len(tables) > 1:
                source.choose(tuple(tables), usual=max(tables, key=lambda name: tables[name].file_size))
                chosen = source.part or chosen
            if tables[chosen].flag_bits & 1:
                raise Unreadable("file.protected")
            inner = source.folder / "inside"
            with archive.open(tables[chosen]) as stream, inner.open("wb") as out:
                bounded = Bounded(stream, source.limits.unpacked_bytes)
                while chunk := bounded.read(MEGABYTE):
                    out.write(chunk)
            return inner, Path(chosen).name
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise Unreadable("file.damaged") from error


def _is_table(member: zipfile.ZipInfo) -> bool:
    """A file of a kind that can be read; what macOS adds and hidden files are none."""
    path = Path(member.filename.lower())
    inner = Path(path.stem) if path.suffix == ".gz" else path
    hidden = path.name.startswith(".") or "__macosx" in path.parts
    return not member.is_dir() and not hidden and inner.suffix in READERS


def _unpacked(packed: Packed, suffix: str, folder: Path, filename: str) -> Packed:
    """The file as its reader can take it; what comes out of gzip is bounded and checked like any file."""
    if not packed.gzipped or suffix not in NEED_A_FILE:
        return packed
    inner = folder / f"unpacked{suffix}"
    with inner.open("wb") as target:
        for chunk in packed.chunks():
            target.write(chunk)
    _check_magic(inner, suffix, packed=False, filename=filename)
    return Packed(inner, False, packed.limits)


@contextmanager
def open_source(
    path: Path,
    *,
    filename: str | None = None,
    limits: Limits | None = None,
    sample: int | None = None,
    progress: Progress | None = None,
    part: str | None = None,
) -> Iterator[Source]:
    """Reads the file into a table of texts; `sample` stops after so many rows, `part` names the sheet of a workbook or
    the table in a ZIP file.

    `progress` is told the number of rows read so far. Raises `BadInput` for a file that cannot be read as a
    whole; rows that are broken are listed in `rejected`.
    """
    limits = limits or Limits()
    name = filename or path.name
    if not path.is_file():
        raise BadInput("There is no such file.", file=str(path))
    suffix, packed = kind_of(name)
    if path.stat().st_size > limits.file_bytes:
        raise Unreadable("file.too_large", file=name, limit=limits.file_bytes // MEGABYTE)
    _check_magic(path, suffix, packed, name)
    with tempfile.TemporaryDirectory(prefix="pilotwerk-") as folder:
        con = connect(Path(folder))
        try:
            source = Source(con, Path(folder), limits, part=part)
            try:
                if suffix == ".zip":
                    path, inside = _table_in_zip(path, source)
                    suffix, packed = kind_of(inside)
                    _check_magic(path, suffix, packed, name)
                # What is inside of a ZIP file may be a workbook, which has sheets of its own.
                outer = source.part, source.parts
                if source.parts:
                    source.part = None
                source.facts["format"] = suffix[1:] + (".gz" if packed else "")
                ready = _unpacked(Packed(path, packed, limits), suffix, Path(folder), name)
                READERS[suffix](source, ready, sample, progress)
                if outer[1]:
                    source.part, source.parts = outer
                if part and not source.parts:
                    raise Unreadable("file.one_table")
                source.limits.check_rows(source.rows)
                if source.rows == 0 and not source.rejected:
                    raise Unreadable("file.no_rows")
            except BadInput as error:
                error.file = error.file or name
                raise
            yield source
        finally:
            con.close()
