"""The report as a tagged PDF (PDF/UA-1) by typst, in the house style of the other documents."""

from __future__ import annotations

import datetime
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk import core
from pilotwerk.pilots.recipes.reports.wording import say

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.render import Report

LAYOUT = Path(__file__).parent / "data" / "report.typ"
FONTS = Path(core.__file__).parent / "fonts"
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The text without characters that no document format can hold."""
    return _NOT_TEXT.sub("", text)


def export_pdf(report: Report, *, organisation: str, day: datetime.date) -> bytes:
    """The report with pictures and tables. `day` is the day of the document. Texts reach the layout as values only."""
    import typst

    rendered = typst.compile(
        LAYOUT.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(_data(report, organisation, day), ensure_ascii=False)},
        timestamp=datetime.datetime.combine(day, datetime.time(), datetime.UTC),
    )
    return bytes(rendered)


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _data(report: Report, organisation: str, day: datetime.date) -> dict[str, Any]:
    language = report.language
    return {
        "language": language,
        "title": plain(f"{report.title}, {report.period}"),
        "organisation": plain(organisation),
        "iso_date": day.isoformat(),
        "data_until": plain(report.data_until),
        "words": {
            "summary": say("summary", language),
            "rules": say("rules", language),
            "page": say("page", language, page="{page}", pages="{pages}"),
        },
        "sentences": [plain(line) for line in report.lines],
        "sections": [
            {
                "heading": plain(one.heading),
                "sentence": plain(one.sentence.text),
                "svg": plain(one.svg),
                "header": [plain(text) for text in one.header],
                "rows": [[plain(cell.text) for cell in row] for row in one.rows],
            }
            for one in report.sections
        ],
        "rules": [plain(text) for text in report.rules],
    }
