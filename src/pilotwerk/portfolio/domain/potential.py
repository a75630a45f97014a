"""What a use case can bring in its first 12 months, and when it is refused.

Formula (regulation-facts 18.2, "Net benefit": hours saved x loaded rate x realisation factor + margin effect
- costs), here for 12 months:

    hours   = cases a year x automatable share x (minutes a case - review minutes a case) / 60
    benefit = hours x loaded hourly cost x realisation factor + avoided error cost
    net     = benefit - set-up cost - running cost a year

Each input is a range; the low end of the result uses the inputs that are worst for the benefit.
"""

from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.ranges import Range

BOUND_EURO = 0.0
"""A use case has a clear benefit only when its likely net benefit in 12 months lies above this."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the estimate rests on. Shares and factor lie in 0..1; nothing is negative; else ValueError."""

    cases_per_year: Range
    minutes_per_case: Range
    hourly_cost: Range
    """EUR an hour of work, with employer's contributions and overhead."""
    automatable_share: Range
    """Share of cases in which the proposal saves work."""
    review_minutes: Range
    """Minutes a person needs to check a proposal in such a case."""
    realisation_factor: Range
    """Share of the saved hours that is really put to use for other work."""
    avoided_error_cost: Range
    """EUR a year that errors cost today and would not cost any more."""
    setup_cost: Range
    """EUR once, with training and introduction."""
    running_cost: Range
    """EUR a year: licences, operation, care."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value: Range = getattr(self, name)
            if value.low < 0:
                raise ValueError(f"{name} cannot be negative")
            if name in ("automatable_share", "realisation_factor") and value.high > 1:
                raise ValueError(f"{name} lies between 0 and 1")


class Verdict(StrEnum):
    """What the net benefit in 12 months says."""

    CLEAR = "clear"
    """Even the low end is above the bound."""
    UNCERTAIN = "uncertain"
    """The likely value is above the bound, the low end is not."""
    NONE = "none"
    """The likely value is not above the bound: the use case is refused."""


@dataclass(frozen=True, slots=True)
class Potential:
    """Hours a year and EUR in the first 12 months."""

    hours: Range
    benefit: Range
    cost: Range
    net: Range

    @property
    def verdict(self) -> Verdict:
        """See Verdict; the bound is BOUND_EURO."""
        if self.net.low > BOUND_EURO:
            return Verdict.CLEAR
        return Verdict.UNCERTAIN if self.net.likely > BOUND_EURO else Verdict.NONE


def potential(inputs: Inputs) -> Potential:
    """Hours and euros of the first 12 months (formula above)."""
    saved_minutes = inputs.minutes_per_case - inputs.review_minutes
    hours = inputs.cases_per_year * inputs.automatable_share * saved_minutes / 60
    benefit = hours * inputs.hourly_cost * inputs.realisation_factor + inputs.avoided_error_cost
    cost = inputs.setup_cost + inputs.running_cost
    return Potential(hours, benefit, cost, benefit - cost)


@dataclass(frozen=True, slots=True)
class LookAgain:
    """From how many cases a year on the likely net benefit passes the bound, all else unchanged."""

    cases_per_year: float


def look_again(inputs: Inputs) -> LookAgain | CannotTell:
    """The volume at which a refused use case is worth a second look (likely values solved for the cases).

    CannotTell when no volume helps, because checking a proposal takes as long as the work itself.
    """
    euro_per_case = (
        inputs.automatable_share.likely
        * (inputs.minutes_per_case.likely - inputs.review_minutes.likely)
        / 60
        * inputs.hourly_cost.likely
        * inputs.realisation_factor.likely
    )
    if euro_per_case <= 0:
        return CannotTell("more cases would not help: a case saves nothing")
    fixed = inputs.setup_cost.likely + inputs.running_cost.likely - inputs.avoided_error_cost.likely
    return LookAgain(max(0.0, (fixed + BOUND_EURO) / euro_per_case))
