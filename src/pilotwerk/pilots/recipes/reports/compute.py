"""From a table to the facts of one period."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports.calendar import HISTORY, Rhythm, days_in, last_whole, year_before
from pilotwerk.pilots.recipes.reports.contributions import contributions
from pilotwerk.pilots.recipes.reports.cube import EMPTY, Cell, Cube, cells, cube_of
from pilotwerk.pilots.recipes.reports.facts import PERCENT, POINTS, REST, Fact, Facts, Outlier, Part, Role
from pilotwerk.pilots.recipes.reports.outliers import Usual, median, streak, trend, usual_range
from pilotwerk.pilots.recipes.reports.spec import Kind, Measure, Spec
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.table import Table

# A percentage needs something to be of: rows in both periods, and a base that is no remnant of the usual.
LEAST_ROWS = 10
TINY = Fraction(1, 10)
MOST_PARTS = 30
TESTED_PARTS = 20

Cells = dict[tuple[int, int], Cell]


def compute(
    table: Table,
    spec: Spec,
    period: int | None = None,
    *,
    today: date | None = None,
    earlier: Facts | None = None,
) -> Facts:
    """The facts of the period with this number (see `Frequency.number`); by default of the newest whole one.

    `today` is the day in the company's zone: a period that holds it is not over. `earlier` are the facts of the report
    before: what was added to its periods since then is named. Raises `BadInput` where the table has no such period.
    """
    return compute_from(cube_of(table, spec), table, period, today=today, earlier=earlier)


def compute_from(
    cube: Cube,
    table: Table,
    period: int | None = None,
    *,
    today: date | None = None,
    earlier: Facts | None = None,
) -> Facts:
    """As `compute`, from a table that has been read already: for several periods in a row."""
    spec, rhythm = cube.spec, Rhythm(cube)
    chosen = last_whole(rhythm, cube.first, cube.last, today) if period is None else period
    if not cube.first <= chosen <= cube.last:
        known = f"{spec.frequency.label(cube.first)} to {spec.frequency.label(cube.last)}"
        raise BadInput(
            f"There are no rows for {spec.frequency.label(chosen)}; the data hold {known}.", file=table.file
        )
    return _Builder(cube, rhythm, chosen, today).build(table, earlier)


class _Builder:
    """Collects the facts of one period, in the order in which they are numbered."""

    def __init__(self, cube: Cube, rhythm: Rhythm, period: int, today: date | None) -> None:
        self.cube, self.spec, self.rhythm, self.period = cube, cube.spec, rhythm, period
        self.facts: list[Fact] = []
        self.outliers: list[Outlier] = []
        whole = {one: rhythm.is_whole(one, today) for one in range(cube.first, cube.last + 1)}
        self.whole = {one for one, is_whole in whole.items() if is_whole}
        self.complete = period in self.whole
        self.until = min(cube.last_day, today) if today else cube.last_day
        bases = (period - 1, year_before(self.spec.frequency, period))
        self.bases = [one for one in bases if one is not None and one in self.whole and self.complete]
        self.shown = [one for one in range(period - HISTORY + 1, period + 1) if one >= cube.first]

    def add(self, role: Role, value: Fraction | int, **given: Any) -> Fact:
        fact = Fact(f"f{len(self.facts) + 1}", role, Fraction(value), **given)
        self.facts.append(fact)
        return fact

    def build(self, table: Table, earlier: Facts | None) -> Facts:
        missing = self._coverage(table)
        trends = []
        totals = {one.key: cells(self.cube, one) for one in self.spec.measures}
        for measure in self.spec.measures:
            sign = self._whole(measure, totals[measure.key])
            trends += [(measure.key, sign)] if sign else []
        by_part = {
            (place, one.key): cells(self.cube, one, place)
            for place in range(len(self.spec.dimensions))
            for one in self.spec.measures
        }
        for (place, key), found in by_part.items():
            self._parts(self.spec.measure(key), place, found, totals[key])
        tested = self._outliers(totals, by_part)
        if earlier is not None:
            self._late(earlier, totals)
        return Facts(
            self.spec,
            self.period,
            tuple(self.facts),
            self.complete,
            self.until.isoformat(),
            tuple(sorted(self.whole)),
            tuple(self.outliers),
            tested,
            tuple(day.isoformat() for day in missing),
            tuple(trends),
        )

    def _coverage(self, table: Table) -> list[date]:
        """Days that are covered, days without rows, rows and cells that could not be used."""
        days = days_in(self.spec.frequency, self.period)
        covered = [day for day in days if self.cube.first_day <= day <= self.until]
        missing = self.rhythm.missing(self.period)
        self._count("days", len(days))
        self._count("days_covered", len(covered))
        self._count("history", len(self.shown))
        if missing:
            self._count("days_missing", len(missing))
        if self.cube.undated + table.rejected:
            self._count("rows_undated", self.cube.undated + table.rejected)
        inside = self.cube.periods == self.period
        for key, numbers in self.cube.numbers.items():
            empty = int((inside & ~numbers.known).sum())
            if empty:
                self._count("cells_empty", empty, measure=key)
        return missing

    def _count(self, what: str, value: int, **given: Any) -> None:
        self.add(Role.NUMBER, value, what=what, period=self.period, **given)

    def _series(self, measure: Measure, found: Cells, part: int = 0) -> dict[int, Fraction]:
        """The figure of each whole period, and of the reported one. A sum or count of no rows is zero."""
        result = {}
        for one in sorted(self.whole | {self.period}):
            figure = found.get((one, part), EMPTY).figure(measure)
            if figure is not None:
                result[one] = figure
        return result

    def _whole(self, measure: Measure, found: Cells) -> int:
        """Figures, comparisons and trend of the whole; answers the direction of the trend, 0 where there is none."""
        series = self._series(measure, found)
        for one in sorted({*self.shown, *self.bases}):
            if one in series:
                self._value(measure, series[one], period=one)
        self._compare(measure, found, None, 0, series)
        recent = [series[one] for one in self.shown if one in series and one in self.whole]
        if len(recent) < HISTORY or not self.complete:
            return 0
        given = {
            "measure": measure.key,
            "unit": measure.unit,
            "decimals": measure.decimals,
            "period": self.period,
        }
        for role, value in (
            (Role.LOWEST, min(recent)), (Role.HIGHEST, max(recent)), (Role.TYPICAL, median(recent)),
        ):  # fmt: skip
            self.add(role, value, **given)
        in_a_row = streak(recent)
        if abs(in_a_row) >= 3:
            self.add(Role.STREAK, in_a_row, measure=measure.key, period=self.period)
        seen = trend(recent)
        if seen is None:
            return 0
        unit = POINTS if measure.kind is Kind.SHARE else measure.unit
        self.add(Role.SLOPE, seen[0], **{**given, "unit": unit, "decimals": max(measure.decimals, 1)})
        return seen[1]

    def _value(self, measure: Measure, value: Fraction, **given: Any) -> None:
        self.add(
            Role.VALUE, value, measure=measure.key, unit=measure.unit, decimals=measure.decimals, **given
        )

    def _compare(
        self, measure: Measure, found: Cells, part: Part | None, place: int, series: dict[int, Fraction]
    ) -> None:
        """Change, percentage and ratio against the period before and the year before, as far as they say something."""
        now = series.get(self.period)
        for base in self.bases:
            before = series.get(base)
            if now is None or before is None:
                continue
            given = {"measure": measure.key, "part": part, "period": self.period, "base": base}
            unit = POINTS if measure.kind is Kind.SHARE else measure.unit
            self.add(Role.CHANGE, now - before, unit=unit, decimals=measure.decimals, **given)
            rows = (found.get((one, place), EMPTY).rows for one in (self.period, base))
            usual = [abs(series[one]) for one in series if self.period - HISTORY <= one < self.period]
            tiny = before < TINY * median(usual) if usual else False
            if measure.kind is Kind.SHARE or before <= 0 or min(rows) < LEAST_ROWS or tiny:
                continue
            self.add(Role.PERCENT, (now - before) / before * 100, unit=PERCENT, decimals=1, **given)
            if now > 0:
                self.add(Role.RATIO, now / before, decimals=1, **given)

    def _parts(self, measure: Measure, dimension: int, found: Cells, totals: Cells) -> None:
        """Figures, ranks and contributions by part; small parts together are REST, so that all add up."""
        names = self.cube.parts[dimension][0]
        name = self.spec.dimensions[dimension]
        slices = {
            one: {part: cell for (when, part), cell in found.items() if when == one}
            for one in {self.period, *self.bases}
        }
        now = {part: cell.figure(measure) for part, cell in slices[self.period].items()}
        weight = {
            part: max(abs(cells_.get(part, EMPTY).total) for cells_ in slices.values())
            for part in set().union(*slices.values())
        }
        kept = sorted(weight, key=lambda part: (-weight[part], names[part]))[:MOST_PARTS]
        for part in kept:
            series = self._series(measure, found, part)
            for one in sorted({self.period, *self.bases}):
                if one in series:
                    self._value(measure, series[one], period=one, part=(name, names[part]))
            self._compare(measure, found, (name, names[part]), part, series)
        self._standing(
            measure, name, {names[one]: now[one] for one in kept if now.get(one) is not None}, totals
        )
        for base in self.bases:
            self._contributions(measure, name, names, kept, slices[self.period], slices[base], base)

    def _standing(
        self, measure: Measure, dimension: str, figures: dict[str, Fraction | None], totals: Cells
    ) -> None:
        """Rank by figure (equal ones share the better rank), share of the whole, and how many parts there are."""
        known = {part: value for part, value in figures.items() if value is not None}
        whole = totals.get((self.period, 0), EMPTY).figure(measure)
        given: dict[str, Any] = {"measure": measure.key, "period": self.period}
        all_positive = all(value >= 0 for value in known.values())
        for part, value in known.items():
            rank = 1 + sum(other > value for other in known.values())
            self.add(Role.RANK, rank, part=(dimension, part), **given)
            if measure.additive and whole and whole > 0 and all_positive:
                self.add(
                    Role.PART_OF_WHOLE,
                    value / whole * 100,
                    unit=PERCENT,
                    decimals=1,
                    part=(dimension, part),
                    **given,
                )
        self.add(Role.NUMBER, len(known), what="parts", part=(dimension, REST), **given)

    def _contributions(
        self, measure: Measure, dimension: str, names: tuple[str, ...], kept: list[int],
        now: dict[int, Cell], before: dict[int, Cell], base: int,
    ) -> None:  # fmt: skip
        made = contributions(measure, now, before)
        if made is None:
            return
        given: dict[str, Any] = {
            "measure": measure.key, "period": self.period, "base": base,
            "unit": POINTS if measure.kind is Kind.SHARE else measure.unit, "decimals": measure.decimals,
        }  # fmt: skip
        for part in kept:
            if part in made:
                self.add(Role.CONTRIBUTION, made[part], part=(dimension, names[part]), **given)
        left = [value for part, value in made.items() if part not in kept]
        if left:
            self.add(Role.CONTRIBUTION, sum(left, Fraction(0)), part=(dimension, REST), **given)
        for what, count in (
            ("parts_up", sum(value > 0 for value in made.values())),
            ("parts_down", sum(value < 0 for value in made.values())),
        ):
            self.add(
                Role.NUMBER, count, what=what, part=(dimension, REST), measure=measure.key,
                period=self.period, base=base,
            )  # fmt: skip

    def _outliers(self, totals: dict[str, Cells], by_part: dict[tuple[int, str], Cells]) -> int:
        """Tests the whole and the largest parts together; answers how many series that were."""
        if not self.complete:
            return 0
        series: dict[tuple[str, Part | None], dict[int, Fraction]] = {}
        for key, found in totals.items():
            series[key, None] = self._series(self.spec.measure(key), found)
        for (dimension, key), found in by_part.items():
            sizes: dict[int, int] = {}
            for (_, part), cell in found.items():
                sizes[part] = sizes.get(part, 0) + cell.rows
            names, name = self.cube.parts[dimension][0], self.spec.dimensions[dimension]
            for part in sorted(sizes, key=lambda one: -sizes[one])[:TESTED_PARTS]:
                series[key, (name, names[part])] = self._series(self.spec.measure(key), found, part)
        ranges: dict[tuple[str, Part | None], Usual] = {}
        frequency: Frequency = self.spec.frequency
        testable = [one for one in series if usual_range(series[one], self.period, frequency, 1)]
        for one in testable:
            usual = usual_range(series[one], self.period, frequency, len(testable))
            if usual is not None and self.period in series[one]:
                ranges[one] = usual
        for (key, subject), usual in ranges.items():
            value = series[key, subject][self.period]
            if not usual.low <= value <= usual.high:
                self._outlier(self.spec.measure(key), subject, value, usual)
        self._count("series_tested", len(ranges))
        self._count("outliers", len(self.outliers))
        return len(ranges)

    def _outlier(self, measure: Measure, part: Part | None, value: Fraction, usual: Usual) -> None:
        given = {
            "measure": measure.key, "part": part, "period": self.period,
            "unit": measure.unit, "decimals": measure.decimals,
        }  # fmt: skip
        shown = next(
            (one for one in self.facts if one.role is Role.VALUE and one.measure == measure.key
             and one.part == part and one.period == self.period), None,
        ) or self.add(Role.VALUE, value, **given)  # fmt: skip
        low = self.add(Role.USUAL_LOW, usual.low, **given)
        high = self.add(Role.USUAL_HIGH, usual.high, **given)
        self.add(
            Role.NUMBER,
            usual.history,
            what="outlier_history",
            measure=measure.key,
            part=part,
            period=self.period,
        )
        self.outliers.append(
            Outlier(measure.key, part, shown.id, low.id, high.id, usual.history, usual.seasonal)
        )

    def _late(self, earlier: Facts, totals: dict[str, Cells]) -> None:
        """What the earlier report said about periods, where the table says something else today."""
        if earlier.spec.measures != self.spec.measures or earlier.spec.frequency != self.spec.frequency:
            return
        for measure in self.spec.measures:
            for old in earlier.all(Role.VALUE, measure=measure.key, part=None):
                if old.period is None or old.period > earlier.period or old.period == self.period:
                    continue
                now = totals[measure.key].get((old.period, 0), EMPTY).figure(measure)
                if now is not None and now != old.value:
                    given: dict[str, Any] = {
                        "measure": measure.key, "period": old.period,
                        "unit": measure.unit, "decimals": measure.decimals,
                    }  # fmt: skip
                    self.add(Role.VALUE, old.value, what="reported", **given)
                    if self._known(measure.key, old.period) is None:
                        self._value(measure, now, period=old.period)

    def _known(self, measure: str, period: int) -> Fact | None:
        return next(
            (one for one in self.facts if one.role is Role.VALUE and one.measure == measure
             and one.part is None and one.period == period and not one.what), None,
        )  # fmt: skip
