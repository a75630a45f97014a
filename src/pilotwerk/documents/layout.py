"""Lays a document out: as tagged PDF by typst, as DOCX by docxtpl from a kept template.

Both take the same plain data, so a figure has the same number in both. User text reaches the layouts as
values only (JSON for typst, escaped XML for Word) and is never read as markup.
"""

import datetime
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

from pilotwerk import core
from pilotwerk.documents.domain import StrategyDocument, as_data

HERE = Path(__file__).parent
LAYOUT = HERE / "data" / "strategy.typ"
TEMPLATE = HERE / "data" / "strategy.docx"
FONTS = Path(core.__file__).parent / "fonts"
PROPERTY_LENGTH = 255


def render_pdf(document: StrategyDocument) -> bytes:
    """The document as PDF/UA-1 (tagged, with language and title). Raises typst's error on a layout fault."""
    import typst

    rendered = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(as_data(document), ensure_ascii=False)},
        timestamp=datetime.datetime.combine(
            datetime.date.fromisoformat(document.iso_date), datetime.time(), datetime.UTC
        ),
    )
    return bytes(rendered)


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def render_docx(document: StrategyDocument) -> bytes:
    """The document as DOCX with headings, real tables, language and title set."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(TEMPLATE)
    data = as_data(document)
    template.render(data, autoescape=True)
    _describe(template.docx, data)
    target = io.BytesIO()
    template.save(target)
    return target.getvalue()


def _describe(docx: Any, data: dict[str, Any]) -> None:
    """Set what a screen reader and a file manager read: language, title, author, date."""
    from docx.oxml.ns import qn

    for language in docx.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), {"de": "de-DE", "en": "en-GB"}[data["language"]])
    properties = docx.core_properties
    properties.title = f"{data['title']}, {data['organisation']}"[:PROPERTY_LENGTH]
    properties.author = data["organisation"][:PROPERTY_LENGTH]
    properties.language = data["language"]
    properties.created = properties.modified = datetime.datetime.fromisoformat(data["iso_date"])
