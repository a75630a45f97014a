"""The test on one's own history, by the command and on a real shop's orders."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from pilotwerk.cli.main import main
from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports import Table, compute, prepare, read_table
from pilotwerk.pilots.recipes.reports.backtest import backtest_report
from pilotwerk.pilots.recipes.reports.facts import Role
from pilotwerk.pilots.recipes.reports.tests.past import MEASURES, sales


def test_the_command_says_what_the_check_lets_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = sales(16)
    file = tmp_path / "verkauf.csv"
    columns = list(table.columns.values())
    lines = [";".join(one.name for one in columns)]
    lines += [";".join(one.values[one.codes[row]] for one in columns) for row in range(len(table))]
    file.write_text("\n".join(lines), encoding="utf-8")
    asked = [
        "--measure",
        "sum:Umsatz EUR",
        "--measure",
        "share:Reklamation=ja",
        "--lang",
        "de",
        "--mutated",
        "120",
    ]
    assert main(["backtest", "report", str(file), *asked, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rows"], found["frequency"], found["periods"]) == (len(table), "W", 16)
    assert found["mapping"]["dimensions"] == ["Warengruppe", "Region"]
    assert (found["mutated"], found["mutated_through"], found["sentences_refused"]) == (120, 0, 0)
    assert found["newest"][0].startswith("Umsatz: ")


def test_a_measure_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Tag,Wert\n2026-01-05,1\n2026-01-06,2\n", encoding="utf-8")
    assert main(["backtest", "report", str(file), "--measure", "share:Wert"]) == 2
    assert "not of the form share:COL=VALUE" in capsys.readouterr().err


def test_without_a_whole_period_there_is_nothing_to_report() -> None:
    table = Table.of("a.csv", ("Tag", "Wert"), [(2, ("2026-01-07", "1")), (3, ("2026-01-08", "2"))])
    spec = prepare(table, {"frequency": "M", "measures": MEASURES[1:2]})
    with pytest.raises(BadInput, match="No period is covered whole"):
        backtest_report(table, spec)


@pytest.mark.realdata
def test_a_real_shops_orders(real_data: Path, tmp_path: Path) -> None:
    """Thirteen weeks of UCI Online Retail: the figures against DuckDB's, and no wrong text gets through."""
    import duckdb

    with tarfile.open(real_data / "online_retail" / "by-day.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    days = sorted(tmp_path.rglob("2011-0[5-7]*.csv"))
    head, *_ = days[0].read_text(encoding="utf-8").splitlines()
    lines = [line for day in days for line in day.read_text(encoding="utf-8").splitlines()[1:]]
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([head, *lines]), encoding="utf-8")
    table = read_table(file)
    spec = prepare(table, {"frequency": "W", "rows_name": "order lines", "measures": [
        {"kind": "sum", "column": "Quantity"}, {"kind": "count"}, {"kind": "mean", "column": "UnitPrice"},
    ]})  # fmt: skip
    assert spec.time == "InvoiceDate"
    assert spec.dimensions == ("Country",)
    facts = compute(table, spec)
    first, last = (day(facts.period) for day in (spec.frequency.first_day, spec.frequency.last_day))
    expected = duckdb.execute(
        "SELECT sum(Quantity), count(*), avg(UnitPrice) FROM read_csv(?) WHERE InvoiceDate::DATE BETWEEN ? AND ?",
        [str(file), first, last],
    ).fetchone()
    found = [facts.find(Role.VALUE, measure=one.key, part=None, period=facts.period) for one in spec.measures]
    assert expected is not None
    assert [float(one.value) for one in found if one] == pytest.approx([float(one) for one in expected])
    tried = backtest_report(table, spec, mutated=500)
    assert (tried["mutated"], tried["mutated_through"], tried["sentences_refused"]) == (500, 0, 0)
