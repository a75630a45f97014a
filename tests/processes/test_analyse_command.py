"""`pilotwerk analyse` as scripts use it."""

import json
from pathlib import Path

import pytest

from pilotwerk.cli.main import main
from tests.processes.files import event_csv, table, write


def test_one_json_object_with_the_keys_of_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", str(event_csv(tmp_path / "a.csv")), "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {
        "kind", "mapping", "events", "cases", "activities", "variants", "top_variant_share", "duration_days",
        "rework_share", "directly_follows_edges", "first", "last", "cases_per_week", "bottlenecks",
        "rows_rejected", "engine", "seconds",
    } <= facts.keys()  # fmt: skip
    assert facts["duration_days"].keys() >= {"median", "p90", "mean"}
    assert facts["bottlenecks"][0].keys() >= {"from", "to", "count", "median_days", "share_of_waiting"}
    assert facts["guess"]["case"].startswith("The name says so.")


def test_a_readable_table_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", str(event_csv(tmp_path / "a.csv"))]) == 0
    assert "top_variant_share" in capsys.readouterr().out


def test_columns_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("x", "y", "z"), ("1", "a", "2026-01-01"), ("1", "b", "2026-01-03"), ("2", "a", "2026-01-01")]
    path = str(write(tmp_path / "a.csv", table(rows)))
    arguments = ["analyse", path, "--case", "x", "--activity", "y", "--time", "z", "--format", "json"]
    assert main(arguments) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["cases"], facts["duration_days"]["median"]) == (2, 1.0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--case", "Foo"], "There is no column “Foo”"),
        (["--activity", "Schritt", "--start", "Zeitpunkt"], "Give --activity and --time"),
        (["--time", "Bearbeiter"], "row 2"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["analyse", str(event_csv(tmp_path / "a.csv")), *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1


def test_rejected_rows_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("case", "activity", "time"),
        ("1", "a", "2026-01-01"),
        ("1", "b", "gestern"),
        ("2", "a", "2026-01-01"),
    ]
    rows += [("2", "a", "2026-01-02")] * 3
    assert main(["analyse", str(write(tmp_path / "a.csv", table(rows))), "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["rows_rejected"] == 1
    assert facts["rejected"] == [
        {"row": 3, "column": "time", "reason": "“gestern” is not a date or time that can be read."}
    ]
