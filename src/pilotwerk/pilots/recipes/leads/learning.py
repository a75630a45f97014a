"""What is learned for leads, kept as plain data: the decided leads, from which the same model is made again.

The model's parts belong to a library; its files would have to be pickled. So a version holds what it was learned from,
and reading it learns once more: same rows, same seed, same model (docs/adr/0006).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded import storage
from pilotwerk.pilots.recipes.base import Learned, Sheet
from pilotwerk.pilots.recipes.columns import known_columns
from pilotwerk.pilots.recipes.leads.backtest import LeadTable, Prepared, backtest_leads, prepare
from pilotwerk.pilots.recipes.leads.calibration import Calibration
from pilotwerk.pilots.recipes.leads.columns import Column, Kind, read_column, value_reader
from pilotwerk.pilots.recipes.leads.incoming import WORDS, is_staff, outcome_column
from pilotwerk.pilots.recipes.leads.model import LeadModel, Reason, calibrated, fit
from pilotwerk.pilots.recipes.leads.outcome import Outcomes, read_outcomes
from pilotwerk.pilots.recipes.leads.validation import WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pilotwerk.pilots.recipes.leads.validation import Scored

KIND = "leads"
# The best fifth is called first, the better half next: from the scores that past leads got unseen.
HIGH, MEDIUM = 0.8, 0.5
PRIORITIES = ("high", "medium", "low")
# They name one lead and say nothing about another.
OWN = ("lead", "mail", "name", "notes", "opt_out")


@dataclass(frozen=True, slots=True)
class LeadVersion:
    """The model again, how single values are read for it, and from which probability on a lead counts as what."""

    model: LeadModel
    readers: tuple[tuple[Column, Callable[[str], float]], ...]
    time_column: str
    moment: Callable[[str], float] | None
    edges: tuple[float, float]
    classes: tuple[Mapping[str, Any], ...]
    version: str

    def judge(self, values: Mapping[str, str], today: float) -> tuple[float, str, tuple[Reason, ...]]:
        """Probability of being won (0..1), priority, and what speaks for or against. `today` is in days since 1970."""

        import numpy as np

        at = self.moment(values.get(self.time_column, "")) if self.moment else today
        at = today if np.isnan(at) else at
        columns = []
        for column, read in self.readers:
            value = read(values.get(column.name, ""))
            dated = column.kind is Kind.DATE and self.moment is not None
            labels = column.labels
            if column.is_label and value >= len(labels):
                # A value that was never seen: its own text, so that reasons can name it.
                labels = (*labels, values[column.name])
                value = float(len(labels) - 1)
            columns.append(replace(column, values=np.array([value - at if dated else value]), labels=labels))
        share = float(self.model.score(columns)[0])
        priority = (
            PRIORITIES[0]
            if share >= self.edges[0]
            else PRIORITIES[1]
            if share >= self.edges[1]
            else PRIORITIES[2]
        )
        return share, priority, self.model.reasons(columns, 0)


def learn(sheet: Sheet, options: Mapping[str, Any], folder: Path, *, seed: int) -> Learned | CannotTell:
    """Tests for leaks, judges on the past, and keeps what a model needs. Raises BadInput."""
    outcome = outcome_column(sheet.columns, options)
    if outcome is None:
        raise BadInput(_("No column says what became of a lead. Name it in the set-up."), file=sheet.file)
    left_out, table = _without_people(sheet, outcome)
    won = str(options.get("won") or "") or None
    facts = backtest_leads(table, outcome=outcome, won=won, seed=seed)
    if isinstance(facts, CannotTell):
        return facts
    outcomes = read_outcomes(table.column(outcome), won, column=outcome)
    prepared = prepare(table, outcomes, outcome=outcome, time=None, group=None, seed=seed)
    leaking = {leak["column"] for leak in facts["leaks"]}
    clean = [column for column in prepared.columns if column.usable and column.name not in leaking]
    stored = _stored(table, outcomes, prepared, [column.name for column in clean], prepared.scored(clean))
    version = storage.content_hash(stored)[:16]
    storage.write(stored, folder / version, kind=KIND)
    facts.pop("seconds")
    classes = stored.plain["classes"]
    return Learned(version, {**facts, "outcome": outcome, "people": left_out, "classes": classes})


def _without_people(sheet: Sheet, outcome: str) -> tuple[list[str], LeadTable]:
    """The table without columns that name people of the team, or one lead only."""
    places = known_columns(sheet.columns, {name: WORDS[name] for name in OWN})
    staff = [name for name in sheet.columns if is_staff(name) and name != outcome]
    kept = [
        place
        for place, name in enumerate(sheet.columns)
        if name == outcome or (place not in places.values() and name not in staff)
    ]
    cells = tuple([row[1][place] for row in sheet.rows] for place in kept)
    return staff, LeadTable(tuple(sheet.columns[p] for p in kept), cells, [row[0] for row in sheet.rows])


def _stored(
    table: LeadTable, outcomes: Outcomes, prepared: Prepared, names: list[str], scored: Scored
) -> storage.Stored:
    import numpy as np

    places = prepared.order.places if prepared.order.known else np.arange(len(outcomes.decided))
    kept = outcomes.decided[places][-WINDOW:]
    truth, shares = prepared.won[scored.places], scored.probabilities
    high, medium = (float(np.quantile(shares, level)) for level in (HIGH, MEDIUM))
    inside = {
        "high": shares >= high,
        "medium": (shares < high) & (shares >= medium),
        "low": shares < medium,
    }
    calibration = scored.models[-1].calibration
    # Ages of dates are counted from the lead's own time only where that is a date.
    time = (prepared.order.column or "") if prepared.order.days is not None else ""
    plain = {
        "names": names,
        "cells": [[table.column(name)[place] for place in kept] for name in names],
        "time": time,
        "times": [table.column(time)[place] for place in kept] if time else [],
        "seed": prepared.seed,
        "calibration": [calibration.shift, calibration.slope],
        "edges": [high, medium],
        "classes": [
            {"name": name, "leads": int(rows.sum()), "won": int(truth[rows].sum())}
            for name, rows in inside.items()
        ],
    }
    return storage.Stored(plain, {"won": prepared.won[-WINDOW:]})


@lru_cache(maxsize=4)
def loaded(folder: Path) -> LeadVersion:
    """The version kept in `folder`, learned again from its rows. Raises BadInput when its files were changed."""
    stored, found = storage.read(folder, kind=KIND)
    plain: Any = stored.plain
    won: Any = stored.arrays["won"]
    raw = [read_column(name, cells) for name, cells in zip(plain["names"], plain["cells"], strict=True)]
    moment, days = None, None
    if plain["time"]:
        times = read_column(plain["time"], plain["times"])
        moment, days = value_reader(times, plain["times"]), times.values
    chosen = [
        (column.days_since(days), cells)
        for column, cells in zip(raw, plain["cells"], strict=True)
        if column.usable
    ]
    columns = [column for column, _ in chosen]
    model = calibrated(fit(columns, won, seed=plain["seed"]), Calibration(*plain["calibration"]))
    readers = tuple((column, value_reader(column, cells)) for column, cells in chosen)
    edges = (plain["edges"][0], plain["edges"][1])
    return LeadVersion(model, readers, plain["time"], moment, edges, tuple(plain["classes"]), found[:16])
