"""What ranking leads would have reached on a company's own past, before any pilot starts."""

from __future__ import annotations

import time as clock
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded.calibration import expected_calibration_error
from pilotwerk.pilots.recipes.leads.alone import Past
from pilotwerk.pilots.recipes.leads.calibration import auc, auc_within, lift_top_decile
from pilotwerk.pilots.recipes.leads.columns import Column, Kind, read_column
from pilotwerk.pilots.recipes.leads.deciding import deciding
from pilotwerk.pilots.recipes.leads.encoding import Encoding
from pilotwerk.pilots.recipes.leads.leaks import Findings, find_leaks
from pilotwerk.pilots.recipes.leads.order import Order, find_order, group_of
from pilotwerk.pilots.recipes.leads.outcome import Outcomes, read_outcomes
from pilotwerk.pilots.recipes.leads.validation import FOLDS, WINDOW, Scored, crossed, in_time, step_of
from pilotwerk.pilots.recipes.leads.wording import UNUSED
from pilotwerk.processes.domain.values import is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Flags, Floats

LEAST_ROWS = 100
LEAST_OF_EACH = 30
# A stretch of time within which the leakage tests compare leads: a tenth of the rows within these bounds.
STRETCH = (200, 1000)
LATEST_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class LeadTable:
    """A table as it was read: texts column by column, and the number of each row as a person counts."""

    names: tuple[str, ...]
    cells: tuple[Sequence[str], ...]
    rows: Sequence[int]

    def column(self, name: str) -> Sequence[str]:
        return self.cells[self.names.index(name)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Decided leads in their order, with what is known about them."""

    columns: tuple[Column, ...]
    unused: dict[str, str]
    won: Flags
    order: Order
    groups: NDArray[np.int64] | None
    grouped_by: str | None
    open_filled: dict[str, float]
    open_rows: int
    seed: int

    def past(self) -> Past:
        """For the leakage tests, with stretches of time where there is an order."""
        import numpy as np

        size = int(np.clip(len(self.won) // 10, *STRETCH))
        places = (
            np.arange(len(self.won)) // size if self.order.known else np.zeros(len(self.won), dtype=np.int64)
        )
        return Past(self.won, places, self.seed)

    def scored(self, columns: Sequence[Column]) -> Scored:
        if self.order.known:
            return in_time(columns, self.won, moments=self.order.moments, seed=self.seed)
        return crossed(columns, self.won, groups=self.groups, seed=self.seed)


def backtest_leads(
    table: LeadTable,
    *,
    outcome: str,
    won: str | None = None,
    time: str | None = None,
    group: str | None = None,
    seed: int = 1,
) -> dict[str, Any] | CannotTell:
    """The figures of `pilotwerk backtest leads`.

    `time` is a column, "row" (the rows stand in order of time), "none" (they do not) or None (find out). With an
    order in time, each lead is scored by a model of earlier leads, else by cross-validation in which leads of the
    same `group` stay together. Leaking columns are left out. Raises `BadInput` with row and column.
    """
    began = clock.perf_counter()
    outcomes = read_outcomes(table.column(outcome), won, column=outcome)
    missing = too_few(len(outcomes.won), int(outcomes.won.sum()))
    if missing is not None:
        return missing
    prepared = prepare(table, outcomes, outcome=outcome, time=time, group=group, seed=seed)
    findings = find_leaks(
        prepared.columns, prepared.past(), open_filled=prepared.open_filled, open_rows=prepared.open_rows
    )
    judged = _judged(prepared, findings)
    if isinstance(judged, CannotTell):
        return judged
    return {
        "rows": len(prepared.won),
        "won_share": float(prepared.won.mean()),
        "won_value": outcomes.value,
        "open_rows": prepared.open_rows,
        **judged,
        "seconds": round(clock.perf_counter() - began, 2),
        "seed": seed,
    }


def _judged(prepared: Prepared, findings: Findings) -> dict[str, Any] | CannotTell:
    """The figures without the leaking columns, and the one with them for comparison."""
    leaking = {leak.column for leak in findings.leaks}
    clean = [column for column in prepared.columns if column.usable and column.name not in leaking]
    if not clean:
        return CannotTell("No column is left that is known before the outcome.")
    scored = prepared.scored(clean)
    truth = prepared.won[scored.places]
    missing = too_few(len(truth), int(truth.sum()), scored_only=True)
    if missing is not None:
        return missing
    everything = [column for column in prepared.columns if column.usable or _countable(column, leaking)]
    leaky = prepared.scored(everything) if leaking else scored
    return {
        **_figures(scored, prepared),
        "auc_with_leaks": auc(leaky.probabilities, prepared.won[leaky.places]),
        "baseline": _baseline(clean, prepared, scored),
        **_findings(findings),
        "unused": [
            {"column": name, "reason": UNUSED[why][0], "reason_de": UNUSED[why][1]}
            for name, why in prepared.unused.items()
            if name not in leaking
        ],
        "decides": deciding(clean, prepared.won, scored, seed=prepared.seed),
    }


def too_few(rows: int, wins: int, *, scored_only: bool = False) -> CannotTell | None:
    """Why so few leads allow no figure; None where they suffice."""
    if rows >= LEAST_ROWS and min(wins, rows - wins) >= LEAST_OF_EACH:
        return None
    where = "After the first model, there are" if scored_only else "There are"
    return CannotTell(
        f"{where} {rows} decided leads, {wins} of them won. A figure that holds needs at least {LEAST_ROWS}, with"
        f" {LEAST_OF_EACH} won and {LEAST_OF_EACH} lost."
    )


def prepare(
    table: LeadTable, outcomes: Outcomes, *, outcome: str, time: str | None, group: str | None, seed: int
) -> Prepared:
    """Reads the columns of the decided leads, finds their order and sorts them by it."""
    import numpy as np

    decided = outcomes.decided
    cells = {
        name: [part[place] for place in decided] for name, part in zip(table.names, table.cells, strict=True)
    }
    columns = [read_column(name, cells[name]) for name in table.names if name != outcome]
    order = find_order(columns, cells, [table.rows[place] for place in decided], time)
    grouped = group_of(columns, group)
    unused = {column.name: str(column.kind) for column in columns if not column.usable}
    if grouped is not None:
        unused[grouped.name] = "group"
    if order.column is not None:
        unused[order.column] = "time"
    places = order.places if order.known else np.arange(len(decided))
    kept = [
        column.days_since(order.days).rows(places)
        for column in columns
        if column.name not in {order.column, grouped.name if grouped else None}
    ]
    undecided = np.setdiff1d(np.arange(len(table.rows)), decided)
    return Prepared(
        columns=tuple(kept),
        unused=unused,
        won=outcomes.won[places],
        order=replace(order, moments=None if order.moments is None else order.moments[places]),
        groups=None if grouped is None else _groups(grouped, places),
        grouped_by=grouped.name if grouped else None,
        open_filled={column.name: _filled(table.column(column.name), undecided) for column in kept},
        open_rows=len(undecided),
        seed=seed,
    )


def _filled(cells: Sequence[str], places: NDArray[np.int64]) -> float:
    return sum(not is_missing(cells[place]) for place in places) / len(places) if len(places) else 0.0


def _groups(column: Column, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each group; rows without one are groups of their own."""
    import numpy as np

    values = column.values[places].copy()
    lonely = np.isnan(values)
    values[lonely] = np.nanmax(values, initial=0.0) + 1 + np.arange(int(lonely.sum()))
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _countable(column: Column, leaking: set[str]) -> bool:
    """A leaking number of the rows: a model could have learned from it."""
    return column.name in leaking and column.kind is Kind.IDENTIFIER and not column.labels


def _figures(scored: Scored, prepared: Prepared) -> dict[str, Any]:
    truth = prepared.won[scored.places]
    shares = scored.probabilities
    known = prepared.order.known
    how = (
        {"refits": len(scored.models), "step": step_of(len(prepared.won)), "window": WINDOW}
        if known
        else {"folds": FOLDS}
    )
    return {
        "validation": "time" if known else "cross",
        "order": prepared.order.words,
        "grouped_by": None if known else prepared.grouped_by,
        **how,
        "scored_rows": len(truth),
        "auc": auc(shares, truth),
        "auc_same_time": _or_none(auc_within(shares, truth, scored.blocks)) if known else None,
        "brier": float(((shares - truth) ** 2).mean()),
        "brier_of_the_mean": float(truth.mean() * (1 - truth.mean())),
        "ece": expected_calibration_error(shares, truth),
        "lift_top_decile": lift_top_decile(shares, truth),
    }


def _baseline(columns: Sequence[Column], prepared: Prepared, scored: Scored) -> dict[str, Any]:
    """Plain logistic regression: trained once before the latest fifth and never again, or in the same folds."""
    import numpy as np

    count = len(prepared.won)
    if prepared.order.known:
        cut = round(count * (1 - LATEST_SHARE))
        latest = np.arange(cut, count)
        ours = scored.places >= cut
        plain = _logistic(columns, prepared.won, np.arange(cut), latest)
        truth = prepared.won[latest]
        name = "logistic regression, trained once, on the latest fifth"
        own = auc(scored.probabilities[ours], prepared.won[scored.places[ours]])
        return {"method": name, "auc": _or_none(auc(plain, truth)), "pilotwerk": _or_none(own)}
    plain = np.zeros(count)
    for fold in np.unique(scored.blocks):
        rest, tested = np.flatnonzero(scored.blocks != fold), np.flatnonzero(scored.blocks == fold)
        plain[tested] = _logistic(columns, prepared.won, rest, tested)
    own = auc(scored.probabilities, prepared.won[scored.places])
    return {"method": "logistic regression, same folds", "auc": auc(plain, prepared.won), "pilotwerk": own}


def _logistic(
    columns: Sequence[Column], won: Flags, rows: NDArray[np.int64], tested: NDArray[np.int64]
) -> Floats:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if won[rows].all() or not won[rows].any():
        return np.zeros(len(tested))
    train = [column.rows(rows) for column in columns]
    encoding = Encoding.learn(train)
    model = LogisticRegression(max_iter=500).fit(encoding.linear(train), won[rows])
    result: Floats = model.decision_function(encoding.linear([column.rows(tested) for column in columns]))
    return result


def _or_none(value: float) -> float | None:
    return None if value != value else value


def _findings(findings: Findings) -> dict[str, Any]:
    return {
        "leaks": [
            {
                "column": leak.column,
                "reason": leak.reason("en"),
                "reason_de": leak.reason("de"),
                "test": leak.test,
                "auc_alone": leak.alone,
            }
            for leak in findings.leaks
        ],
        "cleared": [
            {"column": one.column, "reason": one.reason("en"), "reason_de": one.reason("de")}
            for one in findings.cleared
        ],
    }
