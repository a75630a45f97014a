"""Preparing a report: which columns it speaks of, what it would have been, and what its check lets through."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pilotwerk.pilots.providers.embedded import storage
from pilotwerk.pilots.recipes.base import Learned, Sheet
from pilotwerk.pilots.recipes.reports.backtest import backtest_report
from pilotwerk.pilots.recipes.reports.prepare import SAMPLE, prepare
from pilotwerk.pilots.recipes.reports.spec import Spec
from pilotwerk.pilots.recipes.reports.table import Table
from pilotwerk.processes.domain.guess import profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KIND = "reports"
SETTINGS = ("title", "time", "measures", "dimensions", "frequency", "rows_name")
# A share of rows with one value can be chosen for columns with at most so many values.
MOST_VALUES = 12


def table_in(sheet: Sheet) -> Table:
    """A table that was handed in, by columns. Rows of another length than the head count as broken."""
    width = len(sheet.columns)
    rows = [(number, cells) for number, cells in sheet.rows if len(cells) == width]
    return Table.of(sheet.file, sheet.columns, rows, len(sheet.rows) - len(rows))


def learn(sheet: Sheet, options: Mapping[str, Any], zone: str, folder: Path) -> Learned:
    """Completes what a person chose, tries it on past periods, and keeps it. Raises `BadInput` naming the column."""
    table = table_in(sheet)
    chosen = {name: options[name] for name in SETTINGS if options.get(name)}
    if "measures" in chosen and "dimensions" not in chosen:
        # Figures were chosen and no groups: then there are none, and none is guessed.
        chosen["dimensions"] = []
    spec = prepare(table, {**chosen, "zone": zone})
    facts = backtest_report(table, spec, language=options.get("language") or "de")
    facts.pop("seconds")
    stored = storage.Stored(spec.as_json())
    version = storage.content_hash(stored)[:16]
    storage.write(stored, folder / version, kind=KIND)
    return Learned(version, {**facts, "title": spec.title, "columns": offered(table)})


def offered(table: Table) -> list[dict[str, Any]]:
    """What each column can serve for: {name, times, numbers, values}; `values` only where there are few."""
    found = []
    for name, column in table.columns.items():
        seen = profile(name, column.values[:SAMPLE])
        few = 2 <= len(column.values) <= MOST_VALUES
        found.append(
            {
                "name": name,
                "times": seen.times >= 0.8,
                "numbers": bool(column.values) and seen.numbers >= 0.8 and seen.times < 0.5,
                "values": sorted(column.values) if few and seen.numbers < 0.5 else [],
            }
        )
    return found


@lru_cache(maxsize=16)
def loaded(folder: Path) -> tuple[Spec, str]:
    """The specification kept in `folder` and its version. Raises `BadInput` when its file was changed."""
    stored, found = storage.read(folder, kind=KIND)
    return Spec.from_json(stored.plain), found[:16]


def serves(sheet: Sheet, spec: Spec) -> None:
    """Raises `BadInput` where a newer table lacks a column of the report, or holds no date that can be read."""
    from pilotwerk.pilots.recipes.reports.cube import cube_of

    cube_of(table_in(sheet), spec)
