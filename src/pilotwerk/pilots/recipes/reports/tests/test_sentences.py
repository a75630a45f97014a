"""What a reader gets: sentences in two languages, tables that add up, PDF, workbook, mail."""

from __future__ import annotations

import io
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.pilots.recipes.reports import (
    Facts,
    Table,
    compute,
    export_pdf,
    export_xlsx,
    mail,
    prepare,
    render,
)
from pilotwerk.pilots.recipes.reports.checking.figures import number_of
from pilotwerk.pilots.recipes.reports.facts import Role
from pilotwerk.pilots.recipes.reports.numbers import decimal_text, figure, rounded
from pilotwerk.pilots.recipes.reports.sentences import MOST, sentences
from pilotwerk.pilots.recipes.reports.tests.past import facts_of, sales, week
from pilotwerk.pilots.recipes.reports.wording import WORDS


@pytest.fixture(scope="module")
def sixteen() -> Facts:
    return facts_of(sales(120, 7))


def said(facts: Facts, language: str) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in sentences(facts, language)]


def test_a_week_in_german_and_in_english(sixteen: Facts) -> None:
    assert said(sixteen, "de")[:2] == [
        "Umsatz: 10.193,61 € in KW 16/2026, 31,2 % mehr als in KW 15/2026 (7.770,00 €), "
        "36,9 % mehr als in KW 16/2025 (7.444,49 €).",
        "Aufträge: 42 in KW 16/2026, 20,0 % mehr als in KW 15/2026 (35), 20,0 % mehr als in KW 16/2025 (35).",
    ]
    assert said(sixteen, "en")[2] == (
        "Share of “ja” in Reklamation: 21.4% in week 16 of 2026, 15.7 percentage points less than in week 15 of 2026 "
        "(37.1%), 1.4 percentage points more than in week 16 of 2025 (20.0%)."
    )


def test_an_open_week_says_so_first() -> None:
    facts = facts_of(sales(20), period=week(2024, 20), today=date(2024, 5, 15))
    assert said(facts, "de")[0] == (
        "KW 20/2024 ist noch nicht vollständig: Die Daten reichen bis zum 15. Mai 2024 (3 von 7 Tagen)."
    )
    assert (
        said(facts, "en")[0]
        == "Week 20 of 2024 is not yet complete: the data reach to 15 May 2024 (3 of 7 days)."
    )


def test_one_day_is_a_day_and_two_are_days() -> None:
    gaps = (date(2024, 5, 14), date(2024, 5, 15))
    one, two = facts_of(sales(20, skip=gaps[:1])), facts_of(sales(20, skip=gaps))
    assert "Ein Tag ohne Zeilen, an dem sonst welche kommen: 14. Mai 2024." in said(one, "de")
    assert "2 days without rows on which there usually are some: 14 May 2024, 15 May 2024." in said(two, "en")


def test_never_more_than_a_dozen_and_every_number_knows_its_fact(sixteen: Facts) -> None:
    known = sixteen.by_id()
    for language in ("de", "en"):
        found = sentences(sixteen, language)
        assert len(found) <= MOST
        for sentence in found:
            for span in sentence.spans:
                shown = sentence.text[span.start : span.end]
                fact = known[span.fact]
                assert shown in {
                    figure(fact, language), figure(fact, language, absolute=True), figure(fact, language, signed=True)
                }  # fmt: skip


def test_no_sentence_says_why() -> None:
    causal = ("weil", "wegen", "daher", "deshalb", "aufgrund", "because", "due to", "therefore", "caused")
    for german, english in WORDS.values():
        assert not any(word in f"{german} {english}".lower().split() for word in causal)


@given(st.fractions(-(10**9), 10**9), st.integers(0, 3), st.sampled_from(["de", "en"]))
def test_a_number_is_read_back_as_it_was_written(value: Fraction, decimals: int, language: str) -> None:
    text = decimal_text(value, decimals, language).lstrip("−")
    if decimals != 3:  # 1.234 may be both
        assert number_of(text, language)[0] == abs(rounded(value, decimals))


