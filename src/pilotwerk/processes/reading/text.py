"""CSV and TSV as they occur: any common separator and encoding, headings, trailing separators, broken rows.

Two ways to the same table. The fast one lets DuckDB read the file in strict mode; it is taken only where it
must give the same rows and row numbers. At the first doubt the file is read again row by row in Python, which
names every row that it cannot take.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pilotwerk.processes.domain.header import LOOK_AT, Header, find_header, trimmed
from pilotwerk.processes.domain.messages import Rejection, Unreadable
from pilotwerk.processes.reading.limits import MEGABYTE
from pilotwerk.processes.reading.source import Progress, Source, Stager, check_cells
from pilotwerk.processes.reading.unpacking import Packed
from pilotwerk.processes.reading.watching import watched

HEAD_CHARACTERS = 256 * 1024
# Signs that no text holds but by accident: control characters other than tab, line ends, form feed, escape.
CONTROL = bytes({*range(1, 9), 11, *range(14, 32)} - {27})
SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes says. `plain`: UTF-8 without mark, on disk as it is. `even`: each carriage
    return is part of a line end.
    """

    encoding: str
    lines: int
    plain: bool
    even: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """Separator, and the quote sign or None where quotes are ordinary signs."""

    separator: str
    quote: str | None

    def reader(self, stream: io.TextIOBase | io.StringIO) -> "Iterator[list[str]]":
        if self.quote is None:
            return csv.reader(stream, delimiter=self.separator, quoting=csv.QUOTE_NONE)
        return csv.reader(stream, delimiter=self.separator, quotechar=self.quote)


def survey(packed: Packed) -> Survey:
    """Encoding and shape of the whole file. UTF-16 needs its mark; what is not UTF-8 is Windows-1252."""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    mark, encoding = b"", "utf-8"
    lines, even, last = 0, True, b""
    for chunk in packed.chunks():
        if not mark:
            mark = chunk[:4]
            if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return Survey("utf-16", 0, plain=False, even=False)
        if b"\0" in chunk or len(chunk) - len(chunk.translate(None, CONTROL)) > len(chunk) / 100:
            raise Unreadable("file.binary")
        if utf8 is not None:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                utf8, encoding = None, "cp1252"
        lines += chunk.count(b"\n")
        if b"\r" in chunk or last == b"\r":
            seam = last + chunk if last == b"\r" else chunk
            even = even and seam.count(b"\r") - seam.endswith(b"\r") == seam.count(b"\r\n")
        last = chunk[-1:]
    lines += last not in b"\n"
    if not mark:
        raise Unreadable("file.empty")
    if utf8 is not None and mark.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    plain = encoding == "utf-8" and not packed.gzipped
    return Survey(encoding, lines, plain, even)


def _has_blank_line(path: Path) -> bool:
    """Whether a line without any sign stands in the file."""
    last = b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(MEGABYTE):
            seam = last + chunk
            if b"\n\n" in seam or b"\n\r" in seam:
                return True
            last = seam[-2:]
    return False


@contextmanager
def _text(packed: Packed, encoding: str) -> Iterator[io.TextIOWrapper]:
    with packed.stream() as stream:
        yield io.TextIOWrapper(io.BufferedReader(stream), encoding=encoding, errors="replace", newline="")


def _consistency(records: list[list[str]]) -> float:
    """How table-like the records are: the share with the usual number of cells, a little more for more
    cells. Empty cells at the end may count or not, whichever makes the records more alike.
    """
    # An empty cell in quotes is empty, also to a reading that takes quotes for ordinary signs.
    bare = [[cell.strip(' "') for cell in record] for record in records]
    filled = [record for record in bare if any(record)]
    return max(_likeness([len(record) for record in filled]), _likeness([len(trimmed(r)) for r in filled]))


def _likeness(widths: list[int]) -> float:
    if not widths:
        return 0.0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return widths.count(usual) / len(widths) + min(usual, 20) / 100 if usual > 1 else 0.0


