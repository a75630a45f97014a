"""Real tables: figures agree with pandas, and data without people raise no false alarm."""

import datetime as dt
import tarfile
import zipfile
from pathlib import Path

import pytest

from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile
from pilotwerk.processes.domain.roles import Meaning
from pilotwerk.processes.domain.values import MISSING
from pilotwerk.processes.quality import measure_file

pytestmark = pytest.mark.realdata
NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)


def measured(path: Path, **given: str) -> Profile:
    return measure_file(path, given={Meaning(name): column for name, column in given.items()}, now=NOW)[1]


@pytest.fixture
def shop(real_data: Path, tmp_path: Path) -> Path:
    """Sixty days of a real shop as one file."""
    path = tmp_path / "shop.csv"
    with tarfile.open(real_data / "online_retail" / "by-day.tar.gz") as days, path.open("wb") as out:
        parts = sorted((one for one in days.getmembers() if one.isfile()), key=lambda one: one.name)[:60]
        for number, part in enumerate(parts):
            stream = days.extractfile(part)
            assert stream is not None
            lines = stream.read()
            out.write(lines if number == 0 else lines[lines.index(b"\n") + 1 :])
    return path


def test_missing_distinct_and_doubles_as_pandas_counts_them(shop: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(shop, dtype=str, keep_default_na=False, encoding="utf-8")
    profile = measured(shop)
    assert profile.rows == len(frame)
    for column in profile.columns:
        values = frame[column.name].str.strip(" ")
        values = values[~values.str.lower().str.strip().isin(MISSING)]
        assert column.missing == pytest.approx(1 - len(values) / len(frame), abs=1e-9), column.name
        assert column.distinct == values.nunique(), column.name
    [double] = [one for one in profile.findings if one.rule == "duplicate"]
    copies = frame.duplicated()
    assert double.count == int(copies.sum())
    assert list(double.rows) == [int(row) + 2 for row in copies[copies].index[:5]]
    numbers = pd.to_numeric(frame["Quantity"])
    quantity = profile.column("Quantity")
    assert quantity is not None
    assert quantity.spread["quantiles"] == pytest.approx([numbers.quantile(part / 10) for part in range(11)])


def test_a_shop_s_order_lines_hold_no_contact_data(shop: Path) -> None:
    personal = {one.name: one.personal_data for one in measured(shop).columns}
    assert set(personal.values()) == {Personal.NONE}


@pytest.mark.parametrize("part", ["train.csv", "test.csv"])
def test_questions_to_a_bank_hold_no_personal_data(real_data: Path, part: str) -> None:
    profile = measured(real_data / "banking77" / part)
    assert [one.personal_data for one in profile.columns] == [Personal.NONE, Personal.NONE]
    assert not {one.rule for one in profile.findings} & {
        "contact",
        "personal",
        "label_in_text",
        "label_determined",
    }


def test_conflicting_labels_of_banking77_are_found(real_data: Path) -> None:
    """Two rows ask the same under two labels; checked by hand with the file."""
    profile = measured(real_data / "banking77" / "train.csv")
    [conflict] = [one for one in profile.findings if one.rule == "label_conflict"]
    lines = (real_data / "banking77" / "train.csv").read_text().splitlines()
    first, second = (lines[row - 1] for row in conflict.rows)
    assert conflict.count == 2
    assert first.rpartition(",")[2] != second.rpartition(",")[2]


def test_public_answers_name_hotlines_and_mailboxes(real_data: Path) -> None:
    """Only the answers: of 896, those with an address, a number with area code or a street, read by hand."""
    profile = measured(real_data / "covid_faq" / "faq_200327.tsv")
    personal = {one.name for one in profile.columns if one.personal_data is not Personal.NONE}
    assert personal == {"answer", "answer_html"}
    [note] = [one for one in profile.findings if one.rule == "contact" and one.column == "answer"]
    assert (note.count, note.rows) == (15, (189, 280, 349, 404, 521))


def test_leads_of_a_bank(real_data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(real_data / "bank_marketing" / "bank-additional.zip") as packed:
        path = Path(packed.extract("bank-additional/bank-additional-full.csv", tmp_path))
    profile = measured(path, category="y")
    assert profile.rows == 41188
    [double] = [one for one in profile.findings if one.rule == "duplicate"]
    assert double.count == 12
    assert not [
        one for one in profile.findings if one.rule in ("copied_column", "label_determined", "personal")
    ]


@pytest.mark.parametrize(
    ("file", "spelled"),
    [("bpi_logs/BPIC13_incidents.xes.gz", ["organization country"]), ("eventdataR/sepsis.csv.gz", [])],
)
def test_event_logs(real_data: Path, file: str, spelled: list[str]) -> None:
    profile = measured(real_data / file)
    assert [one.column for one in profile.findings if one.rule == "spelling"] == spelled
    assert all(value is None or 0 <= value <= 1 for value in profile.dimensions.values())
    assert {one.personal_data for one in profile.columns} == {Personal.NONE}
