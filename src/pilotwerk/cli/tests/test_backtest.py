"""`pilotwerk backtest` on a table of one's own, and on the real data sets where they are."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.cli.main import main
from pilotwerk.pilots.recipes.support.tests.past import past


def ask(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    code = main(["backtest", *map(str, arguments), "--embeddings", "off", "--format", "json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    result: dict[str, Any] = json.loads(printed.out)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["backtest", *map(str, arguments), "--embeddings", "off"]) == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "anfragen.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["Nr", "Anfrage", "Thema", "Antwort", "Eingang"])
        for row in past(200):
            assert row.time is not None
            writer.writerow(
                [row.case, row.text, row.category, row.answer, row.time.strftime("%d.%m.%Y %H:%M")]
            )
    return path


def test_support_is_cross_validated(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(capsys, "support", table, "--text", "Anfrage", "--label", "Thema")
    assert (result["rows"], result["labels"], result["validation"]) == (200, 4, "cross")
    assert result["accuracy"] > 0.9 > result["majority_accuracy"]
    assert 0 <= result["ece"] <= 1
    assert result["language"] == {"de": 1.0}
    assert result["learning_curve"][0]["labelled"] == 100
    assert {one["precision"] for one in result["coverage_at_precision"]} == {0.9, 0.95, 0.98}
    assert result["milliseconds_per_case"] > 0


def test_where_times_are_given_the_latest_rows_are_the_test(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ask(capsys, "support", table, "--text", "2", "--label", "3", "--time", "Eingang")
    assert (result["validation"], result["train_rows"], result["test_rows"]) == ("time", 160, 40)


def test_a_table_without_column_names_is_recognised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seed in (("train.txt", 1), ("test.txt", 2)):
        lines = [f"{' '.join(row.text.split())}\t{row.category}" for row in past(120, seed=seed)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", "utf-8")
    result = ask(
        capsys,
        "support",
        tmp_path / "train.txt",
        "--text",
        "1",
        "--label",
        "2",
        "--test",
        tmp_path / "test.txt",
    )
    assert (result["validation"], result["train_rows"], result["test_rows"]) == ("test file", 120, 120)


def test_answers_are_found_by_their_questions(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(
        capsys, "answers", table, "--question", "Anfrage", "--answer", "Antwort", "--where", "Thema=Angebot"
    )
    assert result["queries"] == 50
    assert 0 < result["hit_at_1"] <= result["hit_at_5"] <= 1
    assert result["hit_at_1"] <= result["mrr"] <= 1
    assert result["embedding"] == "none"


def test_new_questions_are_asked_against_past_ones(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = tmp_path / "neu.csv"
    first = past(1)[0]
    queries.write_text(f"Frage,Nummer\n{first.text.splitlines()[1]},V-0000\nKalte Heizung,V-0001\n", "utf-8")
    result = ask(
        capsys, "answers", table, "--question", "Anfrage", "--answer", "Antwort", "--id", "Nr",
        "--queries", queries, "--query", "Frage", "--relevant", "Nummer",
    )  # fmt: skip
    assert (result["pool"], result["queries"]) == (200, 2)
    assert result["hit_at_5"] >= 0.5


def test_bad_input_names_file_and_column(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "support", table, "--text", "Anfrage", "--label", "Fehlt")
    assert "anfragen.csv" in said
    assert "column Fehlt" in said
    assert "Thema" in said
    assert "no such file" in refused(capsys, "support", tmp_path / "x.csv", "--text", "a", "--label", "b")
    few = tmp_path / "few.csv"
    few.write_text("text,label\nkalt,a\nwarm,b\n", "utf-8")
    assert "few.csv" in refused(capsys, "support", few, "--text", "text", "--label", "label")
    late = tmp_path / "late.csv"
    late.write_text("text,label,time\nkalt,a,2026-01-01\nwarm,b,bald\n", "utf-8")
    assert "row 3, column time" in refused(
        capsys, "support", late, "--text", "text", "--label", "label", "--time", "time"
    )


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.parametrize(
    ("train", "test", "columns", "accuracy"),
    [
        ("banking77/train.csv", "banking77/test.csv", ("text", "category"), 0.91),
        ("massive_de_intents/train.txt", "massive_de_intents/test.txt", ("1", "2"), 0.84),
    ],
)
def test_categories_of_real_requests(
    real_data: Path,
    capsys: pytest.CaptureFixture[str],
    train: str,
    test: str,
    columns: tuple[str, str],
    accuracy: float,
) -> None:
    result = ask(
        capsys,
        "support",
        real_data / train,
        "--text",
        columns[0],
        "--label",
        columns[1],
        "--test",
        real_data / test,
    )
    assert result["accuracy"] >= accuracy
    assert result["ece"] < 0.05
    assert result["sure"]["realised_precision"] >= 0.94
    assert result["sure"]["coverage"] > 0.5


@pytest.mark.realdata
def test_answers_to_real_questions(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faq = real_data / "covid_faq" / "faq_200327.tsv"
    result = ask(capsys, "answers", faq, "--question", "question", "--answer", "answer", "--where", "lang=de")
    assert (result["pool"], result["queries"]) == (395, 399)
    assert result["hit_at_1"] >= 0.43
    assert result["hit_at_5"] >= 0.66
