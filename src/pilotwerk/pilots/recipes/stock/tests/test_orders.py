"""An order as text and file: only what was left in, and nothing that a spreadsheet would calculate."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from pilotwerk.pilots.recipes.stock.orders import as_csv, as_xlsx, lines_text
from pilotwerk.pilots.recipes.stock.wording import quantity_sentence

LINES: list[dict[str, Any]] = [
    {
        "item": "F-100",
        "name": "Luftfilter",
        "quantity": 1200,
        "price": 12.5,
        "price_assumed": False,
        "order": True,
    },
    {
        "item": "=1+1",
        "name": "@SUM(A1)",
        "quantity": 2.5,
        "price": 20.0,
        "price_assumed": True,
        "order": True,
    },
    {"item": "P-7", "name": "Pumpe", "quantity": 3, "price": 80.0, "price_assumed": False, "order": False},
]


def test_the_text_names_what_is_ordered_as_the_language_writes_it() -> None:
    assert lines_text(LINES, "de") == "1.200 × F-100 (Luftfilter)\n2,50 × =1+1 (@SUM(A1))"
    assert lines_text(LINES, "en").startswith("1,200 × F-100")


def test_a_csv_opens_in_a_german_spreadsheet_and_calculates_nothing() -> None:
    text = as_csv(LINES, "de").decode("utf-8-sig")
    assert text.splitlines() == [
        "Artikel;Bezeichnung;Menge;Preis je Stück;Wert",
        "F-100;Luftfilter;1200;12,5;15000,0",
        "'=1+1;'@SUM(A1);2,5;;",
    ]


def test_a_workbook_holds_numbers_as_numbers_and_texts_as_texts() -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(LINES, "en", "Order"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert [cell.value for cell in rows[0]] == ["F-100", "Luftfilter", 1200, 12.5, 15000]
    assert (rows[1][0].value, rows[1][0].data_type) == ("=1+1", "s")
    assert len(rows) == 2


DUE = {
    "reorder_point": 40,
    "stock": 30,
    "in_transit": 5,
    "under_way": 0,
    "economic": 61,
    "minimum": 1,
    "pack": 1,
}


@pytest.mark.parametrize(
    ("changed", "german", "english"),
    [
        ({}, "Am günstigsten sind 61 auf einmal (", "61 at once cost least ("),
        ({"economic": 3}, "Bis zum Meldebestand fehlen 5.", "5 are missing up to the reorder point."),
        ({"economic": 1000}, "1.000 auf einmal", "1,000 at once"),
    ],
)
def test_a_sentence_says_why_just_so_many(changed: dict[str, Any], german: str, english: str) -> None:
    assert german in quantity_sentence({**DUE, **changed}, "de")
    assert english in quantity_sentence({**DUE, **changed}, "en")


def test_a_line_of_an_older_version_says_nothing_about_its_quantity() -> None:
    assert quantity_sentence({name: one for name, one in DUE.items() if name != "economic"}, "de") == ""