def test_tables_add_up_to_their_last_row(sixteen: Facts) -> None:
    report = render(sixteen, "de")
    found = [one for one in report.sections if one.heading == "Umsatz nach Region"]
    rows = found[0].rows
    assert rows[-1][0].text == "Gesamt"
    for column in (1, 2, 3):
        values = [row[column].value for row in rows]
        assert all(value is not None for value in values)
        assert sum(value for value in values[:-1] if value is not None) == pytest.approx(values[-1])


def test_the_pdf_is_tagged_in_its_language_with_our_own_fonts(sixteen: Facts) -> None:
    from pypdf import PdfReader

    for language, words in (("de", "Das Wichtigste"), ("en", "The main points")):
        content = export_pdf(render(sixteen, language), organisation="Nordlicht GmbH", day=date(2026, 4, 20))
        pdf = PdfReader(io.BytesIO(content))
        catalogue: Any = pdf.root_object
        assert catalogue["/Lang"] == language
        assert bool(catalogue["/MarkInfo"]["/Marked"])
        text = "".join(page.extract_text() for page in pdf.pages)
        assert words in text
        assert "10.193,61" in text if language == "de" else "10,193.61" in text
        assert b"pdfuaid" in catalogue["/Metadata"].get_data()
        resources: Any = [page["/Resources"] for page in pdf.pages]
        fonts = {font.get_object()["/BaseFont"] for one in resources for font in one["/Font"].values()}
        assert {str(name).split("+")[-1].split("-")[0] for name in fonts} == {"Inter"}


HOSTILE = ('=HYPERLINK("http://x","y")', "+49 170", "-2+3", "@SUM(A1)", "#set page()[*x*]", "<b>&amp;")


def hostile() -> Table:
    """Parts with names that a spreadsheet, a layout or a picture might take for something else."""
    rows = []
    for step in range(14):
        day = date.fromordinal(date(2026, 1, 5).toordinal() + step)
        rows += [(day.isoformat(), name, str(10 + step)) for name in HOSTILE]
    return Table.of("a.csv", ("Tag", "=Gruppe", "Wert"), [(2 + place, row) for place, row in enumerate(rows)])


def test_no_text_is_run_as_a_formula_or_read_as_markup() -> None:
    from openpyxl import load_workbook

    chosen = {
        "title": "=1+1", "dimensions": ["=Gruppe"], "frequency": "W", "measures": [{"kind": "sum", "column": "Wert"}],
    }  # fmt: skip
    table = hostile()
    report = render(compute(table, prepare(table, chosen)), "de")
    book = load_workbook(io.BytesIO(export_xlsx(report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    risky = [
        cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))
    ]
    assert {cell.value for cell in risky} >= set(HOSTILE[:4])
    assert all(cell.quotePrefix for cell in risky)
    assert export_pdf(report, organisation="", day=date(2026, 1, 19)).startswith(b"%PDF")
    assert "<b>" not in report.sections[-1].svg


def test_numbers_in_the_workbook_are_numbers(sixteen: Facts) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(export_xlsx(render(sixteen, "de"))))
    sheet = book["Umsatz im Verlauf"]
    value = sixteen.find(Role.VALUE, measure="sum:Umsatz EUR:", part=None, period=sixteen.period)
    assert value is not None
    assert sheet["B2"].value == pytest.approx(float(value.value))
    assert sheet["B2"].number_format == '#,##0.00" €"'


def test_the_mail_has_a_subject_on_one_line_and_carries_an_edited_text(sixteen: Facts) -> None:
    text = mail(render(sixteen, "de"))
    assert text.subject == "Verkaufsbericht, KW 16/2026"
    assert "- Umsatz: 10.193,61 € in KW 16/2026" in text.body
    edited = mail(render(sixteen, "de", edited="Der Umsatz stieg um 31,2 %.\n\n"))
    assert edited.body.endswith("\n\n- Der Umsatz stieg um 31,2 %.\n")
