"""The figures on a table with known truth: honest without the leak, too good with it, none of too few leads."""

from typing import Any

import numpy as np
import pytest

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.leads import LeadTable, backtest_leads
from pilotwerk.pilots.recipes.leads.outcome import read_outcomes
from pilotwerk.pilots.recipes.leads.tests.past import Columns, leads, membership_years, talk_minutes


def table(columns: Columns) -> LeadTable:
    count = len(columns["Ergebnis"])
    return LeadTable(tuple(columns), tuple(columns.values()), range(2, count + 2))


def figures(columns: Columns, **asked: Any) -> dict[str, Any]:
    result = backtest_leads(table(columns), outcome="Ergebnis", **asked)
    assert isinstance(result, dict), result
    return result


@pytest.fixture(scope="module")
def past() -> Columns:
    columns = leads(800)
    columns["Gesprächsdauer"] = talk_minutes(columns)
    columns["Dauer der Mitgliedschaft"] = membership_years(columns)
    return columns


def test_the_leak_is_named_and_the_figure_is_the_one_without_it(past: Columns) -> None:
    result = figures(past)
    assert [leak["column"] for leak in result["leaks"]] == ["Gesprächsdauer"]
    assert [one["column"] for one in result["cleared"]] == ["Dauer der Mitgliedschaft"]
    clean = figures({name: cells for name, cells in past.items() if name != "Gesprächsdauer"})
    assert result["auc"] == clean["auc"] == clean["auc_with_leaks"]
    assert result["auc_with_leaks"] > result["auc"] + 0.05
    assert result["validation"] == "time"
    assert "“Eingang”" in result["order"]
    assert result["brier"] < result["brier_of_the_mean"]
    assert result["ece"] < 0.06
    assert result["lift_top_decile"] > 1.5
    assert {one["column"]: one["reason"] for one in result["unused"]} == {
        "Nr": "Each row has its own value.",
        "Eingang": "It gives the order in time.",
    }
    deciding = [one["column"] for one in result["decides"]]
    assert set(deciding[:3]) == {"Quelle", "Wohnfläche", "Besuch gewünscht"}
    words = {one["column"]: one["words_de"] for one in result["decides"]}
    assert words["Quelle"].startswith("„Empfehlung“: ")
    assert "„Anzeige“" in words["Quelle"]


def test_the_order_of_the_rows_in_the_file_does_not_matter_where_there_are_times(past: Columns) -> None:
    places = np.random.default_rng(1).permutation(800)
    mixed = {name: [cells[place] for place in places] for name, cells in past.items()}
    assert figures(mixed)["auc"] == pytest.approx(figures(past)["auc"], abs=0.01)


def test_without_an_order_the_leads_are_cross_validated(past: Columns) -> None:
    undated = {name: cells for name, cells in past.items() if name != "Eingang"}
    result = figures(undated)
    assert (result["validation"], result["auc_same_time"]) == ("cross", None)
    assert result["scored_rows"] == 800
    assert figures(undated, time="row")["validation"] == "time"
    assert figures(past, time="none")["validation"] == "cross"


def test_open_leads_are_not_learned_from(past: Columns) -> None:
    half = {name: list(cells) for name, cells in past.items()}
    for place in range(650, 800):
        half["Ergebnis"][place] = "" if place % 2 else "in Bearbeitung"
    result = figures(half)
    assert (result["rows"], result["open_rows"]) == (650, 150)


def test_too_few_wins_are_no_figure() -> None:
    result = backtest_leads(table(leads(60)), outcome="Ergebnis")
    assert isinstance(result, CannotTell)
    assert "60 decided leads" in result.reason
    columns = leads(300)
    columns["Ergebnis"] = ["gewonnen" if place % 50 == 0 else "verloren" for place in range(300)]
    assert isinstance(backtest_leads(table(columns), outcome="Ergebnis"), CannotTell)
    columns["Ergebnis"] = ["gewonnen" if place < 40 else "verloren" for place in range(300)]
    early = backtest_leads(table(columns), outcome="Ergebnis", time="Eingang")
    assert isinstance(early, CannotTell)
    assert early.reason.startswith("After the first model")
    columns["Ergebnis"] = ["gewonnen"] * 300
    assert isinstance(backtest_leads(table(columns), outcome="Ergebnis"), CannotTell)
    only_leaks = {"Ergebnis": leads(300)["Ergebnis"], "Kopie": leads(300)["Ergebnis"]}
    answer = backtest_leads(table(only_leaks), outcome="Ergebnis")
    assert isinstance(answer, CannotTell)
    assert "No column is left" in answer.reason


@pytest.mark.parametrize(
    ("values", "asked", "won"),
    [
        (["ja", "nein"], None, "ja"),
        (["1", "0"], None, "1"),
        (["True", "False"], None, "True"),
        (["Gewonnen", "Verloren", "storniert"], None, "Gewonnen"),
        (["Closed Won", "Closed Lost"], None, "Closed Won"),
        (["A", "B", "C"], "b", "B"),
    ],
)
def test_which_value_means_won(values: list[str], asked: str | None, won: str) -> None:
    outcomes = read_outcomes([*values * 3, "", "offen"], asked, column="Ergebnis")
    assert outcomes.value == won
    assert (len(outcomes.decided), int(outcomes.won.sum())) == (3 * len(values), 3)


@pytest.mark.parametrize(
    ("values", "asked", "says"),
    [
        (["A", "B"], None, "say --won VALUE. The values are: A, B."),
        (["ja", "gewonnen", "nein"], None, "Several values may mean won"),
        (["ja", "nein"], "vielleicht", "“vielleicht” does not occur. The values are: ja, nein."),
        ([str(number) for number in range(50)], None, "and 30 more"),
        (["", ""], None, "No row has an outcome."),
        (["ja", "nein"], " ", "An empty value cannot mean won."),
    ],
)
def test_which_value_cannot_be_told(values: list[str], asked: str | None, says: str) -> None:
    with pytest.raises(BadInput, match="column Ergebnis") as caught:
        read_outcomes(values, asked, column="Ergebnis")
    assert says in str(caught.value)


def test_a_time_that_gives_no_order_is_named_with_its_row() -> None:
    columns = leads(200)
    columns["Eingang"][6] = "bald"
    with pytest.raises(BadInput, match="row 8, column Eingang: “bald” is not a date or number"):
        backtest_leads(table(columns), outcome="Ergebnis", time="Eingang")
    with pytest.raises(BadInput, match=r"column Region: .*--time row"):
        backtest_leads(table(columns), outcome="Ergebnis", time="Region")
