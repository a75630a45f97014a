"""What the facts page shows: few bars, honest labels, a map that says what it leaves out."""

import datetime as dt
from typing import Any

from pilotwerk.processes import pictures
from pilotwerk.processes.domain.findings import Finding, finding_from, of_rejections
from pilotwerk.processes.domain.map import MOST_EDGES, dot, draw, wrapped
from pilotwerk.processes.domain.messages import TEXTS, Rejection
from pilotwerk.processes.texts import say


def edge(source: str, target: str, cases: int, share: float) -> dict[str, Any]:
    return {
        "from": source,
        "to": target,
        "count": cases,
        "cases": cases,
        "median_days": 0.5,
        "share_of_waiting": share,
    }


def node(name: str, starts: int = 0) -> dict[str, Any]:
    return {"activity": name, "count": 100, "cases": 100, "starts": starts, "ends": 0}


FACTS: dict[str, Any] = {
    "cases": 100,
    "events": 300,
    "directly_follows_edges": 3,
    "map": {
        "nodes": [node('Ein"gang\\', starts=100), node("Antwort"), node("Abschluss")],
        "edges": [
            edge('Ein"gang\\', "Antwort", 100, 0.7),
            edge("Antwort", "Abschluss", 99, 0.29),
            edge("Antwort", "Antwort", 1, 0.01),
        ],
    },
}


def test_rare_ways_are_left_out_and_counted() -> None:
    drawn = draw(FACTS)
    assert drawn is not None
    assert [(way.source, way.target, way.hot) for way in drawn.ways] == [
        ('Ein"gang\\', "Antwort", True),
        ("Antwort", "Abschluss", True),
    ]
    assert (drawn.left_out, drawn.left_out_count) == (1, 1)
    assert draw({"cases": 1, "events": 1, "map": {"nodes": [], "edges": []}}) is None


def test_a_map_of_everything_is_cut_where_nobody_could_read_it() -> None:
    edges = [edge(f"a{i}", f"a{i + 1}", 100, 0.01) for i in range(100)]
    nodes = [node(f"a{i}") for i in range(101)]
    facts = {**FACTS, "directly_follows_edges": 100, "map": {"nodes": nodes, "edges": edges}}
    drawn = draw(facts)
    assert drawn is not None
    assert len(drawn.ways) == MOST_EDGES
    assert drawn.left_out == 100 - MOST_EDGES


def test_names_cannot_break_out_of_their_label() -> None:
    drawn = draw(FACTS)
    assert drawn is not None
    text = dot(drawn, number=str, wait=str)
    assert '[label="Ein\\"gang\\\\\\n100", class="start"]' in text
    assert text.count("->") == 2


def test_long_names_are_wrapped() -> None:
    assert wrapped("Reklamation prüfen und Rückruf vereinbaren") == [
        "Reklamation prüfen und",
        "Rückruf vereinbaren",
    ]
    assert wrapped("x" * 40) == ["x" * 29 + "…"]
    assert len(wrapped("eins zwei drei vier " * 10)) == 3
    assert wrapped(" ") == ["–"]


def test_long_ways_are_said_in_few_words() -> None:
    assert pictures.path_text(["A", "B", "B", "B", "C"]) == "A → B ×3 → C"
    assert pictures.path_text([f"a{i}" for i in range(12)]).endswith("a7 → 4 weitere")


def test_weeks_stand_out_from_a_quarter_above_the_median() -> None:
    monday = dt.date(2026, 4, 6)
    counts = [8, 8, 8, 10, 8]
    weeks = pictures.weeks(
        {
            "weeks": [
                {"week": str(monday + dt.timedelta(days=7 * i)), "cases": count}
                for i, count in enumerate(counts)
            ],
            "cases_per_week": {"median": 8.0, "p90": 9.2},
        }
    )
    assert weeks is not None
    assert [bar.high for bar in weeks.bars] == [False, False, False, True, False]
    assert weeks.limit == 10
    assert sum(span for _, span in weeks.labels) == 5
    assert pictures.weeks({"weeks": []}) is None


def test_classes_are_labelled_without_needless_decimals() -> None:
    stored = [
        {"lower_days": None, "upper_days": 1 / 24, "cases": 1, "share": 0.25},
        {"lower_days": 1 / 24, "upper_days": 4 / 24, "cases": 2, "share": 0.5},
        {"lower_days": 8 / 24, "upper_days": 1.0, "cases": 0, "share": 0.0},
        {"lower_days": 1.0, "upper_days": 2.0, "cases": 0, "share": 0.0},
        {"lower_days": 2.0, "upper_days": None, "cases": 1, "share": 0.25},
    ]
    labels = [one.label.replace("\u00a0", " ") for one in pictures.classes({"duration_classes": stored})]
    assert labels == ["unter 1 Std.", "1 bis 4 Std.", "8 Std. bis 1 Tag", "1 bis 2 Tage", "2 Tage und mehr"]


def test_rejections_are_gathered_by_reason_and_column() -> None:
    rejected = [Rejection(row, "Zeitpunkt", "row.missing") for row in (3, 5, 8, 9)]
    found = of_rejections([*rejected, Rejection(4, None, "row.short", {"found": "1", "expected": "2"})])
    assert found[0] == Finding("row.missing", "Zeitpunkt", 4, (3, 5, 8))
    assert finding_from(found[0].as_json()) == found[0]
    assert found[0].severity == "warning"
    [row, _] = pictures.found({"findings": [one.as_json() for one in found]})
    assert (row.title, row.rows, row.effect) == (
        "Der Wert fehlt",
        "3, 5, 8 und 1 weitere",
        "nicht übernommen",
    )


def test_every_reason_can_be_said_in_german() -> None:
    names = [
        "value",
        "found",
        "expected",
        "column",
        "limit",
        "detail",
        "reason",
        "row",
        "count",
        "seconds",
        "word",
    ]
    values = dict.fromkeys(names, "x")
    for code in TEXTS:
        assert say(code, values) != TEXTS[code] % values
