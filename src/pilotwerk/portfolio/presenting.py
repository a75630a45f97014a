"""Rows for the pages of the portfolio: the catalogue with its fit, the ranking, a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio import words
from pilotwerk.portfolio.catalogue import risk_catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.matching import TEXTS_FROM, Fit, Match, Signals
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.domain.ranking import adjusted_benefit
from pilotwerk.portfolio.domain.simulation import Stability
from pilotwerk.portfolio.models import Trial, UseCase
from pilotwerk.portfolio.registry import TRIAL_STEPS
from pilotwerk.portfolio.selectors import Suggested, trial_latest, trial_offered
from pilotwerk.web.templatetags.pw import euro, number, percent, short_date

FITS: dict[Fit, tuple[str, Any]] = {
    Fit.GOOD: ("ok", gettext_lazy("fits your data")),
    Fit.PARTLY: ("warn", gettext_lazy("fits, data is missing")),
    Fit.DATA: ("plain", gettext_lazy("data is there, topic not found")),
    Fit.NONE: ("open", gettext_lazy("not found in your data")),
}
CERTAINTIES = {
    "C": gettext_lazy("certain"),
    "S": gettext_lazy("supported"),
    "U": gettext_lazy("open question"),
}
STEPS = (
    gettext_lazy("The past cases are being read"),
    gettext_lazy("The AI learns from a part of the cases and is tested on the rest"),
    gettext_lazy("The result is being stored"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader looks for in the catalogue: an area's id and words."""

    area: str = ""
    words: str = ""

    def keeps(self, one: Suggested) -> bool:
        """Whether an entry is in the area and holds all words in name, description or terms."""
        entry = one.entry
        if self.area and entry.area != self.area:
            return False
        text = " ".join(
            (entry.name.de, entry.name.en, entry.description.de, entry.description.en, *entry.words)
        )
        return all(word in text.casefold() for word in self.words.casefold().split())


def catalogue_rows(found: list[Suggested], chosen: Filter) -> list[dict[str, Any]]:
    """The entries that the filter keeps, in their order, with the fit in words."""
    return [_catalogue_row(one) for one in found if chosen.keeps(one)]


def areas(found: list[Suggested], chosen: Filter) -> list[dict[str, Any]]:
    """Areas as filter links, each with the number of entries that the words find in it."""
    kept = [one for one in found if Filter(words=chosen.words).keeps(one)]
    rows = [
        {
            "id": area.id,
            "title": str(area.title),
            "count": sum(one.entry.area == area.id for one in kept),
            "on": area.id == chosen.area,
        }
        for area in usecase_catalogue().areas
    ]
    return [{"id": "", "title": _("All"), "count": len(kept), "on": not chosen.area}, *rows]


def _catalogue_row(one: Suggested) -> dict[str, Any]:
    entry, match = one.entry, one.match
    state, label = FITS[match.fit] if match else ("", "")
    low, likely, high = (percent(value / 100) for value in entry.inputs["automatable_share"])
    return {
        "entry": entry,
        "process": one.process_import.process
        if one.process_import and match and match.fit != Fit.NONE
        else None,
        "state": state,
        "fit": label,
        "reasons": match_reasons(match, one.process_import.process.name, one.signals)
        if match and one.process_import
        else [],
        "needs": ", ".join(str(usecase_catalogue().field(name).title) for name in entry.needs),
        "share": words.span(low, likely, high),
        "by": by_text(one),
        "runs": one.runs,
        "hints": [
            {"hint": hint, "source": source, "certainty": CERTAINTIES[hint.certainty]}
            for hint, source in usecase_catalogue().hints_of(entry)
        ],
    }


def by_text(one: Suggested) -> str:
    """Whether Pilotwerk runs this, in words."""
    if one.runs:
        return _("runs as a pilot in Pilotwerk")
    if one.entry.recipe == "other":
        return _("not by Pilotwerk: needs another program; you can weigh it here all the same")
    return _("not in this version of Pilotwerk; you can weigh it here all the same")


