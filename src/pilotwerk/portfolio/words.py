"""Potential, risk and refusals in words and figures."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.portfolio.catalogue import risk_catalogue
from pilotwerk.portfolio.domain.potential import MEASURED_ONLY, SHARES
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.refusal import BENEFIT_BOUND, Condition, Lever, Verdict
from pilotwerk.portfolio.domain.simulation import Stability
from pilotwerk.portfolio.models import UseCase
from pilotwerk.web.templatetags.pw import euro, number, percent, short_date

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
    "added_margin": gettext_lazy("Margin from additional revenue a year"),
    "wasted_share": gettext_lazy("Share of cases with a wrong proposal"),
}
MONEY = ("hourly_cost", "avoided_error_cost", "setup_cost", "running_cost", "added_margin")


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
    """The figures of a use case: likely value, and its range in words."""
    net, hours, risk = (use_case.score(name) for name in ("net", "hours", "risk"))
    found = [
        {"name": _("Net benefit"), "likely": euro(net.likely), "range": certain_text(use_case)},
        {"name": _("Hours saved"), "likely": number(hours.likely), "range": _ends(hours)},
        {"name": _("Risk, 0 to 100"), "likely": number(risk.likely), "range": _ends(risk)},
    ]
    if "chance" in use_case.scores:
        chance = {"name": _("Probability of a benefit"), "likely": chance_text(use_case.scores["chance"])}
        found.insert(1, {**chance, "range": _("in 12 months")})
    return found


def _ends(value: Range) -> str:
    ends = {"low": number(value.low), "high": number(value.high)}
    return _("%(low)s to %(high)s") % ends if value.low < value.high else ""


def certain_text(use_case: UseCase) -> str:
    """Between which EUR the net benefit lies with 90 % certainty; empty before it was drawn."""
    ends = ends_text(use_case)
    return _("with 90%% certainty %(ends)s") % {"ends": ends} if ends else ""


def ends_text(use_case: UseCase) -> str:
    """The EUR between which 90 of 100 draws of the net benefit lie; empty before it was drawn."""
    if "spread" not in use_case.scores:
        return ""
    spread = use_case.score("spread")
    return _("%(low)s to %(high)s") % {"low": euro(spread.low), "high": euro(spread.high)}


def input_rows(use_case: UseCase) -> list[dict[str, Any]]:
    """All inputs with value, range and where they come from."""
    return [
        {
            "name": input_name(name),
            "value": span(*(input_value(name, one[end]) for end in ("low", "likely", "high"))),
            "source": source_text(one["source"], one.get("by", ""), one.get("on", "")),
            "why": tried_text(name) if one["source"] == "measured" else "",
            "measured": one["source"] == "measured",
            "n": one.get("n", 0),
        }
        for name, one in use_case.inputs.items()
        if name not in MEASURED_ONLY or one["source"] == "measured"
    ]


def tried_text(name: str) -> str:
    """What a trial measured, for the inputs that it measures."""
    if name == "automatable_share":
        return _("in the trial: the first suggestion was right")
    if name == "wasted_share":
        return _("in the trial: the first suggestion was wrong, checking it saves nothing")
    return ""


def source_text(source: str, by: str = "", on: str = "") -> str:
    """Where an input comes from, in words: "measured", "profile", "estimated", "catalogue" or "left_out"."""
    if source == "measured":
        return _("measured")
    if source == "profile":
        return _("from the company profile")
    if source == "catalogue":
        return _("estimate of the catalogue, not measured (version %(version)s)") % {"version": on}
    if source == "left_out":
        return _("not counted")
    if by:
        day = short_date(date.fromisoformat(on))
        return _("estimated by %(name)s on %(day)s") % {"name": by, "day": day}
    return _("estimated")


def verdict_text(use_case: UseCase) -> str:
    """What the probability of a net benefit in 12 months says, in one sentence."""
    verdict = use_case.verdict
    assert verdict is not None
    likely = euro(use_case.score("net").likely)
    if "chance" not in use_case.scores:
        return _("Likely net benefit in 12 months: %(likely)s.") % {"likely": likely}
    texts = {
        Verdict.CLEAR: _("A benefit within 12 months is very likely (%(chance)s): %(likely)s, %(certain)s."),
        Verdict.UNCERTAIN: _("A benefit within 12 months is likely (%(chance)s): %(likely)s, %(certain)s."),
        Verdict.NONE: _("A benefit within 12 months is unlikely (%(chance)s): %(likely)s, %(certain)s."),
    }
    chance = chance_text(use_case.scores["chance"])
    return texts[verdict] % {"chance": chance, "likely": likely, "certain": certain_text(use_case)}


def chance_text(chance: float) -> str:
    """A probability (0..1): never certain, and not rounded onto the bound that it misses."""
    if chance < 0.01:
        return _("below 1%%") % {}
    if chance > 0.99:
        return _("above 99%%") % {}
    return percent(chance, 1 if abs(chance - BENEFIT_BOUND) < 0.01 else 0)


def rule_reason(use_case: UseCase, *, verdict: bool = True) -> str:
    """Why the rule refuses this use case, in figures; empty where it does not. `verdict`: with its verdict before."""
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
            *((verdict_text(use_case),) if verdict else ()),
            _("%(cases)s cases a year save about %(hours)s hours, worth %(benefit)s.") % values,
            _("Introduction and running cost %(cost)s.") % values,
            _("A pilot needs a probability of at least %(bound)s.")
            % {"bound": percent(use_case.scores.get("bound", BENEFIT_BOUND))},
        )
    )


def look_again_text(use_case: UseCase) -> str:
    """Under which condition a refused use case is worth a second look."""
    if not use_case.scores or use_case.scores["prohibited"]:
        return use_case.look_again or (_("If the idea changes in its purpose.") if use_case.scores else "")
    found = [condition_text(one) for one in use_case.conditions]
    if use_case.look_again:
        if not found:
            return use_case.look_again
        values = {"said": use_case.look_again, "conditions": _(", or ").join(found)}
        return _("%(said)s – By the figures: %(conditions)s.") % values
    if not found:
        return _("If checking a proposal takes clearly less time than the work itself.")
    return _("%(conditions)s, all else unchanged.") % {"conditions": _(", or ").join(found)}


def condition_text(one: Condition) -> str:
    """One change that would lift the probability over the bound, with today's figure; a part of a sentence."""
    if one.lever is Lever.VOLUME:
        values = {"needed": number(one.needed), "now": number(one.now)}
        return _("From %(needed)s cases a year on (today %(now)s)") % values
    if one.lever is Lever.SHARE:
        values = {"needed": percent(one.needed), "now": percent(one.now)}
        return _("with a useful proposal in at least %(needed)s of the cases (today %(now)s)") % values
    values = {"needed": euro(one.needed), "now": euro(one.now)}
    return _("with at most %(needed)s of cost in the first year (today %(now)s)") % values


def rank_text(one: Stability) -> str:
    """Between which places it lies in 90 of 100 draws."""
    low, _middle, high = one.rank
    if low == high:
        return number(low)
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}
