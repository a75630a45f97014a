"""A workbook in which a program wrote formulas and stored no results: the page says where they are."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from pilotwerk.processes.reading.formulas import Missing, column_number, without_result
from tests.cast import Cast

SHEET = "xl/worksheets/sheet1.xml"


def workbook(path: Path, formulas: set[tuple[int, int]], rows: int = 40) -> Path:
    """A list of cases below a title; at these rows and columns (from 0) stands a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Aufträge"
    sheet.append(["Aufträge 2026"])
    sheet.append(["Nr", "Beginn", "Ende", "Minuten"])
    for row in range(3, rows + 3):
        day = dt.datetime(2026, 1, 5, 8) + dt.timedelta(days=row)  # noqa: DTZ001
        sheet.append([f"A-{row}", day, day + dt.timedelta(days=2), 15])
    for row, column in formulas:
        sheet.cell(row, column + 1).value = "=3/4"
    book.save(path)
    return path


def missing(path: Path) -> Missing | None:
    with zipfile.ZipFile(path) as package:
        return without_result(package, SHEET, below=2, width=4)


@given(st.sets(st.tuples(st.integers(3, 42), st.integers(1, 5)), max_size=6))
def test_each_formula_of_the_table_is_counted_and_none_beside_it(
    tmp_path_factory: pytest.TempPathFactory, formulas: set[tuple[int, int]]
) -> None:
    path = workbook(tmp_path_factory.mktemp("book") / "liste.xlsx", formulas)
    inside = sorted(one for one in formulas if one[1] < 4)
    assert missing(path) == (Missing(len(inside), *inside[0]) if inside else None)


def test_a_formula_with_its_result_is_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            SHEET,
            '<row r="3"><c r="A3"><f>1+1</f><v>2</v></c><c r="B3" t="shared"><f t="shared" si="0"/></c></row>',
        )
    assert missing(path) == Missing(1, 3, 1)


@given(st.integers(0, 16383))
def test_columns_are_counted_as_spreadsheets_do(number: int) -> None:
    assert column_number(get_column_letter(number + 1)) == number


@pytest.mark.django_db
def test_the_page_names_sheet_row_and_column(cast: Cast, tmp_path: Path) -> None:
    content = workbook(tmp_path / "liste.xlsx", {(7, 3), (9, 3)}).read_bytes()
    client = cast.client("lead")
    form = {"name": "Aufträge", "file": SimpleUploadedFile("liste.xlsx", content)}
    columns = client.post(cast.organisation.url("processes:new"), form)
    page = client.get(columns["Location"]).content.decode()
    told = "2 Formeln auf dem Blatt „Aufträge“ haben kein gespeichertes Ergebnis"
    assert told in page
    assert "die erste in Zeile 7, Spalte „Minuten“" in page
