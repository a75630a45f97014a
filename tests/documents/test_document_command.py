"""`pilotwerk document strategy`: both files from the command line."""

import hashlib
import json
from pathlib import Path

import pytest

from pilotwerk.cli.main import main
from tests.cast import Cast


def test_the_command_writes_both_files(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = cast.organisation.slug
    code = main(["document", "strategy", "--org", slug, "--out", str(tmp_path), "--format", "json"])

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [Path(each["file"]).suffix for each in found["files"]] == [".pdf", ".docx"]
    for each in found["files"]:
        assert hashlib.sha256(Path(each["file"]).read_bytes()).hexdigest() == each["sha256"]


def test_the_command_names_an_unknown_organisation(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["document", "strategy", "--org", "nirgends", "--out", str(tmp_path)])

    assert code == 2
    assert "nirgends" in capsys.readouterr().err
