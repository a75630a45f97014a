"""`pilotwerk quality` as scripts use it."""

import json
from pathlib import Path

import pytest

from pilotwerk.cli.main import main
from tests.processes.files import table, write
from tests.processes.test_quality import csv, requests


def test_one_json_object_with_the_keys_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = csv(tmp_path / "a.csv", requests(100, missing=0.3))
    assert main(["quality", str(path), "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["rows"] == 100
    assert [column["name"] for column in result["columns"]][:2] == ["Ticket-Nr.", "Eingegangen am"]
    for column in result["columns"]:
        assert column.keys() >= {"name", "type", "missing", "distinct", "personal_data", "findings"}
        assert 0 <= column["missing"] <= 1
        assert column["personal_data"] in {"none", "email", "phone", "name", "iban", "address", "free_text"}
    assert result["columns"][6]["personal_data"] == "email"
    names = ["completeness", "validity", "uniqueness", "consistency", "timeliness"]
    assert list(result["dimensions"]) == names
    for finding in result["findings"]:
        assert finding.keys() >= {"rule", "severity", "column", "rows", "message_de", "message_en"}
        assert finding["severity"] in {"info", "warning", "blocker"}
    [missing] = [one for one in result["findings"] if one["rule"] == "category_missing"]
    assert "die Zuordnung kann aus" in missing["message_de"]
    assert "triage can learn from" in missing["message_en"]
    assert result["dimension_basis"]["validity"]["de"] != result["dimension_basis"]["validity"]["en"]
    assert result["mapping"]["category"] == "Kategorie"


def test_a_readable_table_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(csv(tmp_path / "a.csv", requests(50)))]) == 0
    assert "completeness" in capsys.readouterr().out


def test_columns_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a", "b", "c", "d")]
    rows += [
        (str(n), f"{n % 28 + 1}.10.2026", "x" if n % 2 else "y", f"wort {n} und mehr") for n in range(80)
    ]
    path = str(write(tmp_path / "a.csv", table(rows)))
    arguments = [
        "quality",
        path,
        "--case",
        "a",
        "--time",
        "b",
        "--label",
        "c",
        "--text",
        "d",
        "--format",
        "json",
    ]
    assert main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["mapping"] == {"case": "a", "start": "b", "category": "c", "text": "d"}
    assert result["dimensions"]["timeliness"] is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--label", "Foo"], "There is no column “Foo”"),
        (["--time", "Kategorie"], "column Kategorie: The column holds"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["quality", str(csv(tmp_path / "a.csv", requests(40))), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(tmp_path / "nowhere.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
