"""Columns that know the outcome. No name convicts a column: a test on the rows must confirm it.

The tests, from the surest to the one that needs a name beside it; thresholds and what they were tried on are in
docs/adr/0011. Strength is the AUC of a column alone, counted out of fold and, where the rows have an order, within
stretches of time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.leads.alone import Past, Strength, bins, plain_area, strengths, together
from pilotwerk.pilots.recipes.leads.columns import Kind
from pilotwerk.pilots.recipes.leads.names import PLAIN, Late, late
from pilotwerk.pilots.recipes.leads.wording import CLEARED, REASONS, late_params, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.leads.columns import Column, Flags

# Alone as good as the outcome itself.
MIRROR = 0.98
# Without a name: so strong alone, and so many times as far from chance as all clearly weaker columns together.
FAR, TIMES = 0.9, 1.25
WEAKER = 0.05
# With a name. A plain one (see `PLAIN`) needs less than one that also occurs for early knowledge, which must be the
# strongest column or add `ADDS_MUCH` AUC to all others; the last thing that happened is always written down late.
PLAIN_NAME, OTHER_NAME, LAST_NAME = 0.65, 0.68, 0.62
SURELY, ADDS, ADDS_MUCH = 0.6, 0.01, 0.05
# Filled so differently in won and lost leads (AUC of "is filled").
PRESENCE = 0.85
# Values after which nearly all leads went one way, among how many of the other way were to be expected, and the share
# of that side that they must cover. A value that rules a sale out is often known early, so it must cover more.
PURE, ENOUGH, COVERED, COVERED_LOST = 0.98, 20, 0.2, 0.6
# Filled in at most this share of the open leads that it would have in decided ones.
OPEN, OPEN_ROWS, OPEN_FILLED = 0.1, 30, 0.1
# Missing in the same rows (Jaccard), and AUC of "is missing": with a leak among the columns, and without one.
SAME_ROWS, FATE, FATE_ALONE = 0.95, 0.55, 0.72
IDENTIFIER = 0.75


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that knows the outcome, by which test, and what the sentence about it says."""

    column: str
    test: str
    alone: float
    params: Mapping[str, object] = field(default_factory=dict)

    def reason(self, language: str = "en") -> str:
        return sentence(REASONS[self.test], self.params, language)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A column whose name sounds late, and that no test found guilty."""

    column: str
    late: Late

    def reason(self, language: str = "en") -> str:
        return sentence(CLEARED, late_params(self.late), language)


@dataclass(frozen=True, slots=True)
class Findings:
    """Strongest leak first."""

    leaks: tuple[Leak, ...]
    cleared: tuple[Cleared, ...]


def find_leaks(
    columns: Sequence[Column],
    past: Past,
    *,
    open_filled: Mapping[str, float] | None = None,
    open_rows: int = 0,
) -> Findings:
    """Tests every column. `open_filled` is the share of `open_rows` undecided leads in which a column is filled."""
    strength = strengths(columns, past)
    found: dict[str, Leak] = {}
    for column in columns:
        leak = (
            _identifier(column, past)
            or _mirror(column, strength[column.name])
            or _presence(column, past, strength[column.name])
            or _pure(column, past, strength[column.name])
            or _open(column, (open_filled or {}).get(column.name), open_rows, strength[column.name])
        )
        if leak:
            found[column.name] = leak
    found |= _fate(columns, past, strength, found)
    found |= _far_better(columns, past, strength, found)
    names = {column.name: name for column in columns if (name := late(column.name)) and column.usable}
    found |= _named(columns, past, strength, names, found)
    found |= _fate(columns, past, strength, found)
    leaks = sorted(found.values(), key=lambda leak: -leak.alone)
    return Findings(tuple(leaks), tuple(Cleared(name, of) for name, of in names.items() if name not in found))


def _of_100(area: float) -> int:
    return round(100 * area)


def _identifier(column: Column, past: Past) -> Leak | None:
    if column.kind is not Kind.IDENTIFIER or column.labels:
        return None
    area = plain_area(column, past.won)
    within = past.area(column.values * (1 if area >= 0.5 else -1))
    within = max(within, 1 - within)
    return (
        Leak(column.name, "identifier", within, {"alone": _of_100(within)}) if within >= IDENTIFIER else None
    )


def _mirror(column: Column, strength: Strength) -> Leak | None:
    if strength.area < MIRROR:
        return None
    return Leak(column.name, "mirror", strength.area, {"alone": _of_100(strength.area)})


def _presence(column: Column, past: Past, strength: Strength) -> Leak | None:
    filled = ~column.missing
    won, lost = float(filled[past.won].mean()), float(filled[~past.won].mean())
    if 0.5 + abs(won - lost) / 2 < PRESENCE and not _one_sided(filled, past.won):
        return None
    params = {"won": _of_100(won), "lost": _of_100(lost)}
    return Leak(column.name, "presence", strength.area, params)


def _one_sided(rows: Flags, won: Flags) -> bool:
    """Whether these rows nearly all went one way, though many of the other way were to be expected."""
    return bool(_side(int(rows.sum()), int(won[rows].sum()), won))


def _side(count: int, wins: int, won: Flags) -> str:
    """ "won" or "lost" where `count` rows with `wins` wins are nearly pure and cover enough of that side."""
    share = float(won.mean())
    for side, hits, base, total in (
        ("won", wins, share, int(won.sum())),
        ("lost", count - wins, 1 - share, len(won) - int(won.sum())),
    ):
        others = count * (1 - base)
        if (
            others >= ENOUGH
            and hits >= PURE * count
            and count - hits <= 0.05 * others
            and hits >= COVERED * total
        ):
            return side
    return ""


def _pure(column: Column, past: Past, strength: Strength) -> Leak | None:
    """Labels after which nearly all leads were won, or lost; each of them must be frequent enough to say so."""
    import numpy as np

    if column.kind is not Kind.CATEGORY:
        return None
    places = bins(column)
    share = float(past.won.mean())
    for side in ("won", "lost"):
        right = past.won if side == "won" else ~past.won
        against = 1 - share if side == "won" else share
        pure = []
        for place in range(len(column.labels)):
            count = int((places == place).sum())
            if count * against >= ENOUGH / 2 and right[places == place].mean() >= PURE:
                pure.append(place)
        rows = np.isin(places, pure)
        covered = float(rows[right].mean())
        enough = covered >= (COVERED if side == "won" else COVERED_LOST)
        if pure and enough and _side(int(rows.sum()), int(past.won[rows].sum()), past.won) == side:
            return Leak(column.name, "pure", strength.area, _pure_params(column, pure, rows, right, side))
    return None


def _pure_params(
    column: Column, pure: Sequence[int], rows: Flags, right: Flags, side: str
) -> dict[str, object]:
    shown = [f"“{column.labels[place]}”" for place in pure[:3]]
    return {
        "values": ", ".join(shown) + (" …" if len(pure) > 3 else ""),
        "share": _of_100(float(right[rows].mean())),
        "covered": _of_100(float(rows[right].mean())),
        "side": side,
        "side_de": "gewonnen" if side == "won" else "verloren",
    }


def _open(column: Column, filled: float | None, rows: int, strength: Strength) -> Leak | None:
    """Leads without an outcome lack what is written down together with it."""
    decided = float((~column.missing).mean())
    if filled is None or rows < OPEN_ROWS or decided < OPEN_FILLED or filled > OPEN * decided:
        return None
    return Leak(column.name, "open", strength.area, {"decided": _of_100(decided), "open": _of_100(filled)})


def _far_better(
    columns: Sequence[Column], past: Past, strength: Mapping[str, Strength], found: Mapping[str, Leak]
) -> dict[str, Leak]:
    """Columns that alone are far better than all clearly weaker ones together; these must be the majority."""
    clean = [column for column in columns if column.usable and column.name not in found]
    leaks = {}
    for column in clean:
        own = strength[column.name]
        if own.area < FAR:
            continue
        weaker = [one for one in clean if strength[one.name].area < own.area - WEAKER]
        if len(weaker) < max(2, len(clean) / 2):
            continue
        rest = together(weaker, past)
        if 2 * own.at_least - 1 >= TIMES * (2 * rest - 1):
            params = {"alone": _of_100(own.area), "rest": _of_100(rest)}
            leaks[column.name] = Leak(column.name, "far_better", own.area, params)
    return leaks


def _named(
    columns: Sequence[Column],
    past: Past,
    strength: Mapping[str, Strength],
    names: Mapping[str, Late],
    found: Mapping[str, Leak],
) -> dict[str, Leak]:
    """Columns with a late name that are strong alone and, where the name is not plain, strongest or a true addition."""
    clean = [column for column in columns if column.usable and column.name not in found]
    suspects = [
        column
        for column in clean
        if column.name in names
        and strength[column.name].area >= _needed(names[column.name])
        and strength[column.name].at_least > SURELY
    ]
    if not suspects:
        return {}
    others = [column for column in clean if column not in suspects]
    rest = together(others, past)
    best = max((strength[column.name].area for column in others), default=0.5)
    leaks = {}
    for column in suspects:
        own, name = strength[column.name].area, names[column.name]
        with_it = together([*others, column], past)
        if with_it - rest >= ADDS and (name in PLAIN or own > best or with_it - rest >= ADDS_MUCH):
            params = {"alone": _of_100(own), "with": _of_100(with_it), "rest": _of_100(rest)}
            leaks[column.name] = Leak(column.name, "named", own, {**params, **late_params(name)})
    return leaks


def _needed(name: Late) -> float:
    """The AUC alone that confirms a name."""
    return LAST_NAME if name is Late.LAST else PLAIN_NAME if name in PLAIN else OTHER_NAME


def _fate(
    columns: Sequence[Column], past: Past, strength: Mapping[str, Strength], found: Mapping[str, Leak]
) -> dict[str, Leak]:
    """What is missing in the same rows as a leak is written down with it, if these rows went another way. Columns that
    are missing together without a known leak among them must tell more.
    """
    leaks = {}
    gaps = [column for column in columns if column.missing.any() and not column.missing.all()]
    for column in gaps:
        if column.name in found:
            continue
        missing = column.missing
        partners = [one for one in gaps if one is not column and _same_rows(one.missing, missing)]
        guilty = next((one for one in partners if one.name in found), None)
        area = past.area(missing.astype(float))
        told = Strength(max(area, 1 - area), strength[column.name].error)
        if partners and told.area >= (FATE if guilty else FATE_ALONE) and told.at_least > 0.5:
            params = {
                "other": f"“{(guilty or partners[0]).name}”",
                "missing": _of_100(float(past.won[missing].mean())),
                "filled": _of_100(float(past.won[~missing].mean())),
            }
            leaks[column.name] = Leak(column.name, "fate", strength[column.name].area, params)
    return leaks


def _same_rows(one: Flags, other: NDArray[np.bool_]) -> bool:
    both, either = int((one & other).sum()), int((one | other).sum())
    return either > 0 and both >= SAME_ROWS * either