def sniff(head: str, *, whole: bool, tab_first: bool) -> Dialect:
    """The dialect whose rows are most alike. `whole` is False where `head` may stop in the middle of a
    row; `tab_first` where the name of the file says that tabs separate.
    """
    best, best_score = Dialect("\t" if tab_first else ",", '"'), 0.0
    for separator in sorted(SEPARATORS, key=lambda sign: sign != "\t") if tab_first else SEPARATORS:
        for quote in ('"', None):
            dialect = Dialect(separator, quote)
            try:
                records = list(islice(dialect.reader(io.StringIO(head, newline="")), 200))
            except csv.Error:
                continue
            score = _consistency(records if whole or len(records) < 2 else records[:-1])
            score += 0.2 if tab_first and separator == "\t" and score else 0.0
            # Quotes as ordinary signs only where that is clearly better.
            if score > best_score + (0.05 if quote is None else 0.0):
                best, best_score = dialect, score
    return best


def _first_records(head: str, dialect: Dialect) -> tuple[list[list[str]], bool]:
    """The first records, and whether each of them is exactly one line."""
    try:
        records = list(islice(dialect.reader(io.StringIO(head, newline="")), LOOK_AT))
    except csv.Error as error:
        raise Unreadable("file.no_header") from error
    return records, not any("\n" in cell for record in records for cell in record)


def read_text(source: Source, packed: Packed, sample: int | None, progress: Progress | None) -> None:
    """Reads a CSV or TSV file into `source`."""
    csv.field_size_limit(2**31 - 1)
    found = survey(packed)
    with _text(packed, found.encoding) as stream:
        head = stream.read(HEAD_CHARACTERS)
    if not head.strip("".join(SEPARATORS) + '" \r\n'):
        raise Unreadable("file.no_header")
    whole = len(head) < HEAD_CHARACTERS
    dialect = sniff(head, whole=whole, tab_first=".tsv" in source.facts["format"])
    records, single = _first_records(head, dialect)
    header = find_header(records)
    if header is None:
        raise Unreadable("file.no_header")
    source.limits.check_columns(header.width)
    source.columns = header.names
    source.expected = max(found.lines - header.row - 1, 0)
    source.facts |= {
        "encoding": found.encoding,
        "separator": SEPARATOR_NAMES[dialect.separator],
        "header_row": str(header.row + 1),
    }
    data = [len(record) for record in records[header.row + 1 :] if any(cell.strip() for cell in record)]
    # On equal counts the narrower: a single row of a million cells is not the table.
    width = min(set(data), key=lambda cells: (-data.count(cells), cells)) if data else header.width
    if found.even and single and header.width <= width <= source.limits.columns:
        path = packed.path if found.plain else _as_utf8(packed, found.encoding, source.folder)
        if _read_fast(source, path, dialect, header, width, sample, progress):
            if progress:
                progress(source.rows)
            return
    _read_carefully(source, packed, found.encoding, dialect, header, sample, progress)


def _as_utf8(packed: Packed, encoding: str, folder: Path) -> Path:
    """A copy in UTF-8 without mark, for DuckDB. Bounded by the stream it is read from."""
    target = folder / "utf8.csv"
    with _text(packed, encoding) as stream, target.open("w", encoding="utf-8", newline="") as out:
        while text := stream.read(1 << 20):
            out.write(text)
    return target


def _blank(columns: Iterable[int]) -> str:
    """A condition for rows without text in the columns. It passes over cells that begin with a visible sign, which
    nearly all do, before it trims anything.
    """
    # Never NULL, so that it can be turned round.
    quick = [f"coalesce(c{i} < '!' OR c{i} > '~', true)" for i in columns]
    return f"{' AND '.join(quick)} AND trim(concat({', '.join(f'c{i}' for i in columns)})) = ''"


