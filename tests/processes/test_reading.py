"""A company hands in the files that it has. Each is read as it is, or refused with the reason."""

import datetime as dt
import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from pilotwerk.core.errors import BadInput
from pilotwerk.processes.domain.header import unique_names
from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading import Limits, open_source
from pilotwerk.processes.reading import text as text_reader
from pilotwerk.processes.reading.limits import for_uploads
from pilotwerk.processes.reading.watching import watched
from tests.processes.files import EVENTS, HEADER, event_csv, table, workbook, write, xes


def rows_of(
    path: Path, limits: Limits | None = None
) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
    with open_source(path, limits=limits) as source:
        return source.columns, source.first_rows(1000)


def code_of(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught, open_source(path, limits=limits):
        pass
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_separator_encoding_and_line_end_gives_the_same_table(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    rows = [("Größe", "Straße", "Menge"), ("groß", "Mühlenweg", "3"), ("klein", "Öderweg", "4")]
    columns, found = rows_of(write(tmp_path / "a.csv", table(rows, separator, end), encoding))
    assert columns == rows[0]
    assert found == [(2, rows[1]), (3, rows[2])]


def test_packed_files_are_read_like_plain_ones(tmp_path: Path) -> None:
    plain = rows_of(event_csv(tmp_path / "a.csv"))
    assert rows_of(event_csv(tmp_path / "a.csv.gz")) == plain
    assert plain[0] == HEADER
    assert [row for _, row in plain[1]] == EVENTS


def test_headings_trailing_tabs_and_double_names_are_understood(tmp_path: Path) -> None:
    text = "Ausfuhr Ticketsystem\t\r\nStand:\t20.10.2026\r\n\r\nNr\tDatum\tText\tDatum\t\r\n"
    text += "1\t06.04.2026\tHeizung kalt\t07.04.2026\t\r\n2\t08.04.2026\tTropft\t\t\r\n"
    columns, found = rows_of(write(tmp_path / "a.tsv", text))
    assert columns == ("Nr", "Datum", "Text", "Datum (2)")
    assert found == [
        (5, ("1", "06.04.2026", "Heizung kalt", "07.04.2026")),
        (6, ("2", "08.04.2026", "Tropft", "")),
    ]


def test_a_table_without_names_gets_some(tmp_path: Path) -> None:
    columns, found = rows_of(write(tmp_path / "a.csv", "1;06.04.2026\n2;07.04.2026\n"))
    assert columns == ("Column 1", "Column 2")
    assert [number for number, _ in found] == [1, 2]


def test_broken_rows_are_named_and_the_others_kept(tmp_path: Path) -> None:
    text = 'Nr;Text;Ort\n1;"Zeile eins\nZeile zwei";Kiel\n2;abgerissen\n3;a;b;zu viel\n\n4;gut;Plön\n'
    with open_source(write(tmp_path / "a.csv", text)) as source:
        assert [number for number, _ in source.first_rows(10)] == [2, 6]
        assert source.first_rows(1)[0][1][1] == "Zeile eins\nZeile zwei"
        assert [(one.row, one.code) for one in source.rejected] == [(3, "row.short"), (4, "row.long")]
        assert source.rejected[0].english() == "The row has 2 cells, the header has 3."


def test_a_name_with_signs_that_mean_patterns_is_just_a_name(tmp_path: Path) -> None:
    assert rows_of(event_csv(tmp_path / "tickets [1]*.csv"))[0] == HEADER


def test_workbooks_give_dates_numbers_and_the_sheet_with_the_table(tmp_path: Path) -> None:
    rows = [
        ("Ausfuhr aus dem Ticketsystem",),
        (),
        ("Nr", "Eröffnet", "Minuten", "Bemerkung"),
        (1, dt.datetime(2026, 4, 6, 8, 30), 12.5, None),  # noqa: DTZ001 -- a workbook knows no zones
        (2, dt.date(2026, 4, 7), 8.0, "eilig"),
    ]
    with open_source(workbook(tmp_path / "a.xlsx", rows, cover=True)) as source:
        assert source.facts["sheet"] == "Daten"
        assert source.columns == ("Nr", "Eröffnet", "Minuten", "Bemerkung")
        assert source.first_rows(5) == [
            (4, ("1", "2026-04-06 08:30:00", "12.5", "")),
            (5, ("2", "2026-04-07 00:00:00", "8", "eilig")),
        ]


@pytest.mark.parametrize("name", ["a.xes", "a.xes.gz"])
def test_xes_takes_the_attributes_of_trace_and_event_only(tmp_path: Path, name: str) -> None:
    columns, found = rows_of(xes(tmp_path / name))
    assert columns == ("case:concept:name", "concept:name", "time:timestamp", "org:resource")
    assert len(found) == len(EVENTS)
    assert found[1] == (2, ("T-1", "Zuordnung", "2026-04-06T09:00:00.000+02:00", "Meier"))


def test_parquet_is_read_as_texts(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "a.parquet"
    duckdb.execute(
        f"COPY (SELECT 7 AS nr, TIMESTAMP '2026-04-06 08:00' AS wann) TO '{path}' (FORMAT parquet)"
    )
    assert rows_of(path) == (("nr", "wann"), [(1, ("7", "2026-04-06 08:00:00"))])


def test_files_that_are_not_what_they_say_are_refused(tmp_path: Path) -> None:
    assert code_of(write(tmp_path / "a.pdf", "x")) == "file.unknown"
    assert code_of(write(tmp_path / "a.xls", "x")) == "file.old_excel"
    assert code_of(write(tmp_path / "a.csv", "")) == "file.empty"
    assert code_of(write(tmp_path / "b.csv", "a;b\n")) == "file.no_rows"
    assert code_of(write(tmp_path / "c.csv", "a;b\n1;\0\n")) == "file.binary"
    assert code_of(write(tmp_path / "a.xlsx", "a;b\n1;2\n")) == "file.not_what_it_says"
    broken = tmp_path / "d.csv.gz"
    broken.write_bytes(gzip.compress(b"a;b\n1;2\n" * 1000)[:-20])
    assert code_of(broken) == "file.damaged"
    with pytest.raises(BadInput), open_source(tmp_path / "not-there.csv"):
        pass


def test_xml_with_entities_or_without_end_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><log>&b;</log>'
    assert code_of(write(tmp_path / "a.xes", bomb)) == "file.xml_doctype"
    assert code_of(write(tmp_path / "b.xes", "<log><trace><event>")) == "file.xml_broken"
    assert (
        code_of(write(tmp_path / "c.xes", "<log>" + "<a>" * 100 + "</a>" * 100 + "</log>")) == "file.xml_deep"
    )


def test_what_unpacks_beyond_the_limit_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    small = Limits(file_bytes=1 << 20, unpacked_bytes=1 << 20, rows=100, columns=5, cell_characters=100)
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"a;b\n" + b"1;2\n" * 2_000_000))
    assert bomb.stat().st_size < 1 << 20
    assert code_of(bomb, small) == "file.unpacks_too_large"
    package = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 << 20))
    assert code_of(package, small) == "file.unpacks_too_large"
    assert code_of(write(tmp_path / "a.csv", "a;b\n" + "1;2\n" * 101), small) == "file.too_many_rows"
    assert code_of(write(tmp_path / "b.csv", "a;b;c;d;e;f\n1;2;3;4;5;6\n"), small) == "file.too_many_columns"
    assert code_of(write(tmp_path / "c.csv", "a;b\n1;" + "x" * 101 + "\n"), small) == "file.cell_too_long"
    large = write(tmp_path / "d.csv", "a;b\n" + "1;2\n" * 300_000)
    assert code_of(large, small) == "file.too_large"


