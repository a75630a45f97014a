"""A file of requests, read into plain values; rows that cannot be used are named with row and column."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.connectors.files.columns import NEEDED, guess_columns
from pilotwerk.pilots.recipes.moments import MomentReader
from pilotwerk.processes.domain.values import is_missing
from pilotwerk.processes.reading import open_source
from pilotwerk.processes.reading.limits import WEB
from pilotwerk.processes.texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LONGEST_TEXT = 100_000
LONGEST_FIELD = 500
# The names of columns that are said here are known in columns.py.
_MISSING = {
    "external_id": gettext_lazy(
        "No column holds the number of each request. Call one “Number” or “Ticket”. The file has: %(columns)s."
    ),
    "text": gettext_lazy(
        "No column holds the text. Call one “Text” or “Request”. The file has: %(columns)s."
    ),
}


@dataclass(frozen=True, slots=True)
class IncomingCase:
    """One request as it stands in the file. `received` is aware, in UTC."""

    external_id: str
    subject: str
    text: str
    sender_name: str | None
    sender_address: str | None
    received: datetime | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken: `row` counts as a person counts in a table program, `message` is a sentence."""

    row: int
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a file holds. `mapping`: meaning -> column."""

    cases: tuple[IncomingCase, ...]
    rejected: tuple[Rejection, ...]
    mapping: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    rejected: list[Rejection]
    # Whether formulas without a stored result were read as empty cells.
    formulas: bool = False


def read_cases(
    path: Path, mapping: Mapping[str, str] | None = None, *, tz_name: str = "Europe/Berlin"
) -> CaseFile:
    """Reads CSV, TSV, XLSX or JSON. Columns that `mapping` does not name are guessed.

    Times without a zone are in `tz_name`. Raises `BadInput` where the file as a whole cannot be used.
    """
    table = _read_json(path) if path.suffix.lower() == ".json" else _read_table(path)
    found = guess_columns(table.columns, mapping)
    for meaning in NEEDED:
        if meaning not in found:
            said = _MISSING[meaning] % {"columns": ", ".join(table.columns)[:300]}
            raise BadInput(said, file=path.name)
    received = found.get("received", "")
    moments = MomentReader.over((values.get(received, "") for _number, values in table.rows), tz_name)
    cases: dict[str, IncomingCase] = {}
    rejected = list(table.rejected)
    for row, values in table.rows:
        case = case_of(row, values, found, moments)
        if isinstance(case, IncomingCase) and case.external_id in cases:
            said = _("“%(text)s” occurs twice in this file.") % {"text": case.external_id}
            case = Rejection(row, found["external_id"], said)
        if isinstance(case, Rejection):
            rejected.append(_explained(case) if table.formulas else case)
        else:
            cases[case.external_id] = case
    if not cases and rejected:
        first = min(rejected, key=lambda one: one.row)
        raise BadInput(first.message, file=path.name, row=first.row, column=first.column)
    return CaseFile(tuple(cases.values()), tuple(sorted(rejected, key=lambda one: one.row)), found)


def _explained(rejection: Rejection) -> Rejection:
    """Why a value that a person sees in their spreadsheet program is missing here, and what to do."""
    why = _("Formulas in this file have no stored result. Open it in your spreadsheet program and save it.")
    return replace(rejection, message=f"{rejection.message} {why}")


def _read_table(path: Path) -> _Table:
    with open_source(path, limits=WEB) as source:
        rows = [
            (number, dict(zip(source.columns, cells, strict=False)))
            for number, cells in source.first_rows(source.rows)
        ]
        broken = [Rejection(one.row, one.column, say(one.code, one.params)) for one in source.rejected]
        columns = source.columns
    # Only a look at the first rows counts formulas, and only a gap makes them worth a look.
    gaps = path.suffix.lower() == ".xlsx" and any("" in values.values() for _number, values in rows)
    return _Table(columns, rows, broken, gaps and _has_formulas(path))


def _has_formulas(path: Path) -> bool:
    with open_source(path, limits=WEB, sample=1) as source:
        return bool(source.facts.get("formulas"))


def _read_json(path: Path) -> _Table:
    """A list of objects, or an object with one such list; rows count from 1."""
    if not path.is_file():
        raise BadInput(_("There is no such file."), file=str(path))
    if path.stat().st_size > WEB.file_bytes:
        raise BadInput(_("The file is too large."), file=path.name)
    try:
        content: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput(_("This is not valid JSON."), file=path.name) from error
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = lists[0] if len(lists) == 1 else [content]
    if not isinstance(content, list) or not content:
        raise BadInput(_("The file holds no list of requests."), file=path.name)
    rows, broken = [], []
    for number, item in enumerate(content, start=1):
        if isinstance(item, dict):
            rows.append((number, {str(name): _plain(value) for name, value in item.items()}))
        else:
            broken.append(Rejection(number, None, _("This entry is not an object with named values.")))
    columns = tuple(dict.fromkeys(name for _number, values in rows for name in values))
    return _Table(columns, rows, broken)


def _plain(value: Any) -> str:
    """A JSON value as text; what is nested is no value of a field."""
    return "" if value is None or isinstance(value, dict | list) else str(value)


def case_of(
    row: int, values: Mapping[str, str], mapping: Mapping[str, str], moments: MomentReader
) -> IncomingCase | Rejection:
    """One row as a request, or why it is none. `mapping`: meaning -> name among `values`."""

    def value(meaning: str) -> str:
        found = values.get(mapping.get(meaning, ""), "")
        return "" if is_missing(found) else found.strip()

    for meaning in NEEDED:
        if not value(meaning):
            return Rejection(row, mapping[meaning], _("The value is missing."))
    if len(value("text")) > LONGEST_TEXT:
        said = _("The text is longer than %(limit)s characters.") % {"limit": LONGEST_TEXT}
        return Rejection(row, mapping["text"], said)
    for meaning in ("external_id", "subject", "sender_name", "sender_address", "category"):
        if len(value(meaning)) > LONGEST_FIELD:
            said = _("The value is longer than %(limit)s characters.") % {"limit": LONGEST_FIELD}
            return Rejection(row, mapping[meaning], said)
    received = None
    if value("received"):
        received = moments.read(value("received"))
        if received is None:
            said = _("“%(text)s” is not a date or time that can be read.") % {"text": value("received")[:40]}
            return Rejection(row, mapping["received"], said)
    name, address = _sender(value("sender_name"), value("sender_address"))
    return IncomingCase(
        external_id=value("external_id"),
        subject=" ".join(value("subject").split()),
        text=value("text"),
        sender_name=name,
        sender_address=address,
        received=received,
        category=value("category") or None,
    )


def _sender(name: str, address: str) -> tuple[str | None, str | None]:
    """Name and address, also where one column holds both: "Petra Wulff <petra@wulff.example>"."""
    if not address and "@" in name:
        name, address = parseaddr(name)
    elif "<" in address:
        name, address = name or parseaddr(address)[0], parseaddr(address)[1]
    good = address.count("@") == 1 and not any(sign.isspace() for sign in address)
    return " ".join(name.split()) or None, address if good else None
