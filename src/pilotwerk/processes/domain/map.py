"""The process map: which ways are drawn, and their description for Graphviz. Colours come from the style
sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Ways taken by fewer cases are left out and counted; beyond so many arrows nobody reads a map.
RARE_SHARE = 0.02
MOST_EDGES = 30
# The steps of the slider: the most frequent way alone, then ever rarer ways, at last all that are stored.
LEVELS: tuple[float | None, ...] = (None, 0.2, 0.05, RARE_SHARE, 0.0)
USUAL_LEVEL = LEVELS.index(RARE_SHARE)
MOST_OF_ALL = 150
HOT_EDGES = 2
LINE = 22
# Keeps a label off its arrow; ordinary spaces are dropped.
GAP = "\u00a0\u00a0"


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow of the map: transitions from one step to the next. Median wait in days."""

    source: str
    target: str
    count: int
    cases: int
    median_days: float | None
    share_of_waiting: float | None
    hot: bool = False


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """What is drawn. `left_out` ways with `left_out_count` transitions are not."""

    nodes: tuple[Mapping[str, Any], ...]
    ways: tuple[Way, ...]
    left_out: int
    left_out_count: int


def draw(facts: Mapping[str, Any], level: int = USUAL_LEVEL) -> ProcessMap | None:
    """The map of an event log's facts; None where there is no step that follows another.

    `level` is a place in `LEVELS`: how rare a way may be to be drawn.
    """
    stored = facts.get("map") or {}
    edges: Sequence[Mapping[str, Any]] = stored.get("edges") or ()
    if not edges:
        return None
    cases = facts["cases"]
    kept = _kept(facts, edges, LEVELS[level]) or list(edges[:1])
    slowest = sorted(kept, key=lambda edge: -(edge["share_of_waiting"] or 0.0))[:HOT_EDGES]
    hot = {(edge["from"], edge["to"]) for edge in slowest if (edge["share_of_waiting"] or 0.0) >= 0.1}
    ways = tuple(
        Way(
            edge["from"],
            edge["to"],
            edge["count"],
            edge["cases"],
            edge["median_days"],
            edge["share_of_waiting"],
            (edge["from"], edge["to"]) in hot,
        )
        for edge in kept
    )
    shown = {way.source for way in ways} | {way.target for way in ways}
    nodes = tuple(node for node in stored["nodes"] if node["activity"] in shown)
    drawn = sum(way.count for way in ways)
    transitions = facts["events"] - cases
    return ProcessMap(nodes, ways, facts["directly_follows_edges"] - len(ways), transitions - drawn)


def _kept(
    facts: Mapping[str, Any], edges: Sequence[Mapping[str, Any]], share: float | None
) -> list[Mapping[str, Any]]:
    if share is None:
        main = (facts.get("top_variants") or [{"activities": []}])[0]["activities"]
        steps = set(pairwise(main))
        return [edge for edge in edges if (edge["from"], edge["to"]) in steps]
    most = MOST_OF_ALL if share == 0.0 else MOST_EDGES
    return [edge for edge in edges if edge["cases"] >= share * facts["cases"]][:most]


def wrapped(name: str) -> list[str]:
    """A long name in lines; a name without spaces is cut, with an ellipsis."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) + 1 <= LINE:
            lines[-1] += " " + word
        else:
            lines.append(word if len(word) <= LINE + 8 else word[: LINE + 7] + "…")
    return [*lines[:2], lines[2] + " …"] if len(lines) > 3 else lines or ["–"]


def _quoted(lines: Sequence[str]) -> str:
    """Lines as a label of Graphviz: a backslash and a quote in a name stay what they are."""
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + "\\n".join(escaped) + '"'


def dot(
    drawn: ProcessMap,
    *,
    number: Callable[[int], str],
    wait: Callable[[float | None], str],
) -> str:
    """The map in Graphviz's language. Nodes and arrows carry classes: start, hot."""
    names = {node["activity"]: f"n{i}" for i, node in enumerate(drawn.nodes)}
    most = max((way.count for way in drawn.ways), default=1)
    lines = [
        "digraph {",
        'graph [rankdir=TB, bgcolor="transparent", nodesep=0.3, ranksep=0.45, margin=0.05]',
        'node [shape=box, style="rounded", fontname="Helvetica", fontsize=10, margin="0.16,0.08"]',
        'edge [fontname="Helvetica", fontsize=9, arrowsize=0.7]',
    ]
    for node in drawn.nodes:
        kind = "start" if node["starts"] >= node["count"] / 2 else "step"
        label = _quoted([*wrapped(node["activity"]), number(node["count"])])
        lines.append(f'{names[node["activity"]]} [label={label}, class="{kind}"]')
    for way in drawn.ways:
        # A thick line on a small loop is a blot.
        width = min(1 + 5 * way.count / most, 2.0 if way.source == way.target else 6.0)
        label = _quoted([GAP + number(way.count), GAP + wait(way.median_days)])
        style = ', class="hot", style="dashed"' if way.hot else ""
        lines.append(
            f"{names[way.source]} -> {names[way.target]} [label={label}, penwidth={width:.1f}{style}]"
        )
    return "\n".join([*lines, "}"])
