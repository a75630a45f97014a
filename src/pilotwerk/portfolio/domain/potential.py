"""What a use case can bring in its first 12 months.

Formula (regulation-facts 18.2, "Net benefit": hours saved x loaded rate x realisation factor + margin effect
- costs), here for 12 months:

    hours   = cases a year x (automatable share x (minutes a case - review minutes a case)
              - wasted share x review minutes a case) / 60
    benefit = hours x loaded hourly cost x realisation factor + avoided error cost + added margin
    net     = benefit - set-up cost - running cost a year

Each input is a range; the low end of the result uses the inputs that are worst for the benefit.
"""

from dataclasses import dataclass

from pilotwerk.portfolio.domain.ranges import Range

SHARES = ("automatable_share", "realisation_factor", "wasted_share")
NOTHING = Range(0.0, 0.0, 0.0)


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
    added_margin: Range = NOTHING
    """EUR a year of margin from additional revenue."""
    wasted_share: Range = NOTHING
    """Share of cases whose proposal is wrong: a person checks it and works as before. Known from a trial only."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value: Range = getattr(self, name)
            if value.low < 0:
                raise ValueError(f"{name} cannot be negative")
            if name in SHARES and value.high > 1:
                raise ValueError(f"{name} lies between 0 and 1")


INPUTS = tuple(Inputs.__dataclass_fields__)
OPTIONAL = ("added_margin", "wasted_share")
"""Inputs that count as 0 where nobody names them."""
MEASURED_ONLY = ("wasted_share",)
"""Inputs that nobody is asked for."""


@dataclass(frozen=True, slots=True)
class Potential:
    """Hours a year and EUR in the first 12 months."""

    hours: Range
    benefit: Range
    cost: Range
    net: Range


def potential(inputs: Inputs) -> Potential:
    """Hours and euros of the first 12 months (formula above)."""
    saved_minutes = inputs.automatable_share * (inputs.minutes_per_case - inputs.review_minutes)
    hours = inputs.cases_per_year * (saved_minutes - inputs.wasted_share * inputs.review_minutes) / 60
    benefit = hours * inputs.hourly_cost * inputs.realisation_factor
    benefit = benefit + inputs.avoided_error_cost + inputs.added_margin
    cost = inputs.setup_cost + inputs.running_cost
    return Potential(hours, benefit, cost, benefit - cost)
