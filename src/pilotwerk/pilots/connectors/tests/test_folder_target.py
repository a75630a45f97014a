"""Order lists and follow-ups lie in a folder that other programs empty."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pilotwerk.core import clock
from pilotwerk.pilots.connectors import files
from pilotwerk.pilots.connectors.access import Access
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered, OutcomeUnknown, Record
from pilotwerk.pilots.connectors.files import FolderTarget
from pilotwerk.pilots.connectors.trouble import Trouble
from pilotwerk.pilots.tests.stage import MORNING

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


def lead(number: int, text: str = "Guten Tag") -> Message:
    columns, rows = ("E-Mail", "Text"), ((f"kontakt{number}@firma.example", text),)
    return Message(
        None, "", "", f"V-{number:04d}", record=Record("Leads", "leads", "", "", "", {}, columns, rows)
    )


def day_list(folder: Path, form: str = "csv_en") -> FolderTarget:
    return FolderTarget(Access({"format": form, "lists": "day"}, {}, folder=folder))


def addresses(path: Path) -> list[str]:
    return [line.split("@")[0] for line in path.read_bytes().decode("utf-8-sig").splitlines()[1:]]


def test_follow_ups_of_a_day_stand_in_one_list_each_once(tmp_path: Path) -> None:
    with clock.travel(MORNING):
        for number in (1, 2, 1, 3):
            assert isinstance(day_list(tmp_path).deliver(lead(number), f"key-{number}"), Delivered)
        [written] = lying(tmp_path)
        assert written.name == "2026-11-17--leads.csv"
        assert addresses(written) == ["kontakt1", "kontakt2", "kontakt3"]
        other = day_list(tmp_path).deliver(lead(1, "anders"), "key-1")
        assert isinstance(other, NotDelivered)
        assert not other.retry
    with clock.travel(MORNING + timedelta(days=1)):
        day_list(tmp_path).deliver(lead(4), "key-4")
        day_list(tmp_path).deliver(lead(2), "key-2")  # yesterday's, tried again today
    assert [addresses(one) for one in lying(tmp_path)] == [["kontakt1", "kontakt2", "kontakt3"], ["kontakt4"]]


def test_a_list_that_was_taken_away_begins_anew_and_nothing_stands_on_two(tmp_path: Path) -> None:
    with clock.travel(MORNING):
        day_list(tmp_path).deliver(lead(1), "key-1")
        lying(tmp_path)[0].unlink()
        assert isinstance(day_list(tmp_path).deliver(lead(1), "key-1"), OutcomeUnknown)
        day_list(tmp_path).deliver(lead(2), "key-2")
        [written] = lying(tmp_path)
        assert addresses(written) == ["kontakt2"]


def test_a_worker_that_dies_before_the_list_is_in_place_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.travel(MORNING):
        day_list(tmp_path).deliver(lead(1), "key-1")
        with monkeypatch.context() as patch:
            patch.setattr(
                FolderTarget, "_put_list", lambda self, entries: (_ for _ in ()).throw(KeyboardInterrupt)
            )
            with pytest.raises(KeyboardInterrupt):
                day_list(tmp_path).deliver(lead(2), "key-2")
        assert addresses(lying(tmp_path)[0]) == ["kontakt1"]
        assert isinstance(day_list(tmp_path).deliver(lead(2), "key-2"), Delivered)
        assert addresses(lying(tmp_path)[0]) == ["kontakt1", "kontakt2"]


def test_four_workers_lose_no_row_of_a_list(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: day_list(tmp_path, "xlsx").deliver(lead(n), f"key-{n}"), range(20)))
    [written] = lying(tmp_path)
    rows = list(load_workbook(written).active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]
    assert {row[0] for row in rows} == {f"kontakt{n}@firma.example" for n in range(20)}


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
