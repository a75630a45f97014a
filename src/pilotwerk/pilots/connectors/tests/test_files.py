"""Requests come in as files: guessed columns, named bad rows, each file once."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.connectors.files import CaseFile, IncomingCase, WatchedFolder, read_cases

GERMAN = (
    "Ticket;Eingang;Absender;E-Mail;Betreff;Anfrage;Kategorie\n"
    "T-1;03.03.2026 08:15;Petra Wulff;petra@wulff.example;Wartung;Bitte verschieben.;Termin\n"
    'T-2;04.03.2026;"Jöns, Karsten";;Rechnung;"Sie schrieben: ""falsch"";\nstimmt nicht.";\n'
)


def put(folder: Path, name: str, text: str, *, age: float = 60) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_a_german_export_is_understood(tmp_path: Path) -> None:
    found = read_cases(put(tmp_path, "export.csv", GERMAN))
    assert found.rejected == ()
    assert found.cases[0] == IncomingCase(
        external_id="T-1",
        subject="Wartung",
        text="Bitte verschieben.",
        sender_name="Petra Wulff",
        sender_address="petra@wulff.example",
        received=datetime(2026, 3, 3, 7, 15, tzinfo=UTC),
        category="Termin",
    )
    assert found.cases[1].sender_address is None
    assert found.cases[1].received == datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
    assert "stimmt nicht." in found.cases[1].text
    assert found.mapping["received"] == "Eingang"


def test_an_excel_file_and_json_give_the_same(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "text", "from", "received"])
    sheet.append(["1", "Heizung kalt", "Petra Wulff <petra@wulff.example>", datetime(2026, 3, 3, 8, 15)])  # noqa: DTZ001
    sheet.append(["2", "Rechnung falsch", "Jens", datetime(2026, 3, 4, 9, 0)])  # noqa: DTZ001
    book.save(tmp_path / "a.xlsx")
    rows = [
        {
            "id": 1,
            "text": "Heizung kalt",
            "from": "Petra Wulff <petra@wulff.example>",
            "received": "2026-03-03T08:15",
        },
        {
            "id": 2,
            "text": "Rechnung falsch",
            "from": "Jens",
            "received": "2026-03-04T09:00",
            "extra": {"a": 1},
        },
    ]
    put(tmp_path, "a.json", json.dumps({"tickets": rows}))
    excel, plain = read_cases(tmp_path / "a.xlsx"), read_cases(tmp_path / "a.json")
    assert excel.cases == plain.cases
    assert plain.cases[0].sender_name == "Petra Wulff"
    assert plain.cases[0].sender_address == "petra@wulff.example"


def test_bad_rows_are_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    text = "id,text,received\n1,Heizung kalt,2026-03-03\n2,,2026-03-03\n1,Noch einmal,2026-03-03\n4,Kalt,gestern\n,x,\n"
    found = read_cases(put(tmp_path, "a.csv", text))
    assert [case.external_id for case in found.cases] == ["1"]
    assert [(one.row, one.column) for one in found.rejected] == [
        (3, "text"),
        (4, "id"),
        (5, "received"),
        (6, "id"),
    ]


def test_a_chosen_mapping_wins_over_the_guess(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id,text,note\n1,Betreff hier,Der eigentliche Text\n2,Zwei,Noch einer\n")
    found = read_cases(path, {"text": "note", "subject": "text"})
    assert found.cases[0].text == "Der eigentliche Text"
    assert found.cases[0].subject == "Betreff hier"
    with pytest.raises(BadInput, match="no column"):
        read_cases(path, {"text": "nirgends"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,nichts\n1,2\n2,3\n"),
        ("a.json", "{"),
        ("a.json", "[]"),
        ("a.json", '["x"]'),
        ("a.xlsx", "no workbook"),
        ("a.csv", "id,text\n1,\n2,\n"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_cases(put(tmp_path, name, content))
    assert name in str(caught.value)


class Seen:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.files: list[tuple[str, int]] = []

    def __call__(self, path: Path, found: CaseFile) -> None:
        self.files.append((path.name, len(found.cases)))


def test_each_file_is_taken_once_and_moved_away(tmp_path: Path) -> None:
    put(tmp_path, "b.csv", GERMAN, age=50)
    put(tmp_path, "a.csv", GERMAN, age=99)
    seen, folder = Seen(), WatchedFolder(tmp_path)
    taken = folder.take(seen)
    assert seen.files == [("a.csv", 2), ("b.csv", 2)]
    assert [one.moved_to for one in taken] == ["done/a.csv", "done/b.csv"]
    assert folder.take(seen) == ()
    assert len(seen.files) == 2


def test_half_written_and_foreign_files_wait(tmp_path: Path) -> None:
    put(tmp_path, "new.csv", GERMAN, age=0)
    put(tmp_path, "upload.csv.part", GERMAN)
    put(tmp_path, ".hidden.csv", GERMAN)
    put(tmp_path, "~$excel.xlsx", "x")
    put(tmp_path, "empty.csv", "")
    put(tmp_path, "photo.png", "x")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    seen = Seen()
    assert WatchedFolder(tmp_path).take(seen) == ()
    assert seen.files == []


def test_a_bad_file_goes_to_rejected_with_the_reason_and_the_next_is_taken(tmp_path: Path) -> None:
    put(tmp_path, "bad.csv", "id,text\n1,\n2,\n", age=90)
    put(tmp_path, "good.csv", GERMAN)
    seen = Seen()
    taken = WatchedFolder(tmp_path).take(seen)
    assert [one.moved_to for one in taken] == ["rejected/bad.csv", "done/good.csv"]
    why = (tmp_path / "rejected" / "bad.csv.txt").read_text("utf-8")
    assert "row 2" in why
    assert "column text" in why


def test_bad_rows_of_a_good_file_are_listed_beside(tmp_path: Path) -> None:
    put(tmp_path, "mixed.csv", "id,text\n1,Kalt\n2,\n3,Warm\n")
    [taken] = WatchedFolder(tmp_path).take(Seen())
    assert (taken.cases, taken.rejected, taken.moved_to) == (2, 1, "done/mixed.csv")
    assert "Zeile 3, Spalte „text“" in (tmp_path / "rejected" / "mixed.csv.rows.txt").read_text("utf-8")


def test_a_fault_while_taking_leaves_the_file_for_the_next_round(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", GERMAN)

    def fail(path: Path, found: CaseFile) -> None:
        raise RuntimeError("database away")

    with pytest.raises(RuntimeError):
        WatchedFolder(tmp_path).take(fail)
    assert path.exists()
    seen = Seen()
    WatchedFolder(tmp_path).take(seen)
    assert seen.files == [("a.csv", 2)]


def test_a_second_file_of_the_same_name_does_not_replace_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        put(tmp_path, "a.csv", GERMAN)
        WatchedFolder(tmp_path).take(Seen())
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a-2.csv", "a.csv"]