def match_reasons(match: Match, process: str, shown: Signals | None = None) -> list[str]:
    """Why an entry fits or not, in sentences."""
    reasons = []
    if match.words:
        terms = ", ".join(_("“%(word)s”") % {"word": word} for word in match.words[:4])
        values = {"process": process, "words": terms}
        reasons.append(_("“%(process)s” names in its title, columns or categories: %(words)s.") % values)
    if match.text_share >= TEXTS_FROM:
        share = percent(match.text_share)
        reasons.append(_("Its terms occur in %(share)s of a sample of the texts.") % {"share": share})
    if shown is not None and match.fit in (Fit.GOOD, Fit.PARTLY):
        reasons.append(_measured_text(shown))
    if match.present:
        reasons.append(_("There: %(fields)s.") % {"fields": _fields(match.present)})
    if match.missing:
        reasons.append(_("Missing: %(fields)s.") % {"fields": _fields(match.missing)})
    return reasons


def _measured_text(shown: Signals) -> str:
    """How many cases there are, and how much work one is where that is known."""
    if shown.minutes is None:
        text = ngettext(
            "%(count)s case, handling time not known.",
            "%(count)s cases, handling time not known.",
            shown.cases,
        )
        return text % {"count": number(shown.cases)}
    text = ngettext(
        "%(count)s case, %(minutes)s minutes of work on average.",
        "%(count)s cases, %(minutes)s minutes of work on average.",
        shown.cases,
    )
    return text % {"count": number(shown.cases), "minutes": number(shown.minutes, 1)}


def _fields(shares: Mapping[str, float]) -> str:
    """Fields by name, with the share of cases that carry them where only a part does."""
    catalogue = usecase_catalogue()
    return ", ".join(
        _("%(field)s (in %(share)s of the cases)")
        % {"field": catalogue.field(name).title, "share": percent(share)}
        if 0 < share < 1
        else str(catalogue.field(name).title)
        for name, share in shares.items()
    )


def ranking_row(place: int, one: UseCase, stable: Stability | None) -> dict[str, Any]:
    """A use case in the ranking and the picture."""
    row: dict[str, Any] = {"number": place, "use_case": one, "assessed": one.is_assessed}
    if one.is_assessed:
        net, risk = one.score("net"), one.score("risk")
        row |= {
            "likely": euro(net.likely),
            "certain": words.certain_text(one),
            "ends": words.ends_text(one),
            "risk": words.number_span(risk),
            "adjusted": adjusted_benefit(net, risk),
            "verdict": one.verdict,
            "bar": drawn_range(one),
        }
    if stable is not None:
        row |= {"stable": stable, "rank": words.rank_text(stable)}
    return row


def drawn_range(one: UseCase) -> Range:
    """The bar in the picture: 90 of 100 draws of the net benefit, around its likely value."""
    net = one.score("net")
    spread = one.score("spread") if "spread" in one.scores else net
    return Range(min(spread.low, net.likely), net.likely, max(spread.high, net.likely))


def stability_sentence(rows: list[dict[str, Any]]) -> str:
    """How stable the ranking is, in one sentence."""
    stable = [row for row in rows if "stable" in row]
    if len(stable) < 2:
        return ""
    first = max(stable, key=lambda row: row["stable"].first)
    values = {"name": first["use_case"].name, "share": percent(first["stable"].first)}
    if first["stable"].first >= 0.8:
        return _("The ranking is stable: “%(name)s” comes first in %(share)s of all draws.") % values
    if first["stable"].first >= 0.5:
        return _("“%(name)s” comes first in %(share)s of all draws; another one may be as good.") % values
    return _("The first place is open: “%(name)s” takes it most often, in %(share)s of all draws.") % values


