"""A file that cannot be used: what is wrong is said in the reader's language, under the name that they gave it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from pilotwerk.core.errors import BadInput, Refused
from pilotwerk.pilots.models import Case
from pilotwerk.pilots.tests.stage import Stage
from pilotwerk.pilots.unreadable import said
from pilotwerk.processes.domain.messages import Unreadable

HEAD = "Nr;Anfrage\n"


def sent(stage: Stage, name: str, content: bytes, language: str = "de") -> tuple[int, str]:
    """Upload a file as the lead; the answer's status, and what the page then says."""
    answer = stage.cast.client("lead").post(
        stage.cast.organisation.url("pilots:upload"),
        {"file": SimpleUploadedFile(name, content)},
        follow=True,
        headers={"accept-language": language},
    )
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "german"),
    [
        ("kopf.csv", b"Nr;Anfrage\n", "Unter den Spaltennamen steht keine Zeile mit Daten."),
        ("tabelle.xlsx", b"no workbook", "Der Inhalt ist nicht xlsx, obwohl der Name das sagt."),
        ("bild.png", b"\x89PNG\r\n\x1a\n", "Diese Art von Datei ist nicht bekannt."),
        ("fremd.csv", b"Foo;Bar\n1;2\n3;4\n", "Keine Spalte nennt die Nummer jeder Anfrage."),
        ("leer.json", b"[]", "Die Datei enthält keine Liste von Anfragen."),
    ],
)
def test_an_upload_that_cannot_be_used_is_named_as_it_came(
    stage: Stage, name: str, content: bytes, german: str
) -> None:
    before = Case.objects.count()
    status, page = sent(stage, name, content)
    assert (status, f"{name}: {german}" in page) == (422, True), page
    assert Case.objects.count() == before


@pytest.mark.django_db
def test_rows_that_were_not_taken_are_named_and_counted(stage: Stage) -> None:
    bad = "".join(f"{number};\n" for number in range(2, 9))
    _status, page = sent(stage, "a.csv", f"{HEAD}1;Die Heizung 🥶 ist kalt.\n{bad}9\n".encode())
    assert "1 Vorgang kam herein. 8 Zeilen konnten nicht gelesen werden." in page
    assert "Zeile 3, Spalte „Anfrage“: Der Wert fehlt." in page
    assert "Hier stehen die ersten 5." in page
    assert Case.objects.get(text__contains="Heizung").text == "Die Heizung 🥶 ist kalt."
    _status, page = sent(stage, "a.csv", f"{HEAD}1;Noch einmal.\n".encode())
    assert "0 Vorgänge kamen herein. 1 war schon bekannt und wurde ausgelassen." in page


@pytest.mark.django_db
def test_in_english_it_is_said_in_english(stage: Stage) -> None:
    _status, page = sent(stage, "head.csv", HEAD.encode(), language="en")
    assert "head.csv: There is no row with data below the column names." in page


def test_every_kind_of_error_is_said_with_and_without_its_place() -> None:
    known = BadInput("“x” is not a number.", file="a.csv", row=3, column="Menge")
    coded = Unreadable("row.missing", row=4, column="Text")
    with translation.override("de"):
        assert said(known, "stock") == "a.csv, Zeile 3, Spalte „Menge“: „x“ ist keine Zahl."
        assert said(known, "support", place=False) == "„x“ ist keine Zahl."
        assert said(coded, "leads") == "Zeile 4, Spalte „Text“: Der Wert fehlt."
        assert said(BadInput("No row has an outcome.", column="Ausgang"), "leads").startswith(
            "Spalte „Ausgang“: "
        )
        assert said(Refused("Das geht jetzt nicht."), "support") == "Das geht jetzt nicht."
    with translation.override("en"):
        assert said(known, "stock") == "a.csv, row 3, column “Menge”: “x” is not a number."


@pytest.mark.django_db
def test_a_formula_that_was_never_calculated_is_named_as_the_reason(stage: Stage) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Nr", "Anfrage"], ["1", '="Wann kommt "&"der Monteur?"'], ["2", "Bitte um einen Termin"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    _status, page = sent(stage, "formeln.xlsx", content.getvalue())
    assert "1 Vorgang kam herein. 1 Zeile konnte nicht gelesen werden." in page
    assert (
        "Zeile 2, Spalte „Anfrage“: Der Wert fehlt. Formeln in dieser Datei haben kein gespeichertes" in page
    )
