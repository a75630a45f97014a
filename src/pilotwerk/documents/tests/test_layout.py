"""The strategy is laid out and read back as a stranger would: with pypdf and python-docx."""

import io
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from pilotwerk.documents.domain import Figure, Grid, Section, as_data
from pilotwerk.documents.layout import TEMPLATE, render_docx, render_pdf
from pilotwerk.documents.make_template import build
from pilotwerk.documents.tests.example import HOSTILE, strategy


@pytest.fixture(scope="module")
def pdf() -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(strategy())))


@pytest.fixture(scope="module")
def docx() -> Any:
    return Document(io.BytesIO(render_docx(strategy())))


def test_the_pdf_is_tagged_and_names_its_language_and_title(pdf: PdfReader) -> None:
    catalogue: Any = pdf.root_object

    assert bool(catalogue["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in catalogue
    assert catalogue["/Lang"] == "de"
    assert pdf.metadata is not None
    assert pdf.metadata.title == "KI-Strategie, Nordlicht Haustechnik GmbH"
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()


def test_the_pdf_carries_its_own_font_only(pdf: PdfReader) -> None:
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1].removesuffix("-Identity-H")
        for page in pdf.pages
        for font in resources(page)["/Font"].values()
    }

    assert fonts == {"Inter-Regular", "Inter-SemiBold"}


def resources(page: Any) -> Any:
    return page["/Resources"]


def test_every_page_says_whose_when_which_law_and_that_it_is_invented(pdf: PdfReader) -> None:
    for number, page in enumerate(pdf.pages, start=1):
        text = page.extract_text()
        assert "Nordlicht Haustechnik GmbH · KI-Strategie" in text
        assert "Beispielunternehmen" in text
        assert "22.11.2026 · Rechtsstand 27.07.2026" in text
        assert f"Seite {number} von {len(pdf.pages)}" in text


def test_a_real_company_is_not_called_an_example() -> None:
    pdf = PdfReader(io.BytesIO(render_pdf(strategy(sample_label=""))))

    assert "Beispielunternehmen" not in pdf.pages[0].extract_text()


def test_text_that_looks_like_markup_stays_text(pdf: PdfReader, docx: Any) -> None:
    printed = "".join(page.extract_text() for page in pdf.pages)

    assert printed.count(HOSTILE) == 3
    assert [paragraph.text for paragraph in docx.paragraphs].count(HOSTILE) == 3


def test_each_figure_is_numbered_and_its_origin_listed_once(pdf: PdfReader, docx: Any) -> None:
    data = as_data(strategy())
    assert [row["number"] for row in data["origins"]] == [1, 2, 3, 4, 5]
    assert data["origins"][2]["label"] == "Kundenanfragen beantworten: Potenzial"

    printed = "".join(page.extract_text() for page in pdf.pages)
    written = [[cell.text for cell in row.cells] for row in docx.tables[-1].rows]
    assert "119 abgeschlossene Vorgänge des Pilots" in printed
    assert written[4] == [
        "4",
        "Bearbeitungszeit",
        "−4,8 Minuten (−6,8 bis −2,8)",
        "119 abgeschlossene Vorgänge des Pilots",
    ]


def test_the_word_file_has_headings_tables_and_language(docx: Any) -> None:
    headings = [p.text for p in docx.paragraphs if p.style.name == "Heading 1"]
    assert headings[2:4] == ["1  Abschnitt company", "2  Abschnitt why"]
    assert headings[-1] == "14  Herkunft der Angaben"

    focus = next(table for table in docx.tables if table.rows[0].cells[0].text == "Anwendungsfall")
    assert [cell.text for cell in focus.rows[2].cells] == [
        "Bilder von Baustellen auswerten",
        "31",
        "66",
        "abgelehnt: kein klarer Nutzen",
    ]
    languages = {element.get(qn("w:val")) for element in docx.styles.element.iter(qn("w:lang"))}
    assert languages == {"de-DE"}
    assert docx.core_properties.title == "KI-Strategie, Nordlicht Haustechnik GmbH"


def test_the_english_word_file_says_so() -> None:
    docx = Document(io.BytesIO(render_docx(strategy(language="en"))))

    assert {e.get(qn("w:val")) for e in docx.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_the_same_document_gives_the_same_pdf() -> None:
    assert render_pdf(strategy()) == render_pdf(strategy())


def test_the_kept_word_template_is_the_one_that_the_script_builds() -> None:
    kept, built = Document(str(TEMPLATE)), build()

    assert kept.element.xml == built.element.xml
    assert kept.styles.element.xml == built.styles.element.xml


def test_characters_that_no_format_can_hold_are_dropped() -> None:
    document = replace(strategy(), title="KI\x00-\x0bStrategie\ufffe")

    assert as_data(document)["title"] == "KI-Strategie"
    assert render_docx(document)
    assert render_pdf(document)


def test_a_figure_without_an_origin_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="origin"):
        Figure("48", " ")


def test_an_empty_section_or_a_ragged_table_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="empty"):
        Section("why", "Warum", ())
    with pytest.raises(ValueError, match="cells"):
        Grid("", ("a", "b"), (("1",),))


def test_a_strategy_with_a_section_left_out_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="sections"):
        replace(strategy(), sections=strategy().sections[1:])