def trial_panel(use_case: UseCase) -> dict[str, Any] | None:
    """What the page says about a trial; None where there is none for this kind of pilot."""
    offered = trial_offered(use_case)
    if offered is None:
        return None
    latest = trial_latest(use_case)
    panel: dict[str, Any] = {"trial": latest, "ready": not isinstance(offered, CannotTell)}
    if isinstance(offered, CannotTell):
        panel["missing"] = _missing_text(offered.reason)
    if latest is None:
        return panel
    if latest.is_open:
        panel |= {
            "step": latest.step,
            "steps": TRIAL_STEPS,
            "doing": STEPS[latest.step - 1] if latest.step else "",
        }
    elif latest.state == Trial.State.DONE:
        panel |= _trial_figures(use_case, latest)
    elif latest.reason:
        panel["why"] = _(latest.reason)
    return panel


def _missing_text(what: str) -> str:
    if what == "process":
        return _("Import the process's cases first and name the process with “Change the idea”.")
    field = next(one for one in usecase_catalogue().fields if one.meaning == what)
    return _("The import has no column for: %(field)s.") % {"field": field.title}


def _trial_figures(use_case: UseCase, trial: Trial) -> dict[str, Any]:
    found = trial.figures
    used = use_case.inputs.get("automatable_share")
    counted = bool(used) and Range(used["low"], used["likely"], used["high"]).is_close(trial.range)
    sure = found["sure"]
    return {
        "share": words.span(*(percent(end) for end in trial.share)),
        "wasted": percent(found["wasted"][1]),
        "counted": counted,
        "before": "" if counted or not used else percent(used["likely"]),
        "sure": percent(sure["share"]) if sure else "",
        "right": percent(sure["right"]) if sure and sure["right"] is not None else "",
        "majority": percent(found["majority_accuracy"]),
        "tested": number(trial.n),
        "learned": number(found["train_rows"]),
        "by_time": found["validation"] == "time",
    }


def suggestion_text(origin: Mapping[str, Any]) -> str:
    """Where an answer to a risk question was suggested from; empty for a person's own."""
    source, n = origin.get("source"), int(origin.get("n") or 0)
    share = origin.get("share")
    if source == "measured" and share is not None:
        values = {"share": percent(share), "count": number(n)}
        return _("measured: known in %(share)s of %(count)s imported cases") % values
    if source == "measured":
        text = ngettext("measured on %(count)s imported case", "measured on %(count)s imported cases", n)
        return text % {"count": number(n)}
    if source == "readiness":
        values = {"points": number(100 * (share or 0)), "count": number(n)}
        text = ngettext(
            "readiness check, people and culture: %(points)s of 100 by %(count)s person",
            "readiness check, people and culture: %(points)s of 100 by %(count)s people",
            n,
        )
        return text % values
    if source == "own_machine":
        return _("Pilotwerk learns on your own machine")
    return _("usual for this idea, from the catalogue") if source == "catalogue" else ""


def risk_groups(found: UseCase) -> list[dict[str, Any]]:
    """Each group of risk with its points, and each answer with its source and who confirmed it."""
    groups = []
    for group in risk_catalogue().groups:
        answered = [
            {
                "question": question,
                "option": question.option(found.answers.get(question.id)),
                "origin": _confirmed(found.answer_sources.get(question.id)),
            }
            for question in group.questions
        ]
        score = found.scores["groups"].get(group.id)
        value = words.number_span(Range(*score)) if score else ""
        groups.append({"title": group.title, "score": value, "answers": answered})
    return groups


def _confirmed(origin: Mapping[str, Any] | None) -> str:
    if not origin or not origin.get("by"):
        return ""
    day = short_date(date.fromisoformat(origin["on"]))
    source = suggestion_text(origin)
    if source:
        values = {"source": source, "name": origin["by"], "day": day}
        return _("%(source)s; confirmed by %(name)s on %(day)s") % values
    return _("by %(name)s on %(day)s") % {"name": origin["by"], "day": day}
