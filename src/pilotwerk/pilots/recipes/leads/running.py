"""The lead recipe in the runtime: judges leads, proposes text and next day, reminds, and respects who opted out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.core.errors import Refused
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.stop_rules import WITHOUT_CATEGORIES
from pilotwerk.pilots.recipes.base import (
    ROW_SOURCES,
    ROW_TARGETS,
    Details,
    Figure,
    Grid,
    Learned,
    Material,
    Noticed,
    Place,
    Proposed,
    Recipe,
    Request,
    RunningRecipe,
    Sheet,
)
from pilotwerk.pilots.recipes.leads.dates import ONE_DAY, Region, after_workdays, is_workday, next_workday
from pilotwerk.pilots.recipes.leads.incoming import read_leads
from pilotwerk.pilots.recipes.leads.letters import day_text, unfilled, write
from pilotwerk.pilots.recipes.leads.watching import remind
from pilotwerk.pilots.recipes.said import in_language
from pilotwerk.pilots.recipes.words import LEADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pilotwerk.pilots.recipes.base import CaseView

PAST = "past"
OPTED_OUT = "The address asked not to be written to."
DAY_SECONDS = 86_400
# A column moves a lead's chance noticeably from this change of the log-odds on.
WORTH = 0.05

PRIORITY = {
    "high": gettext_lazy("high"),
    "medium": gettext_lazy("medium"),
    "low": gettext_lazy("low"),
}

GRID_HEADS = {
    "de": ("E-Mail", "Priorität", "Nächster Kontakt", "Betreff", "Text"),
    "en": ("E-mail", "Priority", "Next contact", "Subject", "Text"),
}


class Leads(RunningRecipe):
    """Receives leads; proposes priority, text and the next follow-up day, by the code of the backtest."""

    about = Recipe(
        kind="leads",
        needs=("outcome",),
        uses=("time", "mail", "name", "language", "notes"),
        minimum_rows=100,
        tables=(PAST,),
        watches=True,
        opt_out=True,
        stop_rules=WITHOUT_CATEGORIES,
        sources=ROW_SOURCES,
        targets=ROW_TARGETS,
    )
    learned_template = "pilots/parts/leads_learned.html"
    details_template = "pilots/parts/lead_details.html"
    words = LEADS

    def roles(self) -> Mapping[str, tuple[str, str]]:
        return {
            PAST: (
                _("Past leads"),
                _(
                    "One row a lead with what was known about it and one column that says what became of it. Columns "
                    "that only know the outcome afterwards are found and left out."
                ),
            )
        }

    def options_form(self, columns: Mapping[str, Sequence[str]], facts: Mapping[str, Any]) -> type[Any]:
        from pilotwerk.pilots.recipes.leads.forms import LeadsForm

        return LeadsForm

    def checked_table(
        self, role: str, sheet: Sheet, options: Mapping[str, Any], folder: Path | None = None
    ) -> None:
        """Any table may hold leads; which column says the outcome can be named afterwards."""

    def learn(self, material: Material, folder: Path) -> Learned | CannotTell:
        from pilotwerk.pilots.recipes.leads.learning import learn

        sheet = material.table(PAST)
        if sheet is None:
            return CannotTell("A table is missing.")
        return learn(sheet, material.options, folder, seed=material.seed)

    def incoming(self, sheet: Sheet, place: Place, cases: Iterable[CaseView]) -> Noticed:
        return read_leads(sheet, place, cases)

    def watch(self, place: Place, cases: Iterable[CaseView]) -> Noticed:
        return remind(place, cases)

    def propose(self, request: Request, place: Place) -> Proposed | CannotTell:
        from pilotwerk.pilots.recipes.leads.forms import DAYS
        from pilotwerk.pilots.recipes.leads.learning import loaded

        if place.opted_out(request.sender_address):
            return CannotTell(OPTED_OUT)
        assert place.folder is not None  # the runtime proposes only with a version
        version = loaded(place.folder)
        today = datetime.combine(place.today, time(12), UTC).timestamp() / DAY_SECONDS
        share, priority, reasons = version.judge(request.payload.get("values") or {}, today)
        days = int(place.options.get(f"days_{priority}") or DAYS[priority])
        following = after_workdays(place.today + ONE_DAY, days - 1, Region(place.country, place.subdivision))
        subject, body = write(request.payload, request.sender_name, place.organisation, place.options)
        past = next((one for one in version.classes if one["name"] == priority), {})
        return Proposed(
            recipient=request.sender_address,
            subject=subject,
            body=body,
            details={
                "priority": priority,
                "next_date": following.isoformat(),
                "turn": int(request.payload.get("turn", 1)),
            },
            evidence={
                "model_version": version.version,
                "probability": round(share, 4),
                "past": dict(past),
                "reasons": [
                    {"column": one.column, "value": one.value, "weight": round(one.weight, 4)}
                    for one in reasons
                    if abs(one.weight) >= WORTH
                ],
                "letters": list(request.payload.get("letters") or ()),
            },
            urgent=priority == "high",
        )

    def unfilled(self, body: str) -> tuple[str, ...]:
        return unfilled(body)

    def refusal(self, content: Mapping[str, Any], place: Place) -> str:
        if place.opted_out(str(content["recipient"])):
            return _("This address asked not to be written to. Nothing goes out to it.")
        return ""

    def edited(self, details: Details, posted: Mapping[str, Any], place: Place) -> Details:
        if "next_date" not in posted or not details:
            return details
        region = Region(place.country, place.subdivision)
        try:
            day = date.fromisoformat(str(posted["next_date"]))
        except ValueError:
            raise Refused(_("Enter the next day as a date, for example 24.11.2026.")) from None
        if day <= place.today:
            raise Refused(_("The next follow-up must lie in the future."))
        if not is_workday(day, region):
            better = day_text(next_workday(day, region).isoformat(), "de")
            raise Refused(_("Nobody works on that day. The next working day is %(day)s.") % {"day": better})
        return {**details, "next_date": day.isoformat()}

    def changed(self, before: Details, after: Details) -> int:
        return int(before.get("next_date") != after.get("next_date"))

    def grid(self, content: Mapping[str, Any], place: Place) -> Grid:
        """The follow-up: to whom, how urgent, what, and when next."""
        details: Any = content.get("details") or {}
        row = (
            str(content["recipient"]),
            str(details.get("priority", "")),
            str(details.get("next_date", "")),
            str(content["subject"]),
            str(content["body"]),
        )
        return Grid(GRID_HEADS[place.options.get("language", "de")], (row,))

    def shown(
        self,
        details: Details,
        evidence: Mapping[str, Any],
        language: str,
        posted: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        reasons = evidence.get("reasons") or ()
        return {
            "priority": PRIORITY.get(details.get("priority", ""), ""),
            "next_date": (posted or details).get("next_date", details.get("next_date", "")),
            "turn": details.get("turn", 1),
            "probability": evidence.get("probability"),
            "past": evidence.get("past") or {},
            "speaking": [one for one in reasons if one["weight"] > 0],
            "against": [one for one in reasons if one["weight"] < 0],
            "letters": [day_text(day, language) for day in evidence.get("letters") or ()],
        }

    def told(self, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
        suffix = "_de" if language == "de" else ""
        decides = [
            (one["column"], one["words_de" if suffix else "words"]) for one in facts.get("decides") or ()
        ]
        return {
            "leaks": [(one["column"], one[f"reason{suffix}"]) for one in facts.get("leaks") or ()],
            "decides": [one for one in decides if one[1]],
            "classes": [
                {
                    **one,
                    "label": PRIORITY[one["name"]],
                    "share": one["won"] / one["leads"] if one["leads"] else None,
                }
                for one in facts.get("classes") or ()
            ],
            "auc_of_100": round(100 * facts["auc"]),
            "leaks_of_100": round(100 * facts["auc_with_leaks"]),
            "top_share": facts["lift_top_decile"] * facts["won_share"],
        }

    def reason(self, code: str, language: str) -> str:
        return (
            _("The address asked not to be written to.") if code == OPTED_OUT else in_language(code, language)
        )

    def figures(self, place: Place, cases: Sequence[CaseView]) -> Sequence[Figure]:
        leads = {case.payload.get("lead") for case in cases if case.payload.get("lead")}
        if not leads:
            return ()
        ended = {case.payload["lead"] for case in cases if case.payload.get("outcome")}
        reminders = sum(int(case.payload.get("turn", 1)) > 1 for case in cases)
        return (
            Figure(_("Leads"), str(len(leads)), _("came in since the start")),
            Figure(_("With an outcome"), str(len(ended)), _("as later tables say")),
            Figure(_("Reminders"), str(reminders), _("because nothing had happened")),
        )
