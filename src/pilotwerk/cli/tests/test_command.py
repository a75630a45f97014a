"""What scripts rely on: one JSON object, exit codes, one sentence for bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pilotwerk.cli.main import COMMANDS, main
from pilotwerk.cli.output import readable


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pilotwerk.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_every_command_that_is_offered_exists_and_says_what_it_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)


def test_doctor_answers_one_json_object(tmp_path: Path) -> None:
    done = run("doctor", "--format", "json", PILOTWERK_DATA_DIR=str(tmp_path), DATABASE_URL="")
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert (done.returncode, checks["database"]["do"]) == (1, "pilotwerk migrate")


def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    done = run("doctor", PILOTWERK_DATA_DIR=str(tmp_path), PILOTWERK_UPLOAD_MAX_MB="viel")
    assert done.returncode != 0
    assert done.stderr.strip().splitlines() == [
        "The setting PILOTWERK_UPLOAD_MAX_MB cannot be used: Input should be a valid integer, unable to parse "
        "string as an integer (it is 'viel')."
    ]


def test_a_missing_file_is_bad_input() -> None:
    done = run("analyse", "gibt-es-nicht.csv")
    assert done.returncode == 2
    assert "gibt-es-nicht.csv" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_reading_a_file_needs_neither_settings_nor_rooms(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n1,a,2026-01-01\n1,b,2026-01-02\n")
    code = (
        "import sys; from pilotwerk.cli.main import main; main(sys.argv[1:]); print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "analyse", str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_a_reader_that_has_read_enough_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time\n" + "".join(f"{i},a{i},2026-01-01\n" for i in range(9000)))
    with subprocess.Popen(
        [sys.executable, "-m", "pilotwerk.cli.main", "analyse", str(path), "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(1)
        process.stdout.close()
        assert (process.wait(), process.stderr.read()) == (0, b"")


def test_results_are_readable_as_a_table() -> None:
    text = readable({"cases": 3, "top": [{"from": "A", "count": 2}], "days": {"median": 1.5}})
    assert text.splitlines() == ["cases  3", "top", "  from  count", "  A     2", "days", "  median  1.5"]
