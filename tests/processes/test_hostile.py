"""Files that want to harm or are broken: one clear sentence each, and nothing left behind, on the page and the
command line alike.
"""

import gzip
import io
import json
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pilotwerk.cli.main import main
from pilotwerk.core import jobs
from pilotwerk.processes import selectors, services
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.models import Process, ProcessImport, RejectedRow
from pilotwerk.processes.reading import Limits, opening
from tests.cast import Cast
from tests.processes.files import event_csv, table, workbook, write, xes

MEGABYTE = 1 << 20
SMALL = Limits(file_bytes=20 * MEGABYTE, unpacked_bytes=32 * MEGABYTE, columns=300)


def gzip_bomb(path: Path) -> None:
    """A few kilobytes that become 100 MB."""
    path.write_bytes(gzip.compress(b"a;b\n") + gzip.compress(b"1;2\n" * (MEGABYTE // 4)) * 100)


def zip_bomb(path: Path, member: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as out:
        for _ in range(100):
            out.write(b" " * MEGABYTE)


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The workbook at `path` with parts changed."""
    good = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))


def claims_ten_gigabytes(path: Path) -> None:
    """A sound workbook whose directory says that a sheet has 10 GB."""
    workbook(path, [("a", "b"), (1, 2)])
    good = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        target.filelist[-1].file_size = 10 * 1024 * MEGABYTE


def lies_small(path: Path) -> None:
    """A bomb whose directory says that it is small: no more than it says is unpacked."""
    zip_bomb(path, "xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    path.write_bytes(data)


def trailer_claims(path: Path) -> None:
    data = gzip.compress(b"a;b\n" + b"1;2\n" * 100)
    path.write_bytes(data[:-4] + struct.pack("<I", 0xFFFFFFFF))


def half(path: Path, make: Callable[[Path], object]) -> None:
    make(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def parquet(path: Path, rows: int = 1000) -> None:
    import duckdb

    target = path.with_name("plain.parquet")
    duckdb.execute(
        f"COPY (SELECT range AS nr, 'x' AS text FROM range({rows})) TO '{target}' (FORMAT parquet)"
    )
    target.replace(path)


def rubbish(path: Path, signs: range = range(256)) -> None:
    dice = random.Random(7)
    path.write_bytes(bytes(dice.choice(signs) for _ in range(50_000)))


def entity_bomb(path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    write(path, f'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY e0 "x">{entities}]><log>&e9;</log>')


def entity_bomb_in_workbook(path: Path) -> None:
    workbook(path, [("a", "b"), (1, 2)])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    rewritten(path, lambda name, data: bomb + data if name == "xl/workbook.xml" else data)


def wide_cell(path: Path) -> None:
    """A cell in column 1,000,000, which no table program has."""
    workbook(path, [("a", "b"), (1, 2)])
    rewritten(path, lambda name, data: data.replace(b'r="B2"', b'r="BDWGN2"') if "sheet1" in name else data)


def wide_event(path: Path) -> None:
    attributes = "".join(f'<string key="k{n}" value="x"/>' for n in range(1000))
    write(path, f"<log><trace><event>{attributes}</event></trace></log>")


def begins(path: Path, magic: bytes) -> None:
    """Rubbish that begins as a file of its kind does."""
    rubbish(path)
    path.write_bytes(magic + path.read_bytes())


def small_workbook(path: Path) -> None:
    workbook(path, [("a", "b"), (1, 2)])


SHEET = "xl/worksheets/sheet1.xml"
MILLION = ";".join(["x"] * 1_000_000) + "\n1;2\n"
LONG_CELL = 'a;b\n1;"' + "x" * 10 * MEGABYTE + '"\n'
BOMB, DAMAGED, BROKEN = "file.unpacks_too_large", "file.damaged", "file.xml_broken"

HOSTILE: dict[str, tuple[str, Callable[[Path], object], set[str]]] = {
    "gzip bomb": ("a.csv.gz", gzip_bomb, {BOMB}),
    "gzip bomb as workbook": ("a.xlsx.gz", gzip_bomb, {BOMB}),
    "gzip bomb as event log": ("a.xes.gz", gzip_bomb, {BOMB, BROKEN}),
    "zip bomb": ("a.zip", lambda path: zip_bomb(path, "a.csv"), {BOMB}),
    "workbook bomb": ("a.xlsx", lambda path: zip_bomb(path, SHEET), {BOMB}),
    "workbook that lies": ("a.xlsx", lies_small, {DAMAGED, BOMB}),
    "workbook claims 10 GB": ("a.xlsx", claims_ten_gigabytes, {BOMB}),
    "gzip trailer claims 4 GB": ("a.csv.gz", trailer_claims, {DAMAGED}),
    "a million columns": ("a.csv", lambda path: write(path, MILLION), {"file.too_many_columns"}),
    "a cell in column a million": ("a.xlsx", wide_cell, {DAMAGED}),
    "an event with a thousand attributes": ("a.xes", wide_event, {"file.too_many_columns"}),
    "a cell of 10 MB": ("a.csv", lambda path: write(path, LONG_CELL), {"file.cell_too_long"}),
    "rubbish": ("a.csv", rubbish, {"file.binary"}),
    "rubbish without NUL": ("a.csv", lambda path: rubbish(path, range(1, 256)), {"file.binary"}),
    "rubbish as workbook": ("a.xlsx", rubbish, {"file.not_what_it_says"}),
    "rubbish in a workbook": ("a.xlsx", lambda path: begins(path, b"PK\x03\x04"), {DAMAGED}),
    "rubbish as event log": ("a.xes", rubbish, {BROKEN}),
    "rubbish as Parquet": ("a.parquet", lambda path: begins(path, b"PAR1"), {DAMAGED}),
    "rubbish as gzip": ("a.csv.gz", lambda path: begins(path, b"\x1f\x8b\x08"), {DAMAGED}),
    "rubbish as ZIP": ("a.zip", lambda path: begins(path, b"PK\x03\x04"), {DAMAGED}),
    "truncated gzip": ("a.csv.gz", lambda path: half(path, event_csv), {DAMAGED}),
    "truncated workbook": ("a.xlsx", lambda path: half(path, small_workbook), {DAMAGED}),
    "truncated event log": ("a.xes", lambda path: half(path, xes), {BROKEN}),
    "truncated packed event log": ("a.xes.gz", lambda path: half(path, xes), {DAMAGED, BROKEN}),
    "truncated Parquet": ("a.parquet", lambda path: half(path, parquet), {DAMAGED}),
    "entity bomb": ("a.xes", entity_bomb, {"file.xml_doctype"}),
    "entity bomb in a workbook": ("a.xlsx", entity_bomb_in_workbook, {"file.xml_doctype"}),
    "NUL bytes": ("a.csv", lambda path: path.write_bytes(b"a;b\n1;\0\n"), {"file.binary"}),
    "NUL bytes in XML": ("a.xes", lambda path: path.write_bytes(b"<log>\0</log>"), {BROKEN}),
    "a ZIP in a ZIP": ("a.zip", lambda path: zip_bomb(path, "b.zip"), {"file.zip_none"}),
    "nothing but separators": ("a.csv", lambda path: write(path, ";;;\n" * 100), {"file.no_header"}),
}


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[], list[Path]]:
    """What lies about in the data folder and among temporary files; limits that fit the test's small bombs."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(opening, "Limits", lambda: SMALL)
    monkeypatch.setattr(selectors, "upload_limits", lambda: SMALL)

    def left() -> list[Path]:
        organisations = settings.PILOTWERK_DATA_DIR / "organisations"
        return [*temporary.rglob("*"), *organisations.rglob("imports/*")]

    return left


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_and_leaves_nothing(
    name: str,
    cast: Cast,
    tmp_path: Path,
    clean: Callable[[], list[Path]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    filename, make, codes = HOSTILE[name]
    path = tmp_path / filename
    make(path)
    process = services.process_create(
        organisation=cast.organisation, actor=cast.actor("lead"), name="Anfragen"
    )
    with path.open("rb") as file, pytest.raises(Unreadable) as caught:
        services.import_start(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            process=process,
            file=file,
            filename=filename,
        )
    assert caught.value.code in codes
    assert not ProcessImport.objects.exists()
    assert clean() == []

    assert main(["analyse", str(path), "--format", "json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert filename in told.err
    assert "Traceback" not in told.err
    assert clean() == []


def test_a_row_of_a_million_cells_is_one_rejected_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ("Nr", "Beginn"),
        ("1", "01.04.2026"),
        ("2", "02.04.2026", *["x"] * 1_000_000),
        ("3", "03.04.2026"),
    ]
    path = write(tmp_path / "a.csv", table(rows))
    assert main(["analyse", str(path), "--case", "Nr", "--start", "Beginn", "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["cases"] == 2
    assert facts["rejected"] == [
        {"row": 3, "column": None, "reason": "The row has 1000002 cells, the header has only 2."}
    ]


def test_an_announcement_of_ten_gigabytes_is_answered_before_anything_is_read(
    cast: Cast, clean: Callable[[], list[Path]]
) -> None:
    class Never(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    answer = cast.client("lead").post(
        cast.organisation.url("processes:new"),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(10 * 1024 * MEGABYTE), "wsgi.input": Never()},  # type: ignore[arg-type]
    )
    assert answer.status_code == 413
    assert "Die Datei ist größer als 100 MB." in answer.content.decode()
    assert not Process.objects.exists()
    assert clean() == []


def test_damage_that_shows_late_ends_the_import_and_leaves_nothing(
    cast: Cast, tmp_path: Path, clean: Callable[[], list[Path]]
) -> None:
    """The first rows look well; the file breaks off behind them."""
    event = (
        '<event><string key="concept:name" value="Eingang"/>'
        '<date key="time:timestamp" value="2026-04-06T08:00:00Z"/></event>'
    )
    trace = f'<trace><string key="concept:name" value="T"/>{event * 3000}</trace>'
    text = f"<log>{trace * 3}</log>"
    process = services.process_create(
        organisation=cast.organisation, actor=cast.actor("lead"), name="Anfragen"
    )
    by: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    started = services.import_start(
        **by, process=process, file=io.BytesIO(text[: len(text) * 2 // 3].encode()), filename="a.xes"
    )
    services.import_confirm(**by, process_import=started)
    jobs.run_due(kinds=[services.JOB])
    started.refresh_from_db()
    assert started.state == ProcessImport.State.FAILED
    assert started.fault["code"] == "file.xml_broken"
    assert int(started.fault["row"]) > 2000
    assert not RejectedRow.objects.exists()
    assert clean() == []


def test_a_formula_is_read_as_its_value_and_leaves_as_text(cast: Cast, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [("Nr", "Beginn", "=1+1"), (1, "01.04.2026", "x"), (2, "=HYPERLINK()", "x"), (3, "03.04.2026", "y")],
    )
    # as Excel stores it: the formula with the value that it showed last
    rewritten(
        path,
        lambda name, data: (
            data.replace(b"<f>HYPERLINK()</f><v></v>", b"<f>HYPERLINK()</f><v>46114</v>")
            .replace(b"<f>HYPERLINK()</f><v />", b"<f>HYPERLINK()</f><v>46114</v>")
            .replace(b"<f>HYPERLINK()</f><v/>", b"<f>HYPERLINK()</f><v>46114</v>")
            if "sheet1" in name
            else data
        ),
    )
    with opening.open_source(path) as source:
        assert [cells[:2] for _, cells in source.first_rows(5)] == [
            ("1", "01.04.2026"), ("2", "46114"), ("3", "03.04.2026"),
        ]  # fmt: skip

    lead, url = cast.client("lead"), cast.organisation.url
    text = table([("Nr", "=2+2"), ("1", "01.04.2026"), ("2", "=cmd|'/c calc'!A1"), ("3", "03.04.2026")])
    file = SimpleUploadedFile("a.csv", text.encode())
    columns = lead.post(url("processes:new"), {"name": "A", "file": file})["Location"]
    lead.post(columns, {"kind": "case_table", "case": "Nr", "start": "=2+2"})
    jobs.run_due(kinds=[services.JOB])
    found = ProcessImport.objects.get()
    download = lead.get(url("processes:rejected_csv", pk=found.pk)).content.decode("utf-8-sig")
    cells = [cell for line in download.splitlines() for cell in line.split(";")]
    assert "'=2+2" in cells
    assert not any(cell[:1] in "=+-@" for cell in cells if cell)