def _other_than_blank(source: Source, first: int, end: int) -> bool:
    """Whether any row holds text in the columns from `first` to before `end`."""
    if first == end:
        return False
    other = f"NOT ({_blank(range(first, end))})"
    found = source.con.execute(f"SELECT 1 FROM staged WHERE {other} LIMIT 1").fetchone()  # noqa: S608 -- own names
    return found is not None


def _read_fast(
    source: Source,
    path: Path,
    dialect: Dialect,
    header: Header,
    width: int,
    sample: int | None,
    progress: Progress | None,
) -> bool:
    """DuckDB in strict mode. False where it met anything irregular; then nothing is left behind."""
    import duckdb

    if any(sign in str(path) for sign in "*?["):  # DuckDB would take the name for a pattern
        link = source.folder / "input.csv"
        link.symlink_to(path.resolve())
        path = link
    quote = dialect.quote or ""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    limit = f"LIMIT {sample:d}" if sample is not None else ""
    try:
        watched(
            source.con,
            f"CREATE TABLE staged AS SELECT * FROM read_csv(?, header = false, auto_detect = false, "  # noqa: S608
            f"delim = '{dialect.separator}', quote = '{quote}', escape = '{quote}', "
            f"skip = {header.row + 1:d}, columns = {{{columns}}}, strict_mode = true, "
            f"max_line_size = {4 * source.limits.cell_characters:d}) {limit}",
            [str(path)],
            source.expected or 0,
            progress,
        )
    except duckdb.Error:
        return False
    longest = ", ".join(f"max(strlen(c{i}))" for i in range(header.width))
    counted = source.con.execute(f"SELECT count(*), greatest({longest}, 0) FROM staged").fetchone()  # noqa: S608
    rows, bytes_of_longest = counted or (0, 0)
    # Bytes are never fewer than characters, and known without counting. DuckDB passes over a blank line without
    # counting it, which makes the numbers of later rows wrong; a row for each line says that there is none.
    if (
        bytes_of_longest > source.limits.cell_characters
        or _other_than_blank(source, header.width, width)
        or (rows != source.expected and _has_blank_line(path))
    ):
        source.con.execute("DROP TABLE staged")
        return False
    names = ", ".join(f"c{i}" for i in range(header.width))
    blank = _blank(range(header.width))
    found = source.con.execute(f"SELECT count(*) FROM staged WHERE {blank}").fetchone()  # noqa: S608 -- own names
    blanks = found[0] if found else 0
    kept = f"WHERE NOT ({blank})" if blanks else ""  # a row of separators only is no row
    # A table's row id is its insertion order, and DuckDB keeps the order of the file.
    source.con.execute(
        f"CREATE VIEW raw AS SELECT rowid + {header.row + 2:d} AS row, {names} FROM staged {kept}"  # noqa: S608
    )
    source.rows = rows - blanks
    source.complete = sample is None or rows < sample
    return True


def _read_carefully(
    source: Source,
    packed: Packed,
    encoding: str,
    dialect: Dialect,
    header: Header,
    sample: int | None,
    progress: Progress | None,
) -> None:
    """Row by row; rows with another number of cells than the header are rejected, empty ones passed over."""
    stager = Stager(source, header.width, progress)
    width, taken = header.width, 0
    with _text(packed, encoding) as stream:
        for number, cells in enumerate(dialect.reader(stream), start=1):
            if number <= header.row + 1:
                continue
            filled = trimmed(cells)
            if not filled:
                continue
            check_cells(filled, source.limits, number)
            if len(filled) > width or len(cells) < width:
                code, size = ("row.long", len(filled)) if len(filled) > width else ("row.short", len(cells))
                source.reject(Rejection(number, None, code, {"found": str(size), "expected": str(width)}))
                continue
            stager.add(number, cells[:width])
            taken += 1
            if sample is not None and taken >= sample:
                source.complete = False
                break
    stager.flush()
