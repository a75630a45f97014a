"""`pilotwerk backtest leads` on a table of one's own, and on a real bank's calls where they are."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.cli.main import main
from pilotwerk.pilots.recipes.leads.tests.past import Columns, leads, talk_minutes, write

KEYS = {"rows", "won_share", "leaks", "auc", "auc_with_leaks", "brier", "lift_top_decile", "validation"}


def ask(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    code = main(["backtest", "leads", *map(str, arguments), "--format", "json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    result: dict[str, Any] = json.loads(printed.out)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["backtest", "leads", *map(str, arguments)]) == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def past() -> Columns:
    columns = leads(500)
    columns["Gesprächsdauer"] = talk_minutes(columns)
    return columns


def test_the_contract_is_kept(past: Columns, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(capsys, write(tmp_path / "anfragen.csv", past), "--outcome", "Ergebnis")
    assert result.keys() >= KEYS
    assert result["rows"] == 500
    assert result["validation"] == "time"
    assert [(leak["column"], bool(leak["reason"])) for leak in result["leaks"]] == [("Gesprächsdauer", True)]
    assert 0.5 < result["auc"] < result["auc_with_leaks"] <= 1
    assert 0 < result["brier"] < 0.25
    crossed = ask(
        capsys,
        tmp_path / "anfragen.csv",
        "--outcome",
        "8",
        "--won",
        "GEWONNEN",
        "--time",
        "none",
        "--id",
        "Nr",
    )
    assert (crossed["validation"], crossed["grouped_by"]) == ("cross", "Nr")


def test_a_packed_file_and_a_part_of_the_rows(
    past: Columns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "anfragen.csv.gz"
    packed.write_bytes(gzip.compress(write(tmp_path / "anfragen.csv", past).read_bytes()))
    result = ask(capsys, packed, "--outcome", "Ergebnis", "--where", "Quelle=Website", "--time", "Eingang")
    assert 150 < result["rows"] < 250
    assert main(["backtest", "leads", str(packed), "--outcome", "Ergebnis"]) == 0
    shown = capsys.readouterr().out
    assert "lift_top_decile" in shown
    assert "reason_de" not in shown


def test_bad_input_names_file_row_and_column(
    past: Columns, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "anfragen.csv", past)
    said = refused(capsys, path, "--outcome", "Fehlt")
    assert "anfragen.csv, column Fehlt" in said
    assert "Ergebnis" in said
    assert "anfragen.csv, column Region: It is not clear" in refused(capsys, path, "--outcome", "Region")
    said = refused(capsys, path, "--outcome", "Ergebnis", "--time", "Region")
    assert "anfragen.csv, row 2, column Region" in said
    assert "column Nirgends" in refused(capsys, path, "--outcome", "Ergebnis", "--id", "Nirgends")
    said = refused(capsys, path, "--outcome", "Ergebnis", "--where", "Region=Mond")
    assert "No row is left" in said
    assert "no such file" in refused(capsys, tmp_path / "x.csv", "--outcome", "y")
    few = write(tmp_path / "wenige.csv", leads(40))
    assert "wenige.csv: There are 40 decided leads" in refused(capsys, few, "--outcome", "Ergebnis")


@pytest.fixture(scope="session")
def calls(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bank's calls, unpacked."""
    folder = tmp_path_factory.mktemp("bank")
    with zipfile.ZipFile(real_data / "bank_marketing" / "bank-additional.zip") as packed:
        packed.extractall(folder)
    return folder / "bank-additional"


@pytest.mark.realdata
@pytest.mark.slow
def test_a_real_banks_calls_in_order_of_time(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(capsys, calls / "bank-additional-full.csv", "--outcome", "y")
    assert (result["rows"], result["validation"]) == (41_188, "time")
    assert [leak["column"] for leak in result["leaks"]] == ["duration"]
    assert result["auc"] >= 0.76
    assert result["auc_with_leaks"] > 0.9
    assert result["ece"] < 0.02
    assert result["baseline"]["pilotwerk"] > result["baseline"]["auc"]


@pytest.mark.realdata
def test_the_same_calls_in_random_order(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(capsys, calls / "bank-additional.csv", "--outcome", "y", "--won", "yes")
    assert (result["rows"], result["validation"]) == (4119, "cross")
    assert [leak["column"] for leak in result["leaks"]] == ["duration"]
    assert result["auc"] > 0.75
