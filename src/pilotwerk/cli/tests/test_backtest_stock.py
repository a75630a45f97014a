"""`pilotwerk backtest stock` on tables of one's own, and on the real data sets where they are."""

import csv
import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotwerk.cli.main import main
from pilotwerk.pilots.recipes.stock.tests.past import now_and_then

FROM_2022 = [f"{2022 + place // 12}-{place % 12 + 1:02d}" for place in range(48)]


def ask(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    code = main(["backtest", "stock", *map(str, arguments), "--format", "json"])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    result: dict[str, Any] = json.loads(printed.out)
    return result


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["backtest", "stock", *map(str, arguments)]) == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def movements(tmp_path: Path) -> Path:
    """Forty parts over four years as a German ERP exports them: one row a sale, some returned."""
    path = tmp_path / "bewegungen.csv"
    with path.open("w", encoding="latin-1", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["Artikel", "Buchungsdatum", "Menge", "Größe"])
        for part, demand in enumerate(now_and_then(40, 48)):
            for month, pieces in zip(FROM_2022, demand, strict=True):
                if pieces:
                    day = f"15.{month[5:]}.{month[:4]}"
                    writer.writerow([f"T-{part:03d}", day, f"{pieces + 1:.0f},0", "M"])
                    writer.writerow([f"T-{part:03d}", day, "-1,0", "M"])
        writer.writerow(["T-000", "keine Angabe", "3", "M"])
    return path


LONG = ("--item", "Artikel", "--date", "Buchungsdatum", "--quantity", "Menge")


