"""Builds `data/strategy.docx`, the kept Word template. Run by hand after a change of the layout:

    python -m pilotwerk.documents.make_template

Word users may restyle the file itself; the tags in double braces are filled by docxtpl.
"""

from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from pilotwerk.documents.layout import TEMPLATE

ACCENT = RGBColor(0x0B, 0x5D, 0x6E)
MUTED = RGBColor(0x4B, 0x59, 0x5C)
INK = RGBColor(0x1A, 0x23, 0x25)
FONT = "Arial"


def build() -> Any:
    docx = Document()
    _page(docx)
    _styles(docx)
    _front(docx)
    _body(docx)
    _origins(docx)
    return docx


def _page(docx: Any) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(22)
    section.top_margin, section.bottom_margin = Mm(27), Mm(24)
    header = section.header.paragraphs[0]
    header.style = docx.styles["Header"]
    header.add_run("{{ organisation }} · {{ title }}{% if sample_label %} · {{ sample_label }}{% endif %}")
    footer = section.footer.paragraphs[0]
    footer.style = docx.styles["Footer"]
    footer.add_run("{{ date }} · {{ legal_state }} · {{ words.page.split('{page}')[0] }}")
    _field(footer, "PAGE")
    footer.add_run("{{ words.page.split('{page}')[1].split('{pages}')[0] }}")
    _field(footer, "NUMPAGES")


def _styles(docx: Any) -> None:
    sizes = {"Normal": 10, "Title": 24, "Heading 1": 15, "Heading 2": 12, "List Bullet": 10}
    sizes |= {"Caption": 9, "Header": 8, "Footer": 8, "Intense Quote": 10, "Body Text": 10}
    for name, size in sizes.items():
        style = docx.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.italic = False
        style.font.bold = name in {"Title", "Heading 1", "Heading 2"}
        style.font.color.rgb = MUTED if name in {"Caption", "Header", "Footer"} else INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(attribute), FONT)
    for border in docx.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
    docx.styles["Normal"].paragraph_format.space_after = Pt(6)
    docx.styles["Body Text"].paragraph_format.space_after = Pt(1)
    _mark(docx.styles["Intense Quote"])
    docx.styles["Caption"].paragraph_format.keep_with_next = True
    docx.styles["Caption"].paragraph_format.space_before = Pt(8)
    docx.styles["Heading 1"].paragraph_format.space_before = Pt(20)
    docx.styles["Heading 1"].paragraph_format.space_after = Pt(6)
    defaults = docx.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    if defaults.find(qn("w:lang")) is None:
        defaults.append(OxmlElement("w:lang"))


def _mark(style: Any) -> None:
    """A soft field with an edge at the left, as on the pages and in the PDF."""
    style.paragraph_format.left_indent = style.paragraph_format.right_indent = Mm(0)
    properties = style.element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    borders, edge, field = (OxmlElement(name) for name in ("w:pBdr", "w:left", "w:shd"))
    for name, value in {"val": "single", "sz": "18", "space": "8", "color": "37497A"}.items():
        edge.set(qn(f"w:{name}"), value)
    for name, value in {"val": "clear", "color": "auto", "fill": "E7EBF6"}.items():
        field.set(qn(f"w:{name}"), value)
    borders.append(edge)
    # The order of these elements is fixed by the format: border and shading before spacing.
    spacing = properties.find(qn("w:spacing"))
    at = len(properties) if spacing is None else list(properties).index(spacing)
    properties.insert(at, borders)
    properties.insert(at + 1, field)


def _front(docx: Any) -> None:
    docx.add_paragraph().add_run("{{ organisation }}").font.color.rgb = ACCENT
    docx.add_paragraph("{{ title }}", style="Title")
    docx.add_paragraph("{{ date }} · {{ legal_state }}", style="Caption")
    _text(docx, "if sample_label", "{{ sample_label }}", "Intense Quote")
    docx.add_paragraph("{{ words.summary }}", style="Heading 1")
    _text(docx, "for text in summary", "{{ text }}", "List Bullet")
    docx.add_paragraph("{{ words.contents }}", style="Heading 1")
    _text(docx, "for section in sections", "{{ loop.index }}  {{ section.heading }}", "Body Text")
    docx.add_paragraph("{{ sections|length + 1 }}  {{ words.origins_heading }}", style="Body Text")
    docx.add_page_break()


def _body(docx: Any) -> None:
    docx.add_paragraph("{%p for section in sections %}")
    docx.add_paragraph("{{ loop.index }}  {{ section.heading }}", style="Heading 1")
    docx.add_paragraph("{%p for block in section.blocks %}")
    _text(docx, "if block.kind == 'paragraph'", "{{ block.text }}", "Normal")
    _text(docx, "if block.kind == 'open'", "{{ block.text }}", "Intense Quote")
    parts = {"bullets": _bullets, "signed": _signed, "facts": _facts, "intervals": _intervals, "grid": _grid}
    for kind, add in parts.items():
        docx.add_paragraph(f"{{%p if block.kind == '{kind}' %}}")
        add(docx)
        docx.add_paragraph("{%p endif %}")
    docx.add_paragraph("{%p endfor %}")
    docx.add_paragraph("{%p endfor %}")


