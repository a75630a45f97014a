"""Every sentence about a file that cannot be read, as an English msgid with named values.

A reason travels as code and values, so that it can be stored and shown in the reader's language later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pilotwerk.core.errors import BadInput


def gettext_noop(message: str) -> str:
    """Marks a msgid for extraction; this module stays free of Django."""
    return message


TEXTS: dict[str, str] = {
    # the file as a whole
    "file.unknown": gettext_noop("This kind of file is not known. Use CSV, TSV, XLSX, XES or Parquet."),
    "file.old_excel": gettext_noop("This is an old Excel file. Save it as .xlsx and try again."),
    "file.not_what_it_says": gettext_noop("The content is not %(expected)s, although the name says so."),
    "file.empty": gettext_noop("The file is empty."),
    "file.too_large": gettext_noop("The file is larger than %(limit)s MB."),
    "file.unpacks_too_large": gettext_noop("The file unpacks to more than %(limit)s MB."),
    "file.damaged": gettext_noop("The file is damaged and cannot be unpacked."),
    "file.no_header": gettext_noop("No row with column names was found."),
    "file.no_rows": gettext_noop("There is no row with data below the column names."),
    "file.too_many_rows": gettext_noop("The file has more than %(limit)s rows."),
    "file.too_many_columns": gettext_noop("The file has more than %(limit)s columns."),
    "file.too_many_rejected": gettext_noop("More than %(limit)s rows cannot be read. The first: %(reason)s"),
    "file.cell_too_long": gettext_noop("A cell is longer than %(limit)s characters."),
    "file.binary": gettext_noop("The file holds binary data where text is expected."),
    "file.xml_broken": gettext_noop("The XML is broken: %(detail)s."),
    "file.xml_doctype": gettext_noop("The XML declares a document type. For safety this is not read."),
    "file.xml_deep": gettext_noop("The XML is nested more than %(limit)s levels deep."),
    "file.protected": gettext_noop("The file is protected by a password."),
    "file.fault": gettext_noop("Reading stopped because of a fault in Pilotwerk. Nothing was imported."),
    "file.one_table": gettext_noop("The file holds one table only. There is nothing to choose from."),
    "file.no_part": gettext_noop("There is no table “%(part)s” in the file. It holds: %(parts)s."),
    "file.zip_none": gettext_noop("The ZIP file holds no table. Use CSV, TSV, XLSX, XES or Parquet inside."),
    # a database instead of a file
    "sql.not_one_select": gettext_noop("Give one SELECT, or the name of a table. Nothing else is run."),
    "sql.not_reading": gettext_noop("“%(word)s” does more than read. Only a plain SELECT is run."),
    "sql.unknown_kind": gettext_noop(
        "This kind of database is not known. Use PostgreSQL, MySQL, SQLite or SQL Server."
    ),
    "sql.no_driver": gettext_noop("The driver for this kind of database is not installed: %(detail)s."),
    "sql.unreachable": gettext_noop("The database cannot be reached or refuses the sign-in: %(detail)s"),
    "sql.failed": gettext_noop("The database refuses the query: %(detail)s"),
    "sql.lost": gettext_noop(
        "The connection to the database broke off. Please try again. It says: %(detail)s"
    ),
    "sql.too_slow": gettext_noop(
        "The database took longer than %(seconds)s seconds. Ask for fewer rows or columns."
    ),
    "sql.gone": gettext_noop("The connection to the database was deleted."),
    "sql.no_file": gettext_noop("There is no such SQLite file."),
    # the quality of an import
    "quality.refused": gettext_noop("The data cannot be read again: %(detail)s"),
    "quality.memory": gettext_noop("The memory did not suffice."),
    "quality.fault": gettext_noop(
        "There is a fault in Pilotwerk (%(kind)s). The log of the server says more."
    ),
    # the meaning of the columns
    "mapping.unknown_column": gettext_noop("There is no column “%(column)s”."),
    "mapping.twice": gettext_noop("The column “%(column)s” has two meanings. Give each column one."),
    "mapping.case": gettext_noop("Say which column holds the case number."),
    "mapping.activity": gettext_noop("Say which column holds the step."),
    "mapping.time": gettext_noop("Say which column holds the time of the step."),
    "mapping.start_or_text": gettext_noop("Say which column holds the start of the case, or its text."),
    "mapping.nothing_left": gettext_noop("No row could be imported. The first: %(reason)s"),
    # single rows
    "row.short": gettext_noop("The row has %(found)s cells, the header has %(expected)s."),
    "row.long": gettext_noop("The row has %(found)s cells, the header has only %(expected)s."),
    "row.missing": gettext_noop("The value is missing."),
    "row.time": gettext_noop("“%(value)s” is not a date or time that can be read."),
    "row.number": gettext_noop("“%(value)s” is not a number that can be read."),
    "row.negative": gettext_noop("“%(value)s” is negative."),
    "row.end_before_start": gettext_noop("The end lies before the start."),
    "row.case_again": gettext_noop("The case “%(value)s” occurred before. One row a case is expected."),
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that was not imported: `row` counts from 1 with the header, as a person counts in a table."""

    row: int
    column: str | None
    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def english(self) -> str:
        return TEXTS[self.code] % self.params


class Unreadable(BadInput):
    """Bad input with a code, so that a page can say it in the reader's language."""

    def __init__(
        self,
        code: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        **params: object,
    ) -> None:
        self.code = code
        where = {"row": row, "column": column}
        self.params = {name: str(value) for name, value in (where | params).items() if value is not None}
        super().__init__(TEXTS[code] % self.params, file=file, row=row, column=column)


def giving_up(code: str, first: Rejection, **params: object) -> Unreadable:
    """The error for a file whose rows cannot be read, with the first of them as the reason."""
    values: dict[str, Any] = {**first.params, **params}
    return Unreadable(
        code,
        row=first.row,
        column=first.column,
        reason=first.english(),
        reason_code=first.code,
        **values,
    )
