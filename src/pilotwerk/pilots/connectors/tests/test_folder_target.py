"""Order lists and follow-ups lie in a folder that other programs empty."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pilotwerk.pilots.connectors import files
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown, Record
from pilotwerk.pilots.connectors.files import FolderTarget
from pilotwerk.pilots.connectors.trouble import Trouble

KEY = "pilotwerk-1"


def message(quantity: float = 60) -> Message:
    columns = ("Lieferant", "Artikel", "Menge", "Preis")
    rows = (("Müller GmbH", "F-100", quantity, 12.5), ("Müller GmbH", "=1+1", 3, None))
    return Message(
        None, "Bestellung", "", "V-0001", record=Record("Lager", "stock", "", "", "", {}, columns, rows)
    )


def target(folder: Path, form: str = "xlsx") -> FolderTarget:
    return FolderTarget(Access({"format": form}, {}, folder=folder))


def lying(folder: Path) -> list[Path]:
    return sorted(one for one in (folder / "out").iterdir() if one.is_file())


def test_an_order_lies_there_whole_as_a_workbook(tmp_path: Path) -> None:
    outcome = target(tmp_path).deliver(message(), KEY)
    [written] = lying(tmp_path)
    assert outcome == Delivered(written.name)
    rows = list(load_workbook(written).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0] == ("Lieferant", "Artikel", "Menge", "Preis")
    assert rows[1] == ("Müller GmbH", "F-100", 60, 12.5)
    assert load_workbook(written).active["B3"].data_type == "s"  # type: ignore[index]


def test_csv_for_german_spreadsheets_calculates_nothing(tmp_path: Path) -> None:
    target(tmp_path, "csv_de").deliver(message(), KEY)
    [written] = lying(tmp_path)
    lines = written.read_bytes().decode("utf-8-sig").splitlines()
    assert lines == ["Lieferant;Artikel;Menge;Preis", "Müller GmbH;F-100;60;12,5", "Müller GmbH;'=1+1;3;"]


def test_a_second_try_writes_no_second_file_and_another_content_is_refused(tmp_path: Path) -> None:
    first = target(tmp_path).deliver(message(), KEY)
    assert target(tmp_path).deliver(message(), KEY) == first
    other = target(tmp_path).deliver(message(70), KEY)
    assert isinstance(other, NotDelivered)
    assert not other.retry
    assert len(lying(tmp_path)) == 1


def test_a_file_that_was_taken_away_is_not_written_again_by_the_program(tmp_path: Path) -> None:
    target(tmp_path).deliver(message(), KEY)
    lying(tmp_path)[0].unlink()
    assert isinstance(target(tmp_path).deliver(message(), KEY), OutcomeUnknown)
    assert lying(tmp_path) == []
    # A person has found out that nobody has it, and has it written anew.
    assert isinstance(target(tmp_path).deliver(message(), KEY), Delivered)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        outcome = target(tmp_path).deliver(message(), KEY)
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry
    assert lying(tmp_path) == []
    assert isinstance(target(tmp_path).deliver(message(), KEY), Delivered)
    assert not list((tmp_path / "out").glob(".*.part"))


def test_a_test_makes_the_folder_and_says_what_waits(tmp_path: Path) -> None:
    folder = tmp_path / "neu"
    assert files.try_out(Access({}, {}, folder=folder)).total == 0
    (folder / "in" / "bestand.csv").write_text("Artikel;Bestand\nF-100;3\n")
    (folder / "in" / "halb.csv.part").write_text("Artikel")
    found = files.try_out(Access({}, {}, folder=folder))
    assert (found.total, found.rows[0][0]) == (1, "bestand.csv")
    (tmp_path / "datei").write_text("keine Mappe")
    with pytest.raises(Trouble) as caught:
        files.try_out(Access({}, {}, folder=tmp_path / "datei"))
    assert caught.value.code == "folder_unusable"