def _origins(docx: Any) -> None:
    docx.add_paragraph("{{ sections|length + 1 }}  {{ words.origins_heading }}", style="Heading 1")
    docx.add_paragraph("{{ words.origins_lead }}")
    table = _table(docx, [f"{{{{ words.{name} }}}}" for name in ("number", "figure", "value", "origin")])
    cells = [f"{{{{ row.{name} }}}}" for name in ("number", "label", "value", "origin")]
    _rows(table, "for row in origins", cells)
    _widths(table, (12, 45, 40, 67))


def _bullets(docx: Any) -> None:
    _text(docx, "for item in block['items']", "{{ item }}", "List Bullet")


def _signed(docx: Any) -> None:
    docx.add_paragraph("{{ block.decision }}", style="Heading 2")
    docx.add_paragraph("{{ block.reason }}", style="Intense Quote")
    docx.add_paragraph("{{ block.signature }}", style="Caption")


def _facts(docx: Any) -> None:
    _caption(docx)
    table = _table(docx, ["{{ words.figure }}", "{{ words.value }}"])
    _rows(table, "for row in block.rows", ["{{ row[0].text }}", "row[1]"])
    _widths(table, (82, 82))
    docx.add_paragraph()


def _intervals(docx: Any) -> None:
    _caption(docx)
    table = _table(docx, [f"{{{{ block.header[{index}] }}}}" for index in range(3)])
    cells = ["{{ row.label }}: {{ row.compared }}", "row.effect", "{{ row.verdict }}"]
    _rows(table, "for row in block.rows", cells)
    _widths(table, (74, 55, 35))
    docx.add_paragraph()


def _grid(docx: Any) -> None:
    """Columns are a loop too: a cell that holds only a tag opens, branches or closes it."""
    _caption(docx)
    table = docx.add_table(rows=4, cols=7)
    _style_table(table)
    header, body = _cells("title in block.header", "{{ title }}"), _cells("cell in row", "cell")
    rows = (header, ("{%tr for row in block.rows %}",), body, ("{%tr endfor %}",))
    for row, texts in zip(table.rows, rows, strict=True):
        cells = row.cells
        for cell, text in zip(cells, texts, strict=False):
            _fill(cell, text, bold=texts is header)
        for cell in cells[len(texts) :]:
            row._tr.remove(cell._tc)
        if len(texts) > 1:
            cells[2].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _repeat_header(table)
    docx.add_paragraph()


def _cells(loop: str, text: str) -> tuple[str, ...]:
    """Seven cells that become one for each column, the third for numbers and the fifth for words."""
    numeric = "{%tc if loop.index0 in block.numeric %}"
    return (f"{{%tc for {loop} %}}", numeric, text, "{%tc else %}", text, "{%tc endif %}", "{%tc endfor %}")


def _table(docx: Any, header: list[str]) -> Any:
    table = docx.add_table(rows=1, cols=len(header))
    _style_table(table)
    for cell, text in zip(table.rows[0].cells, header, strict=True):
        _fill(cell, text, bold=True)
    _repeat_header(table)
    return table


def _rows(table: Any, loop: str, cells: list[str]) -> None:
    _tag_row(table, f"{{%tr {loop} %}}")
    row = table.add_row()
    for cell, text in zip(row.cells, cells, strict=True):
        _fill(cell, text)
    _tag_row(table, "{%tr endfor %}")


def _fill(cell: Any, text: str, *, bold: bool = False) -> None:
    """Set one cell. A bare name is a figure: its text and, raised, its number."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(2)
    if text.startswith("{"):
        runs = [paragraph.add_run(text)]
    else:
        number = paragraph
        runs = [number.add_run(f"{{{{ {text}.text }}}}")]
        raised = number.add_run(f"{{% if {text}.number %}} {{{{ {text}.number }}}}{{% endif %}}")
        raised.font.superscript = True
        runs.append(raised)
    for run in runs:
        run.font.size, run.font.bold = Pt(9), bold


def _tag_row(table: Any, tag: str) -> None:
    table.add_row().cells[0].text = tag


def _style_table(table: Any) -> None:
    table.style = "Table Grid"
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:val"), "single" if side in {"bottom", "insideH"} else "nil")
        edge.set(qn("w:sz"), "4")
        edge.set(qn("w:color"), "C5CDCD")
        borders.append(edge)
    table._tbl.tblPr.append(borders)


def _repeat_header(table: Any) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _widths(table: Any, millimetres: tuple[int, ...]) -> None:
    """The grid's columns rule in Word, the cells' widths elsewhere; both say the same."""
    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _caption(docx: Any) -> None:
    _text(docx, "if block.caption", "{{ block.caption }}", "Caption")


def _text(docx: Any, opening: str, text: str, style: str) -> None:
    """A paragraph under a condition or in a loop."""
    docx.add_paragraph(f"{{%p {opening} %}}")
    docx.add_paragraph(text, style=style)
    docx.add_paragraph(f"{{%p end{opening.split(maxsplit=1)[0]} %}}")


def _field(paragraph: Any, instruction: str) -> None:
    run = paragraph.add_run()._r
    for kind in ("begin", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run.append(mark)
    code = OxmlElement("w:instrText")
    code.text = instruction
    run.insert(1, code)


if __name__ == "__main__":
    build().save(TEMPLATE)
