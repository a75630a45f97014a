"""What changed from one profile to the next of the same process."""

from dataclasses import dataclass, field

from pilotwerk.processes.domain.quality.columns import Column, Type
from pilotwerk.processes.domain.quality.drift import REST, SOME, by_chance, psi, shares_within
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile

# Missing shares and dimensions are told from this difference on (5 percentage points).
POINTS = 0.05


@dataclass(frozen=True, slots=True)
class Moved:
    """A share before and after; None where it could not be told."""

    name: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns that are new or gone, whose type or personal data changed (name, before, after), missing shares that
    moved by 5 points or more, distributions that shifted (name, PSI), and all dimensions.
    """

    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    types: list[tuple[str, Type, Type]] = field(default_factory=list)
    personal: list[tuple[str, Personal, Personal]] = field(default_factory=list)
    missing: list[Moved] = field(default_factory=list)
    shifted: list[tuple[str, float]] = field(default_factory=list)
    dimensions: list[Moved] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything but a dimension is worth a word."""
        return bool(self.new or self.gone or self.types or self.personal or self.missing or self.shifted)


def compare(before: Profile, after: Profile) -> Comparison:
    """Columns are the same where their names are."""
    old = {column.name: column for column in before.columns}
    new = {column.name: column for column in after.columns}
    both = [(old[name], new[name]) for name in new if name in old]
    shifts = [(later.name, shift_between(earlier, later)) for earlier, later in both]
    return Comparison(
        new=[name for name in new if name not in old],
        gone=[name for name in old if name not in new],
        types=[
            (later.name, earlier.type, later.type) for earlier, later in both if earlier.type != later.type
        ],
        personal=[
            (later.name, earlier.personal_data, later.personal_data)
            for earlier, later in both
            if earlier.personal_data != later.personal_data
        ],
        missing=[
            Moved(later.name, earlier.missing, later.missing)
            for earlier, later in both
            if abs(later.missing - earlier.missing) >= POINTS
        ],
        shifted=[(name, index) for name, index in shifts if index is not None],
        dimensions=[
            Moved(name, before.dimensions.get(name), value) for name, value in after.dimensions.items()
        ],
    )


def shift_between(before: Column, after: Column) -> float | None:
    """The population stability index from the stored spread, where it says that the distribution shifted."""
    if "values" in before.spread and "values" in after.spread:
        p, q = _with_rest(before.spread["values"]), _with_rest(after.spread["values"])
    elif "quantiles" in before.spread and "quantiles" in after.spread:
        cuts = sorted({*before.spread["quantiles"][1:-1]})
        p = dict(zip(map(str, cuts), shares_within(before.spread["quantiles"], cuts), strict=False))
        q = dict(zip(map(str, cuts), shares_within(after.spread["quantiles"], cuts), strict=False))
        p[REST], q[REST] = 1 - sum(p.values()), 1 - sum(q.values())
    else:
        return None
    n, m = before.filled, after.filled
    if not n or not m:
        return None
    index = psi(
        {name: share * n for name, share in p.items()}, {name: share * m for name, share in q.items()}
    )
    return index if index >= max(SOME, by_chance(len({*p, *q}), n, m)) else None


def _with_rest(shares: dict[str, float]) -> dict[str, float]:
    """Shares of the stored values, what is left over as one part."""
    rest = max(0.0, 1 - sum(shares.values()))
    return {**shares, REST: rest} if rest > 1e-9 else dict(shares)
