"""A version of leads is plain data, and reading it gives the same model again."""

import csv
import io
import json
from pathlib import Path

import pytest

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.base import Learned, Sheet
from pilotwerk.pilots.recipes.leads import learning
from pilotwerk.pilots.tests.own_recipes import past_leads

GOOD = {"Quelle": "Empfehlung", "Mitarbeiter Anzahl": "180", "Branche": "Bau", "Datum": "01.11.2026"}
DAY = 20_400.0


def sheet() -> Sheet:
    rows = list(csv.reader(io.StringIO(past_leads().decode()), delimiter=";"))
    return Sheet("leads.csv", tuple(rows[0]), [(at, tuple(row)) for at, row in enumerate(rows[1:], 2)])


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leads")
    learned = learning.learn(sheet(), {}, folder, seed=1)
    assert isinstance(learned, Learned)
    return folder / learned.version


def test_the_same_model_again_after_a_restart(version: Path) -> None:
    first = learning.loaded(version).judge(GOOD, DAY)
    learning.loaded.cache_clear()
    again = learning.loaded(version).judge(GOOD, DAY)
    assert again == first
    assert first[1] == "high"
    poor = learning.loaded(version).judge({**GOOD, "Quelle": "Adresskauf", "Mitarbeiter Anzahl": "20"}, DAY)
    assert poor[0] < first[0]


def test_missing_and_unknown_values_are_judged_without_a_fault(version: Path) -> None:
    model = learning.loaded(version)
    for values in ({}, {"Quelle": "Zeitung"}, {"Mitarbeiter Anzahl": "viele", "Datum": "bald"}):
        share, _priority, _reasons = model.judge(values, DAY)
        assert 0 < share < 1
    named = {reason.value for reason in model.judge({**GOOD, "Quelle": "Zeitung"}, DAY)[2]}
    assert "Zeitung" in named


def test_neither_the_leak_nor_the_team_is_in_the_version(version: Path) -> None:
    plain = json.loads((version / "model.json").read_text("utf-8"))["model"]
    assert not {"Auftragswert", "Bearbeiter", "E-Mail", "Ansprechpartner"} & set(plain["names"])
    assert not list(version.glob("*.pkl"))


def test_a_changed_version_is_refused(version: Path, tmp_path: Path) -> None:
    for path in version.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (tmp_path / "model.json").read_text("utf-8")
    (tmp_path / "model.json").write_text(text.replace("Empfehlung", "Adresskauf", 1), "utf-8")
    with pytest.raises(BadInput, match="changed"):
        learning.loaded(tmp_path)