def test_the_contract(movements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(capsys, movements, *LONG, "--horizon", "12", "--frequency", "M")
    assert (result["items"], result["periods"], result["horizon"]) == (40, 48, 12)
    assert (result["first"], result["last"]) == ("2022-01", "2025-12")
    assert result["rows_skipped"] == 1
    assert 0.5 < result["rmsse"] < 1
    assert result["rmsse"] < result["baselines"]["seasonal_naive"]
    assert abs(result["bias"]) < 0.2
    assert sum(result["methods"].values()) == result["items_judged"]
    inventory = result["inventory"]
    assert 0.85 < inventory["fill_rate"] <= 1
    assert min(inventory["cost"], inventory["cost_current_rule"], inventory["average_stock"]) > 0
    assert inventory["assumed"]["lead_time_days"] == {"value": 14, "items": 40}
    assert "angenommen" in inventory["sentence_de"]


def test_movements_and_a_wide_table_of_the_same_demand_say_the_same(
    movements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = now_and_then(40, 48)
    wide = tmp_path / "breit.csv.gz"
    with gzip.open(wide, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t")
        writer.writerow(["Teil", *(f"{month}-01" for month in FROM_2022)])
        for part, demand in enumerate(values):
            first = int(np.flatnonzero(demand)[0])
            cells = ["" if place < first else f"{pieces:.0f}" for place, pieces in enumerate(demand)]
            writer.writerow([f"T-{part:03d}", *cells])
    long = ask(capsys, movements, *LONG, "--horizon", "6")
    found = ask(capsys, wide, "--item", "Teil", "--horizon", "6", "--wide")
    assert (found["empty_cells"], found["frequency"]) == ("not on sale", "M")
    for key in ("items", "periods", "rmsse", "bias", "methods", "baselines"):
        assert found[key] == pytest.approx(long[key]), key
    assert found["inventory"]["cost"] == pytest.approx(long["inventory"]["cost"])


def test_parameters_of_the_items_replace_the_assumptions(
    movements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "parameter.csv"
    rows = [f"T-{part:03d};30;12,50;8,00;5;5;90 %;1,5;0,25" for part in range(40)]
    head = "Artikelnummer;Lieferzeit (Tage);Einkaufspreis;Bestellkosten;Mindestmenge;VPE;Servicegrad;Faktor"
    head += ";Lagerkostensatz"
    table.write_text("\n".join([head, *rows]), "utf-8")
    inventory = ask(capsys, movements, *LONG, "--parameters", table)["inventory"]
    assert inventory["assumed"] == {}
    assert inventory["target_fill_rate"] == pytest.approx(0.9)
    assert inventory["columns"]["pack"] == "VPE"
    assert "assumed" not in inventory["sentence_en"]
    table.write_text("\n".join([head, "T-001;30;viel;8;5;5;90 %;1,5;0,2"]), "utf-8")
    said = refused(capsys, movements, *LONG, "--parameters", table)
    assert "parameter.csv, row 2, column Einkaufspreis: “viel” is not a number" in said


def test_a_short_history_is_forecast_but_not_simulated(
    movements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = tmp_path / "kurz.csv"
    lines = ["Teil," + ",".join(f"x{place}" for place in range(1, 13))]
    lines += [
        f"a{part}," + ",".join(f"{pieces:.0f}" for pieces in row)
        for part, row in enumerate(now_and_then(9, 12))
    ]
    wide.write_text("\n".join(lines), "utf-8")
    result = ask(capsys, wide, "--item", "Teil")
    assert result["horizon"] == 3
    inventory = result["inventory"]
    assert [inventory[key] for key in ("fill_rate", "cost", "cost_current_rule", "average_stock")] == [
        None
    ] * 4
    assert "24 Perioden" in inventory["cannot_tell_de"]


def test_bad_input_names_file_row_and_column(
    movements: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, movements, "--item", "Teil", "--date", "Buchungsdatum", "--quantity", "Menge")
    assert "bewegungen.csv, column Teil: There is no such column" in said
    assert "needs --item, --date and --quantity" in refused(
        capsys, movements, "--item", "Artikel", "--date", "x"
    )
    assert "No columns that are named by periods" in refused(capsys, movements, "--item", "Artikel")
    assert "--horizon must be from 1" in refused(capsys, movements, *LONG, "--horizon", "0")
    assert "too few for a horizon of 46" in refused(capsys, movements, *LONG, "--horizon", "46")
    assert "no such file" in refused(capsys, tmp_path / "x.csv", *LONG)
    bad = tmp_path / "falsch.csv"
    bad.write_text("Artikel;Buchungsdatum;Menge\na;01.02.2026;1\na;03.02.2026;zwei\n", "utf-8")
    assert "falsch.csv, row 3, column Menge: “zwei” is not a number" in refused(capsys, bad, *LONG)
    bad.write_text("Artikel;Buchungsdatum;Menge\na;01.02.2026;1\na;31.02.2026;2\n", "utf-8")
    assert "falsch.csv, row 3, column Buchungsdatum" in refused(capsys, bad, *LONG)
    bad.write_text("Artikel;Buchungsdatum;Menge\n" + "a;01.02.2026;1\n" * 3, "utf-8")
    assert "falsch.csv: 1 periods are too few" in refused(capsys, bad, *LONG)


def carparts(path: Path) -> np.ndarray:
    """2,674 parts, 51 months, from R's serialised matrix: integers, months within parts, NA as the smallest one."""
    packed = gzip.decompress(path.read_bytes())
    count = 2674 * 51
    begin = packed.index(count.to_bytes(4, "big")) + 4
    numbers = np.frombuffer(packed, dtype=">i4", count=count, offset=begin).astype(float)
    numbers[numbers == np.iinfo(np.int32).min] = np.nan
    return numbers.reshape(2674, 51)


@pytest.mark.realdata
def test_real_car_parts(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wide = tmp_path / "carparts.csv"
    with wide.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["part", *(f"x{place}" for place in range(1, 52))])
        for number, row in enumerate(carparts(real_data / "carparts" / "carparts.rda")):
            writer.writerow([f"p{number}", *("" if np.isnan(pieces) else int(pieces) for pieces in row)])
    result = ask(capsys, wide, "--item", "part", "--horizon", "12", "--frequency", "M")
    assert (result["items"], result["items_judged"]) == (2674, 2404)
    # The figures of other programs on this data, which say that the measure is the usual one.
    assert result["baselines"]["imapa"] == pytest.approx(0.684, abs=0.001)
    assert result["baselines"]["seasonal_naive"] == pytest.approx(0.964, abs=0.001)
    assert result["rmsse"] <= 0.68
    assert abs(result["bias"]) < 0.03
    assert result["inventory"]["fill_rate"] == pytest.approx(0.95, abs=0.02)
    assert result["seconds"] < 60


@pytest.mark.realdata
@pytest.mark.slow
def test_a_real_shop(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Day files of a shop put together: 370,931 order lines, returns negative, by week."""
    lines = tmp_path / "shop.csv"
    with tarfile.open(real_data / "online_retail" / "by-day.tar.gz") as archive, lines.open("wb") as out:
        names = sorted(name for name in archive.getnames() if name.endswith(".csv"))
        for place, name in enumerate(names):
            part = archive.extractfile(name)
            assert part is not None
            head, rest = part.readline(), part.read()
            out.write((head if place == 0 else b"") + rest)
    columns = ("--item", "StockCode", "--date", "InvoiceDate", "--quantity", "Quantity")
    result = ask(capsys, lines, *columns, "--horizon", "4", "--frequency", "W")
    assert (result["items"], result["periods"]) == (3869, 43)
    assert result["periods_left_out"] == ["2010-W48"]
    assert result["rmsse"] < result["baselines"]["seasonal_naive"]
    assert result["rmsse"] <= result["baselines"]["imapa"] + 0.005
    assert result["inventory"]["fill_rate"] > result["inventory"]["fill_rate_current_rule"]
    assert result["seconds"] < 120
