"""`pilotwerk audit`: an administrator takes the trail out; an auditor checks it, without a database too."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.cli.main import main
from tests.audit.test_verifier import TAMPERING, export, signer, story
from tests.cast import Cast


def run(*words: object) -> int:
    try:
        return main(["audit", *map(str, words)])
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return export(tmp_path / "export", *story(), signer())


@pytest.mark.django_db
def test_export_then_verify(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    assert run("export", "--org", cast.organisation.slug, "--out", tmp_path / "out", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    kept = tmp_path / "kept.txt"
    shutil.copy(tmp_path / "out" / "checkpoints" / f"{told['entries']:09d}.txt", kept)
    assert run("verify", tmp_path / "out", "--checkpoint", kept, "--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"]
    assert report["entries"] == report["covered"] == report["held_covered"] == told["entries"]
    assert report["findings"] == []


@pytest.mark.django_db
def test_the_installations_own_trail_can_be_taken_out_too(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    cast.client("owner")  # signing in is written there
    assert run("export", "--installation", "--out", tmp_path / "out") == 0
    assert run("verify", tmp_path / "out") == 0
    assert "Intact: entries 1 to 2 are complete" in capsys.readouterr().out


def test_verify_speaks_both_languages(folder: Path, capsys: Any) -> None:
    assert run("verify", folder) == 0
    said = capsys.readouterr().out
    assert "Unversehrt: Die Einträge 1 bis 23" in said
    assert "Changes after the last checkpoint kept elsewhere cannot be detected." in said


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda tamper: tamper.__name__)
def test_verify_rejects_what_was_tampered_with(
    tamper: Any, folder: Path, tmp_path: Path, capsys: Any
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes((folder / "checkpoints" / "000000017.txt").read_bytes())
    tamper(folder)
    assert run("verify", folder, "--checkpoint", kept, "--format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"]
    assert TAMPERING[tamper] <= {finding["code"] for finding in report["findings"]}
    assert all(finding["de"] and finding["en"] for finding in report["findings"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "nowhere"], "nowhere: There is no such folder."),
        (["export", "--org", "nobody", "--out", "out"], "There is no organisation nobody."),
        (["export", "--installation", "--out", "."], "The folder is not empty."),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(words: list[str], said: str, capsys: Any) -> None:
    assert run(*words) == 2
    assert said in capsys.readouterr().err
