"""Excel workbooks: the sheet with the largest table or the one named, dates as dates, formulas as their last result."""

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pilotwerk.processes.domain.header import LOOK_AT, Header, find_header, trimmed
from pilotwerk.processes.domain.messages import Rejection, Unreadable
from pilotwerk.processes.reading.formulas import without_result
from pilotwerk.processes.reading.limits import MEGABYTE, Limits
from pilotwerk.processes.reading.source import Progress, Source, Stager, check_cells
from pilotwerk.processes.reading.unpacking import Packed

MOST_SHEETS = 100


def check_package(packed: Packed, limits: Limits) -> None:
    """Refuses a package that would unpack beyond the limit, or declares a document type in its XML.

    The sizes in the directory are binding: zipfile stops reading a member at its declared size.
    """
    try:
        with zipfile.ZipFile(packed.path) as package:
            members = package.infolist()
            if len(members) > 10_000 or sum(member.file_size for member in members) > limits.unpacked_bytes:
                raise Unreadable("file.unpacks_too_large", limit=limits.unpacked_bytes // MEGABYTE)
            if any(member.flag_bits & 1 for member in members):
                raise Unreadable("file.protected")
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    with package.open(member) as part:
                        if b"<!DOCTYPE" in part.read(4096):
                            raise Unreadable("file.xml_doctype")
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise Unreadable("file.damaged") from error


def as_text(value: Any) -> str:
    """A cell as it would stand in a CSV file: ISO dates, numbers without a needless ".0"."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True):
        yield [as_text(value) for value in row]


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet with a header; `rows`: how many the sheet says it has."""

    sheet: Any
    header: Header
    rows: int | None
    looked_at: int

    @property
    def size(self) -> int:
        """About how many cells it has; a sheet that names no size has at least the rows that were looked at."""
        return max(self.rows or 0, self.looked_at) * self.header.width


def _tables(workbook: Any) -> list[_Table]:
    """The visible sheets with a header of at least two columns and a row below it; else any with a header."""
    tables: list[_Table] = []
    others: list[_Table] = []
    for sheet in workbook.worksheets[:MOST_SHEETS]:
        if sheet.sheet_state != "visible":
            continue
        # Some programs write a wrong size into the sheet; without it openpyxl reads to the real end.
        rows = sheet.max_row
        sheet.reset_dimensions()
        head = list(islice(_rows(sheet), LOOK_AT))
        header = find_header(head)
        if header is None:
            continue
        below = any(trimmed(row) for row in head[header.row + 1 :])
        fits = header.width >= 2 and below
        (tables if fits else others).append(_Table(sheet, header, rows, len(head)))
    return tables or others


def read_xlsx(source: Source, packed: Packed, sample: int | None, progress: Progress | None) -> None:
    """Reads the sheet `source.part` of a workbook, or its largest table, into `source`."""
    from openpyxl import load_workbook

    check_package(packed, source.limits)
    # By handle, not by name: the name on disk need not end in .xlsx.
    with packed.path.open("rb") as stream:
        try:
            workbook = load_workbook(stream, read_only=True, data_only=True)
        except Exception as error:  # openpyxl passes on whatever its parsers raise
            raise Unreadable("file.damaged") from error
        try:
            tables = {str(table.sheet.title): table for table in _tables(workbook)}
            if not tables:
                raise Unreadable("file.no_header")
            source.choose(tuple(tables), usual=max(tables, key=lambda title: tables[title].size))
            table = tables[source.part or ""]
            _read_table(source, table, sample, progress)
            if sample is not None:
                _note_formulas(source, packed, table)
        except (KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
            raise Unreadable("file.damaged") from error


def _read_table(source: Source, table: _Table, sample: int | None, progress: Progress | None) -> None:
    header = table.header
    source.limits.check_columns(header.width)
    source.columns = header.names
    source.facts |= {"sheet": str(table.sheet.title), "header_row": str(header.row + 1)}
    source.expected = None if table.rows is None else max(table.rows - header.row - 1, 0)
    _read_sheet(source, table.sheet, header, sample, progress)


def _note_formulas(source: Source, packed: Packed, table: _Table) -> None:
    """Where formulas without a stored result are: read as empty, they would only be missing without a word."""
    with zipfile.ZipFile(packed.path) as package:
        # The reader keeps the path to itself; there is no other way from a sheet's name to its part.
        path = str(table.sheet._worksheet_path).lstrip("/")
        found = without_result(package, path, below=table.header.row + 1, width=table.header.width)
    if found is not None:
        source.facts |= {
            "formulas": str(found.count),
            "formula_row": str(found.row),
            "formula_column": table.header.names[found.column],
        }


def _read_sheet(
    source: Source, sheet: Any, header: Header, sample: int | None, progress: Progress | None
) -> None:
    stager = Stager(source, header.width, progress)
    width, taken = header.width, 0
    for number, cells in enumerate(_rows(sheet), start=1):
        if number <= header.row + 1:
            continue
        filled: Sequence[str] = trimmed(cells)
        if not filled:
            continue
        check_cells(filled, source.limits, number)
        if len(filled) > width:
            found = {"found": str(len(filled)), "expected": str(width)}
            source.reject(Rejection(number, None, "row.long", found))
            continue
        # A workbook does not store empty cells at the end of a row: here a short row is whole.
        stager.add(number, [*filled, *[""] * (width - len(filled))])
        taken += 1
        if sample is not None and taken >= sample:
            source.complete = False
            break
    stager.flush()
