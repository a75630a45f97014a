"""Tables as they occur in the wild, made from what they mean: whoever reads them must find that again."""

import datetime as dt
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

CASE, START, MINUTES, TEXT = "Vorgang-Nr.", "Eröffnet am", "Minuten", "Anfrage"
MAPPING = {"case": CASE, "start": START, "handling": MINUTES, "text": TEXT}

MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
          "November", "Dezember"]  # fmt: skip

DATES: dict[str, Callable[[dt.datetime], str]] = {
    "iso": lambda d: d.isoformat(sep=" "),
    "iso_t": lambda d: d.isoformat(),
    "iso_z": lambda d: d.isoformat() + "Z",
    "iso_offset": lambda d: (d + dt.timedelta(hours=2)).isoformat() + "+02:00",
    "iso_minutes": lambda d: d.strftime("%Y-%m-%d %H:%M"),
    "german": lambda d: d.strftime("%d.%m.%Y %H:%M"),
    "german_short": lambda d: f"{d.day}.{d.month}.{d:%Y %H:%M:%S}",
    "german_clock": lambda d: d.strftime("%d.%m.%Y, %H:%M Uhr"),
    "german_yy": lambda d: d.strftime("%d.%m.%y %H:%M"),
    "german_words": lambda d: f"{d.day}. {MONTHS[d.month - 1]} {d:%Y %H:%M}",
    "british": lambda d: d.strftime("%d/%m/%Y %H:%M"),
    "american": lambda d: d.strftime("%m/%d/%Y %I:%M %p"),
    "american_words": lambda d: d.strftime("%b %d, %Y %H:%M"),
    "slashes": lambda d: d.strftime("%Y/%m/%d %H:%M"),
    "dashes": lambda d: d.strftime("%d-%m-%Y %H:%M"),
    "epoch": lambda d: str(int(d.replace(tzinfo=dt.UTC).timestamp())),
    "epoch_ms": lambda d: str(int(d.replace(tzinfo=dt.UTC).timestamp() * 1000)),
}
NUMBERS: dict[str, Callable[[float], str]] = {
    "german": lambda x: f"{x:.2f}".replace(".", ","),
    "german_groups": lambda x: f"{x:,.2f}".replace(",", " ").replace(".", ",").replace(" ", "."),
    "english": lambda x: f"{x:.2f}",
    "english_groups": lambda x: f"{x:,.2f}",
    "swiss": lambda x: f"{x:,.2f}".replace(",", "'"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-be-bom")
WORDS_FOR_NOTHING = ("", "n/a", "keine Angabe", "Select", "-", "NULL")
HEADINGS = ("Ausfuhr Ticketsystem", "Stand: 20.10.2026", "")

Taken = tuple[str, dt.datetime, float | None, str | None]
Rejected = tuple[int, str | None, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A case, and what is wrong with the row: its kind, or "" for nothing."""

    case: str
    start: dt.datetime
    minutes: float | None
    text: str | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the table is written."""

    kind: str
    packing: str
    separator: str
    quoting: str
    encoding: str
    end: str
    date: str
    number: str
    headings: int
    tail: bool
    doubled: bool
    empty_rows: str
    faults: tuple[str, ...]
    nothing: str
    sheets: str
    order: tuple[int, ...]


PLAIN = st.text(alphabet="abc äöüß ÄÖ.-", min_size=1, max_size=20).map(lambda text: f"Bitte {text} so")
HARD = st.sampled_from(['er sagte "nein"', "Zeile eins\nZeile zwei", "a;b", "x, y", "t\tt", "a|b", "'quer'"])
FAULTS = (
    "",
    "",
    "",
    "",
    "",
    "bad_date",
    "no_date",
    "bad_number",
    "no_case",
    "again",
    "short",
    "long",
    "negative",
)


def shape_number(number: int) -> Shape:
    """The shape of this number: every number another mixture, the same on every machine."""
    dice = random.Random(number)
    kind = dice.choice(["csv", "csv", "csv", "tsv", "xlsx", "xes"])
    return Shape(
        kind=kind,
        packing=dice.choice(["", "", "gz", "zip"]),
        separator="\t" if kind == "tsv" else dice.choice(";,\t|"),
        quoting=dice.choice(["none", "all", "needed"]),
        encoding=dice.choice(ENCODINGS),
        end=dice.choice(["\r\n", "\n", "\r"]),
        date=dice.choice(sorted(DATES)),
        number=dice.choice(sorted(NUMBERS)),
        headings=dice.randint(0, 3),
        tail=dice.random() < 0.5,
        doubled=dice.random() < 0.5,
        empty_rows=dice.choice(["", "blank", "separators", "both"]),
        faults=tuple(dice.choices(FAULTS, k=4)),
        nothing=dice.choice(WORDS_FOR_NOTHING),
        sheets=dice.choice(["one", "cover", "hidden", "typed"]),
        order=tuple(dice.sample(range(4), 4)),
    )


@st.composite
def rows(draw: st.DrawFn, shape: Shape) -> list[Row]:
    """Some sound rows first, then any; the first has a day that shows whether day or month comes first."""
    texts = PLAIN if shape.quoting == "none" and shape.kind in ("csv", "tsv") else st.one_of(PLAIN, HARD)
    count = 4 + len(shape.faults) + draw(st.integers(0, 1))
    found = []
    for number in range(count):
        month, day, hour = draw(st.integers(1, 12)), draw(st.integers(1, 28)), draw(st.integers(0, 23))
        start = dt.datetime(2026, month, day, hour, 15)  # noqa: DTZ001
        if number == 0:
            start = start.replace(day=25)
        faulty = 4 <= number < 4 + len(shape.faults) and shape.kind != "xes"
        fault = shape.faults[number - 4] if faulty else ""
        if fault == "short" and shape.kind == "xlsx":
            fault = ""
        minutes = draw(st.one_of(st.none(), st.integers(25, 999_999).map(lambda cents: cents / 100)))
        found.append(
            Row(
                case=f"T-{number}" if fault != "again" else "T-1",
                start=start,
                # One number whose signs can be read one way only
                minutes=1234.5 if number == 0 else minutes,
                text=draw(st.one_of(st.none(), texts)) if number else "Heizung bleibt kalt",
                fault=fault,
            )
        )
    return found


def _cells(row: Row, shape: Shape) -> list[object]:
    """The four cells in the order of MAPPING."""
    start: object = DATES[shape.date](row.start)
    minutes: object = shape.nothing if row.minutes is None else NUMBERS[shape.number](row.minutes)
    if shape.kind == "xlsx" and shape.sheets != "typed":
        start, minutes = row.start, row.minutes
    if row.fault == "no_date":
        start = shape.nothing
    elif row.fault == "bad_date":
        start = "gestern"
    elif row.fault == "bad_number":
        minutes = "viele"
    elif row.fault == "negative":
        minutes = "-5"
    case = "" if row.fault == "no_case" else row.case
    return [case, start, minutes, shape.nothing if row.text is None else row.text]


def _table(table_rows: list[Row], shape: Shape) -> tuple[list[list[object]], list[Taken], list[Rejected]]:
    """All lines of the table as cells, what must be taken from them, and what must be rejected and where."""
    names = list(MAPPING.values())
    header: list[object] = [names[i] for i in shape.order]
    if shape.doubled:
        header.append(header[0])
    lines: list[list[object]] = [[HEADINGS[i]] for i in range(shape.headings)]
    lines.append(header)
    taken: list[Taken] = []
    rejected: list[Rejected] = []
    for row in table_rows:
        if row.case == "T-2" and shape.empty_rows in ("blank", "both"):
            lines.append([])
        if row.case == "T-3" and shape.empty_rows in ("separators", "both"):
            lines.append([""] * len(header))
        cells = _cells(row, shape)
        line = [cells[i] for i in shape.order] + (["noch einmal"] if shape.doubled else [])
        number = len(lines) + 1
        if row.fault == "short":
            line = ["abgerissen", "x"]
        elif row.fault == "long":
            line += ["zu viel", "viel zu viel"]
        lines.append(line)
        expected = {
            "bad_date": (number, START, "row.time"),
            "no_date": (number, START, "row.missing"),
            "bad_number": (number, MINUTES, "row.number"),
            "negative": (number, MINUTES, "row.negative"),
            "no_case": (number, CASE, "row.missing"),
            "again": (number, CASE, "row.case_again"),
            "short": (number, None, "row.short"),
            "long": (number, None, "row.long"),
        }
        if row.fault:
            rejected.append(expected[row.fault])
        else:
            text = " ".join(row.text.split(" ")).strip() if row.text else None
            taken.append((row.case, row.start, row.minutes, text))
    return lines, taken, rejected


def _quoted(cell: object, shape: Shape) -> str:
    text = str(cell)
    needs = any(sign in text for sign in (shape.separator, '"', "\n", "\r"))
    if shape.quoting == "all" or (shape.quoting == "needed" and needs) or needs:
        return '"' + text.replace('"', '""') + '"'
    return text


def _csv(lines: list[list[object]], shape: Shape) -> bytes:
    out = ""
    for line in lines:
        out += shape.separator.join(_quoted(cell, shape) for cell in line)
        out += (shape.separator if shape.tail and line else "") + shape.end
    if shape.encoding == "utf-16-be-bom":
        return b"\xfe\xff" + out.encode("utf-16-be")
    return out.encode(shape.encoding)


def _xlsx(lines: list[list[object]], shape: Shape) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if shape.sheets == "cover":
        sheet.append(["Bericht"])
        sheet = book.create_sheet("Daten")
    elif shape.sheets == "hidden":
        sheet.append(["Alt", "Alter Wert"])
        sheet.append(["1", "2"])
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("Daten")
        book.active = 1
    for line in lines:
        sheet.append([None if cell == "" else cell for cell in line])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _xes(table_rows: list[Row]) -> tuple[bytes, list[Taken]]:
    parts = ['<?xml version="1.0" encoding="UTF-8"?><log>']
    taken: list[Taken] = []
    for row in table_rows:
        moment = row.start.isoformat() + "Z"
        text = row.text.replace("\n", " ") if row.text else None
        minutes = "" if row.minutes is None else f'<float key="{MINUTES}" value="{row.minutes}"/>'
        told = "" if text is None else f"<string key={quoteattr(TEXT)} value={quoteattr(text)}/>"
        parts.append(
            f'<trace><string key="concept:name" value="{row.case}"/><event>'
            f'<string key="concept:name" value="Eingang"/><date key="time:timestamp" value="{moment}"/>'
            f"{minutes}{told}</event></trace>"
        )
        # XML turns a tab in an attribute into a space unless it is written as a character reference
        taken.append((row.case, row.start, row.minutes, text))
    return "".join([*parts, "</log>"]).encode(), taken


def write_table(
    folder: Path, shape: Shape, table_rows: list[Row]
) -> tuple[Path, list[Taken], list[Rejected]]:
    """The file, and what must be found in it."""
    rejected: list[Rejected] = []
    if shape.kind == "xes":
        data, taken = _xes(table_rows)
    else:
        lines, taken, rejected = _table(table_rows, shape)
        data = _xlsx(lines, shape) if shape.kind == "xlsx" else _csv(lines, shape)
    name = f"export.{shape.kind}"
    if shape.packing == "gz":
        name, data = f"{name}.gz", gzip.compress(data)
    elif shape.packing == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        name, data = "export.zip", buffer.getvalue()
    path = folder / name
    path.write_bytes(data)
    return path, taken, rejected