def test_a_workbook_that_declares_a_document_type_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO(workbook(tmp_path / "good.xlsx", [("a", "b"), (1, 2)]).read_bytes())
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(made) as good, zipfile.ZipFile(path, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name == "xl/workbook.xml":
                data = b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + data
            bad.writestr(name, data)
    assert code_of(path) == "file.xml_doctype"


CELL = st.text(alphabet=st.sampled_from("ab ä\"';,\t\n0.1-"), max_size=6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.booleans())
def test_the_fast_way_and_the_careful_way_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]], quoted: bool
) -> None:
    """Where DuckDB takes a file at all, it must give exactly the rows and row numbers of the careful
    reader.
    """
    rows = [("Nr", "Text", "Ort"), *cells]
    if quoted:
        lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    else:
        lines = [";".join(row) for row in rows]
    path = write(tmp_path_factory.mktemp("a") / "a.csv", "\n".join(lines) + "\n")

    def read(fast: bool) -> object:
        kept = text_reader._read_fast
        if not fast:
            text_reader._read_fast = lambda *_: False
        try:
            with open_source(path) as source:
                stripped = [(number, tuple(cell for cell in row)) for number, row in source.first_rows(100)]
                return source.columns, [row for row in stripped if any(cell.strip() for cell in row[1])]
        except Unreadable as error:
            return error.code
        finally:
            text_reader._read_fast = kept

    fast, careful = read(True), read(False)
    if careful == "file.no_rows":  # only rows without a value: the fast way counts them, nobody can use them
        assert fast == careful or fast[1] == []  # type: ignore[index]
    else:
        assert fast == careful


def test_a_packed_workbook_gives_the_same_rows_and_is_checked_inside(tmp_path: Path) -> None:
    plain = workbook(tmp_path / "a.xlsx", [("Nr", "Text"), (1, "eins"), (2, "zwei")])
    packed = tmp_path / "a.xlsx.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert rows_of(packed) == rows_of(plain)
    assert code_of(write(tmp_path / "b.xlsx.gz", "a;b\n1;2\n")) == "file.not_what_it_says"
    assert code_of(write(tmp_path / "c.parquet.gz", "a;b\n1;2\n")) == "file.not_what_it_says"


