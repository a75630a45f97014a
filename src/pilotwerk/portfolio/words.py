"""Potential, risk and refusals in words and figures."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.portfolio.catalogue import risk_catalogue
from pilotwerk.portfolio.domain.potential import Verdict
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.models import UseCase
from pilotwerk.web.templatetags.pw import euro, number, percent

INPUT_NAMES = {
    "cases_per_year": gettext_lazy("Cases a year"),
    "minutes_per_case": gettext_lazy("Minutes of work on a case"),
    "hourly_cost": gettext_lazy("Cost of an hour of work"),
    "automatable_share": gettext_lazy("Share of cases with a useful proposal"),
    "review_minutes": gettext_lazy("Minutes to check a proposal"),
    "realisation_factor": gettext_lazy("Share of saved time that is really put to use"),
    "avoided_error_cost": gettext_lazy("Cost of errors avoided a year"),
    "setup_cost": gettext_lazy("Cost of introduction, once"),
    "running_cost": gettext_lazy("Running cost a year"),
}
SOURCE_NAMES = {
    "measured": gettext_lazy("measured"),
    "profile": gettext_lazy("from the company profile"),
    "estimated": gettext_lazy("estimated"),
}
SHARES = ("automatable_share", "realisation_factor")
MONEY = ("hourly_cost", "avoided_error_cost", "setup_cost", "running_cost")


def input_name(name: str) -> str:
    """An input as people say it."""
    return str(INPUT_NAMES[name])


def input_value(name: str, value: float) -> str:
    """One end of an input with its unit."""
    if name in SHARES:
        return percent(value)
    if name in MONEY:
        return euro(value, 2 if name == "hourly_cost" else 0)
    return number(value, 0 if name == "cases_per_year" else 1)


def span(low: str, likely: str, high: str) -> str:
    """A figure with its range; only the figure where there is no range."""
    if low == high:
        return likely
    return _("%(likely)s (%(low)s to %(high)s)") % {"likely": likely, "low": low, "high": high}


def euro_span(value: Range) -> str:
    """Euro with range."""
    return span(euro(value.low), euro(value.likely), euro(value.high))


def number_span(value: Range) -> str:
    """Whole numbers with range."""
    return span(number(value.low), number(value.likely), number(value.high))


def facts(use_case: UseCase) -> list[dict[str, str]]:
    """The three figures of a use case: likely value, and its range in words."""
    names = (
        (_("Net benefit"), "net", euro),
        (_("Hours saved"), "hours", number),
        (_("Risk, 0 to 100"), "risk", number),
    )
    found = []
    for name, score, show in names:
        value = use_case.score(score)
        ends = {"low": show(value.low), "high": show(value.high)}
        spread = _("%(low)s to %(high)s") % ends if value.low < value.high else ""
        found.append({"name": name, "likely": show(value.likely), "range": spread})
    return found


def input_rows(use_case: UseCase) -> list[dict[str, Any]]:
    """All inputs with value, range and where they come from."""
    return [
        {
            "name": input_name(name),
            "value": span(*(input_value(name, one[end]) for end in ("low", "likely", "high"))),
            "source": str(SOURCE_NAMES[one["source"]]),
            "measured": one["source"] == "measured",
            "n": one.get("n", 0),
        }
        for name, one in use_case.inputs.items()
    ]


def verdict_text(use_case: UseCase) -> str:
    """What the net benefit in 12 months says, in one sentence."""
    net = use_case.score("net")
    figures = {"low": euro(net.low), "likely": euro(net.likely), "high": euro(net.high)}
    texts = {
        Verdict.CLEAR: _("Clear benefit in 12 months: %(likely)s, at least %(low)s."),
        Verdict.UNCERTAIN: _(
            "Benefit likely but not certain: %(likely)s in 12 months, in the worst case %(low)s."
        ),
        Verdict.NONE: _("No clear benefit in 12 months: %(likely)s, at best %(high)s."),
    }
    verdict = use_case.verdict
    assert verdict is not None
    return texts[verdict] % figures


def rule_reason(use_case: UseCase) -> str:
    """Why the rule refuses this use case, in figures; empty where it does not."""
    prohibitions = [str(note) for note in risk_catalogue().prohibitions(use_case.answers)]
    if prohibitions:
        return " ".join(f"{note}." for note in prohibitions)
    if use_case.verdict is not Verdict.NONE or not use_case.inputs:
        return ""
    hours = use_case.score("hours").likely
    values = {
        "cases": number(use_case.inputs["cases_per_year"]["likely"]),
        "hours": number(hours, 1 if abs(hours) < 10 else 0),
        "benefit": euro(use_case.score("benefit").likely),
        "cost": euro(use_case.score("cost").likely),
    }
    return " ".join(
        (
            verdict_text(use_case),
            _("%(cases)s cases a year save about %(hours)s hours, worth %(benefit)s.") % values,
            _("Introduction and running cost %(cost)s. The bound is a likely net benefit above %(bound)s.")
            % {**values, "bound": euro(0)},
        )
    )


def look_again_text(use_case: UseCase) -> str:
    """Under which condition a refused use case is worth a second look."""
    if use_case.look_again:
        return use_case.look_again
    if not use_case.scores or use_case.scores["prohibited"]:
        return _("If the idea changes in its purpose.") if use_case.scores else ""
    volume = use_case.scores["look_again"]
    if volume is None:
        return _("If checking a proposal takes clearly less time than the work itself.")
    return _("If there are more than %(cases)s cases a year.") % {"cases": number(volume)}
