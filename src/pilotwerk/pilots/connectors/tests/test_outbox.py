"""One approved reply, one file, whatever happens."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.connectors.base import Delivered, Message, NotDelivered
from pilotwerk.pilots.connectors.outbox import Outbox

REPLY = Message("petra@wulff.example", "Ihre Wartung", "Guten Tag,\nwir kommen.", "V-0122")


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_reply_becomes_one_file_that_a_program_can_read(tmp_path: Path) -> None:
    outcome = Outbox(tmp_path / "out").deliver(REPLY, "case-1/revision-3")
    assert isinstance(outcome, Delivered)
    [path] = files(tmp_path / "out")
    assert path.name == outcome.reference
    assert path.name.startswith("V-0122--")
    content = json.loads(path.read_text("utf-8"))
    assert content["recipient"] == "petra@wulff.example"
    assert content["body"] == REPLY.body
    assert content["key"] == "case-1/revision-3"


def test_the_same_reply_again_changes_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    first = outbox.deliver(REPLY, "k")
    stamp = files(tmp_path)[0].stat().st_mtime_ns
    assert outbox.deliver(REPLY, "k") == first
    assert [path.stat().st_mtime_ns for path in files(tmp_path)] == [stamp]


@pytest.mark.parametrize("other", [replace(REPLY, body="Anders."), replace(REPLY, case="V-0999")])
def test_another_reply_under_the_same_key_is_refused(tmp_path: Path, other: Message) -> None:
    outbox = Outbox(tmp_path)
    outbox.deliver(REPLY, "k")
    outcome = outbox.deliver(other, "k")
    assert isinstance(outcome, NotDelivered)
    assert not outcome.retry
    assert len(files(tmp_path)) == 1


def test_ten_workers_at_once_write_one_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda _: Outbox(tmp_path).deliver(REPLY, "k"), range(30)))
    assert len(set(outcomes)) == 1
    assert isinstance(outcomes[0], Delivered)
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize("moment", ["link", "unlink"])
def test_what_a_killed_worker_left_of_a_reply_goes_with_the_next_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    outbox = Outbox(tmp_path)
    with monkeypatch.context() as patch:
        # No clean-up runs in a killed process.
        patch.setattr(Path, "unlink", lambda *_args, **_kwargs: None)
        if moment == "link":
            patch.setattr(os, "link", mock.Mock(side_effect=KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                outbox.deliver(REPLY, "k")
        else:
            outbox.deliver(REPLY, "k")
    [left] = tmp_path.glob(".*.part")
    assert REPLY.body in json.loads(left.read_text("utf-8"))["body"]
    other = tmp_path / ".another-key-1.part"
    other.write_text('{"half', "utf-8")
    outcome = outbox.deliver(REPLY, "k")
    assert isinstance(outcome, Delivered)
    assert files(tmp_path) == [other, tmp_path / outcome.reference]


def test_a_case_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    outcome = Outbox(tmp_path / "out").deliver(replace(REPLY, case="../../etc/passwd\0"), "k")
    assert isinstance(outcome, Delivered)
    assert "/" not in outcome.reference
    assert files(tmp_path) == [tmp_path / "out"]


def test_a_folder_that_is_none_can_be_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    outcome = Outbox(tmp_path / "out").deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
    assert outcome.retry


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Outbox(tmp_path).deliver(REPLY, " ")


def test_files_lie_whole_beside_the_reply_and_once(tmp_path: Path) -> None:
    order = replace(REPLY, files=(("order.csv", b"Artikel;Menge\nF-100;60\n"), ("../../etc/passwd", b"x")))
    outbox = Outbox(tmp_path)
    first = outbox.deliver(order, "k")
    assert isinstance(first, Delivered)
    assert outbox.deliver(order, "k") == first
    content = json.loads((tmp_path / first.reference).read_text("utf-8"))
    assert sorted(path.name for path in files(tmp_path)) == sorted([first.reference, *content["files"]])
    assert (tmp_path / content["files"][0]).read_bytes() == order.files[0][1]
    assert all("/" not in name for name in content["files"])
    outcome = outbox.deliver(REPLY, "k")
    assert isinstance(outcome, NotDelivered)