def zipped(path: Path, *members: str, text: str = "Nr;Text\n1;eins\n2;zwei\n") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in members:
            archive.writestr(name, text)
    return path


def test_a_zip_with_one_table_inside_is_read_like_the_table(tmp_path: Path) -> None:
    plain = rows_of(write(tmp_path / "a.csv", "Nr;Text\n1;eins\n2;zwei\n"))
    packed = zipped(tmp_path / "a.zip", "export/a.csv", "liesmich.pdf", "__MACOSX/._a.csv", ".hidden.csv")
    assert rows_of(packed) == plain
    assert code_of(zipped(tmp_path / "c.zip", "liesmich.pdf")) == "file.zip_none"
    assert code_of(zipped(tmp_path / "d.zip", "a.xlsx")) == "file.not_what_it_says"
    # a name that leads out of the folder leads nowhere
    assert rows_of(zipped(tmp_path / "e.zip", "../../a.csv")) == plain


def parts_of(path: Path, part: str | None = None) -> tuple[str | None, tuple[str, ...], list[str]]:
    with open_source(path, part=part) as source:
        return source.part, source.parts, [cells[0] for _, cells in source.first_rows(10)]


def test_of_several_sheets_the_largest_table_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    book = Workbook()
    words = book.active
    assert words is not None
    words.title = "Abkürzungen"
    words.append(("Kürzel", "Bedeutung"))
    words.append(("HZ", "Heizung"))
    data = book.create_sheet("Daten")
    for cells in [("Nr", "Text", "Ort"), *((str(i), "kalt", "Ulm") for i in range(1, 5))]:
        data.append(cells)
    book.save(path := tmp_path / "a.xlsx")
    assert parts_of(path) == ("Daten", ("Abkürzungen", "Daten"), ["1", "2", "3", "4"])
    assert parts_of(path, "Abkürzungen") == ("Abkürzungen", ("Abkürzungen", "Daten"), ["HZ"])
    with pytest.raises(Unreadable, match="There is no table “Preise” in the file"):
        parts_of(path, "Preise")
    # In a ZIP file with other tables the file is chosen, and of a workbook its largest sheet.
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(path, "alles/a.xlsx")
        archive.writestr("klein.csv", "Nr;Text\n9;neun\n")
    assert parts_of(tmp_path / "b.zip") == (
        "alles/a.xlsx",
        ("alles/a.xlsx", "klein.csv"),
        ["1", "2", "3", "4"],
    )
    assert parts_of(tmp_path / "b.zip", "klein.csv")[2] == ["9"]
    with pytest.raises(Unreadable, match="one table only"):
        parts_of(write(tmp_path / "c.csv", "Nr;Text\n9;neun\n"), "Daten")


def test_the_limits_of_an_upload_follow_the_setting() -> None:
    small, large = for_uploads(100), for_uploads(500)
    assert (small.file_bytes, large.file_bytes) == (100 << 20, 500 << 20)
    assert (small.rows, large.rows) == (4_000_000, 20_000_000)
    assert small.unpacked_bytes < large.unpacked_bytes == 4000 << 20


def test_a_last_column_without_a_name_is_a_column_where_most_rows_fill_it(tmp_path: Path) -> None:
    columns, found = rows_of(write(tmp_path / "a.csv", "Nr;Text\n1;eins;x\n2;zwei;y\n3;drei;\n"))
    assert columns == ("Nr", "Text", "Column 3")
    assert found[0] == (2, ("1", "eins", "x"))
    # a header of the same name over and over is named in one pass
    assert unique_names(["a"] * 50_000)[-1] == "a (50000)"


def test_a_large_file_tells_how_far_it_is(tmp_path: Path) -> None:
    """Also where DuckDB reads it in one statement."""
    path = tmp_path / "a.csv"
    lines = "".join(
        f"T-{n};Eingang;2026-04-{1 + n % 28:02d};ein Text in der Zeile {n}\n" for n in range(50_000)
    )
    path.write_text("Nr;Schritt;Zeit;Text\n" + lines * 30, encoding="utf-8")
    told: list[int] = []
    with open_source(path, progress=told.append) as source:
        assert source.rows == 1_500_000
    assert told[-1] == 1_500_000
    assert told == sorted(told)


def test_a_statement_that_nobody_wants_any_more_ends_at_once() -> None:
    import duckdb

    class Enough(Exception):
        pass

    def enough(_rows: int) -> None:
        raise Enough

    endless = "CREATE TABLE t AS SELECT count(*) AS n FROM range(10000000) a, "
    endless += "range(10000000) b WHERE a.range + b.range < 0"
    with duckdb.connect() as con:
        began = time.monotonic()
        with pytest.raises(Enough):
            watched(con, endless, [], 100, enough)
        assert time.monotonic() - began < 20
        with pytest.raises(duckdb.Error):
            watched(con, "SELECT nonsense", [], 100, enough)
        assert con.execute("SELECT 1").fetchall() == [(1,)]
