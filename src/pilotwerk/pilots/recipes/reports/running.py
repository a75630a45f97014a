"""The report recipe in the runtime: a report for every week or month, whose every number is a fact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.stop_rules import RuleKind, StopRule
from pilotwerk.pilots.recipes.base import (
    Attached,
    Details,
    Figure,
    Learned,
    Material,
    Noticed,
    Outgoing,
    Place,
    Proposed,
    Recipe,
    Request,
    Rewriting,
    RunningRecipe,
    Sheet,
)
from pilotwerk.pilots.recipes.reports.said import READING
from pilotwerk.pilots.recipes.said import in_language
from pilotwerk.pilots.recipes.words import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pilotwerk.pilots.recipes.base import CaseView

FIGURES = "figures"
# So many numbers that are wrong are named at once.
NAMED = 5


class Reports(RunningRecipe):
    """Opens a report for every period that is over; figures, sentences and pictures by the code of the backtest."""

    about = Recipe(
        kind="reports",
        needs=("date",),
        uses=("figures", "groups"),
        minimum_rows=1,
        tables=(FIGURES,),
        renewed=FIGURES,
        watches=True,
        share=1.0,
        learns=False,
        language_model=True,
        rewrites=True,
        personal=("readers",),
        # A quarter has 13 weeks: what counts cases by the dozen would never tell.
        enough=6,
        deadline_hours=48,
        stop_rules=(
            StopRule(RuleKind.REJECTED, limit=0.40, window=5, minimum=2),
            StopRule(RuleKind.REWRITTEN, limit=0.60, window=5, minimum=2),
            StopRule(RuleKind.NOT_DELIVERED, limit=0.20, window=5, minimum=2),
            StopRule(RuleKind.NOT_OK, limit=0.15, window=5, minimum=2),
        ),
    )
    learned_template = "pilots/parts/reports_learned.html"
    details_template = "pilots/parts/report_details.html"
    words = REPORTS

    def roles(self) -> Mapping[str, tuple[str, str]]:
        return {
            FIGURES: (
                _("Table of the report"),
                _(
                    "One row an event, with its date: an order, an hour of work, a delivery. Past weeks or months "
                    "belong in it, so that there is something to compare with."
                ),
            )
        }

    def options_form(self, columns: Mapping[str, Sequence[str]], facts: Mapping[str, Any]) -> type[Any]:
        from pilotwerk.pilots.recipes.reports.forms import form_for

        return form_for(columns.get(FIGURES, ()), facts)

    def people_form(self) -> type[Any]:
        from pilotwerk.pilots.recipes.reports.forms import ReadersForm

        return ReadersForm

    def checked_table(
        self, role: str, sheet: Sheet, options: Mapping[str, Any], folder: Path | None = None
    ) -> None:
        """Any table may hold a report; while it runs, a newer one must have the columns that it speaks of."""
        from pilotwerk.pilots.recipes.reports.learning import loaded, serves

        if folder is not None:
            serves(sheet, loaded(folder)[0])

    def learn(self, material: Material, folder: Path) -> Learned | CannotTell:
        from pilotwerk.pilots.recipes.reports.learning import learn

        sheet = material.table(FIGURES)
        if sheet is None:
            return CannotTell("A table is missing.")
        return learn(sheet, material.options, material.zone, folder)

    def watch(self, place: Place, cases: Iterable[CaseView]) -> Noticed:
        from pilotwerk.pilots.recipes.reports.due import notice
        from pilotwerk.pilots.recipes.reports.learning import loaded

        if place.folder is None:
            return Noticed()
        return notice(loaded(place.folder)[0], place, list(cases), place.taken_at(FIGURES))

    def propose(self, request: Request, place: Place) -> Proposed | CannotTell:
        from pilotwerk.pilots.recipes.reports.due import day_after, facts_for
        from pilotwerk.pilots.recipes.reports.kept import packed
        from pilotwerk.pilots.recipes.reports.learning import loaded
        from pilotwerk.pilots.recipes.reports.mail import mail
        from pilotwerk.pilots.recipes.reports.render import render

        sheet = place.table(FIGURES)
        if sheet is None:
            return CannotTell("A table is missing.")
        if "period" not in request.payload:
            return CannotTell("Nothing is due.")
        assert place.folder is not None  # the runtime proposes only with a version
        spec, version = loaded(place.folder)
        facts = facts_for(sheet, spec, request.payload, place.today)
        language = str(place.options.get("language") or "de")
        report = render(facts, language)
        return Proposed(
            subject=mail(report).subject,
            body="\n\n".join(report.lines),
            details={
                "period": report.period_key,
                "language": language,
                "day": day_after(spec, facts.period).isoformat(),
                "readers": list(place.options.get("readers") or ()),
                "facts": packed(facts),
            },
            evidence={
                "model_version": version,
                "table": sheet.file,
                "rows": len(sheet.rows),
                "skipped": list(request.payload.get("skipped") or ()),
            },
        )

    def rewriting(self, proposed: Proposed) -> Rewriting | None:
        from pilotwerk.pilots.recipes.reports.kept import unpacked

        facts = unpacked(proposed.details["facts"])
        language = proposed.details["language"]
        return Rewriting(
            kind="reports",
            language=language,
            source=proposed.body,
            problems=lambda text: _problems(text, facts, language),
        )

    def missing(self, place: Place) -> Sequence[str]:
        if place.mails and not place.options.get("readers"):
            return (_("Reports go out by e-mail, but no reader is named."),)
        return ()

    def refusal(self, content: Mapping[str, Any], place: Place) -> str:
        """Every number of the text must be a fact of this report, whoever wrote it and by whatever path it came."""
        from pilotwerk.pilots.recipes.reports.kept import unpacked

        details: Any = content.get("details")
        if not details:
            return _(
                "There are no figures to hold this text against. Make the report as before and close the case, or "
                "hand in a table that can be read."
            )
        try:
            facts = unpacked(str(details.get("facts", "")))
        except BadInput:
            return _("The figures of this report cannot be read.")
        problems = _problems(str(content["body"]), facts, (get_language() or "de")[:2], details["language"])
        if problems:
            return " ".join(problems)
        if place.mails and not details["readers"]:
            return _("Choose at least one reader.")
        return ""

    def edited(self, details: Details, posted: Mapping[str, Any], place: Place) -> Details:
        """Fields reader-N; a reader without a tick does not get this report."""
        if not details or "report" not in posted:
            return details
        kept = [one for at, one in enumerate(details["readers"]) if f"reader-{at}" in posted]
        return {**details, "readers": kept}

    def may_become(self, before: Details, after: Details) -> bool:
        """Readers may be left out; nothing else of a report is changed by hand but its text."""
        same = {**before, "readers": []} == {**after, "readers": []}
        return same and set(after.get("readers") or ()) <= set(before.get("readers") or ())

    def by_hand(self, proposed: Details) -> Details:
        return proposed

    def outgoing(self, content: Mapping[str, Any], place: Place) -> Outgoing:
        from pilotwerk.pilots.recipes.reports.kept import unpacked
        from pilotwerk.pilots.recipes.reports.layout import export_pdf
        from pilotwerk.pilots.recipes.reports.mail import mail
        from pilotwerk.pilots.recipes.reports.render import render
        from pilotwerk.pilots.recipes.reports.workbook import export_xlsx

        subject, body = str(content["subject"]), str(content["body"])
        details: Any = content.get("details")
        if not details:
            return Outgoing(subject, body)
        language = details["language"]
        report = render(unpacked(details["facts"]), language, edited=body)
        name = f"{'Bericht' if language == 'de' else 'report'}-{details['period']}"
        pdf = export_pdf(report, organisation=place.organisation, day=date.fromisoformat(details["day"]))
        return Outgoing(
            subject,
            mail(report).body,
            (Attached(f"{name}.pdf", pdf), Attached(f"{name}.xlsx", export_xlsx(report))),
            tuple(details["readers"]),
        )

    def shown(
        self,
        details: Details,
        evidence: Mapping[str, Any],
        language: str,
        posted: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        from pilotwerk.pilots.recipes.reports.showing import shown

        return shown(details, evidence, language, posted)

    def told(self, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
        from pilotwerk.pilots.recipes.reports.showing import told

        return told(facts, language)

    def reason(self, code: str, language: str) -> str:
        return in_language(in_language(code, language, READING), language)

    def figures(self, place: Place, cases: Sequence[CaseView]) -> Sequence[Figure]:
        due = len(cases)
        sent = [case for case in cases if case.sent_at]
        on_time = sum(bool(case.deadline and case.sent_at and case.sent_at <= case.deadline) for case in sent)
        changed = sum(case.edited for case in sent)
        about = _("of %(count)s reports that went out") % {"count": len(sent)}
        return (
            Figure(_("Reports"), str(len(sent)), _("of %(count)s that were due") % {"count": due}),
            Figure(_("On time"), str(on_time), about),
            Figure(_("Changed by people"), str(changed), about),
        )


def _problems(text: str, facts: Any, language: str, written: str | None = None) -> list[str]:
    """What is wrong with the numbers of a text, in `language`, each number once; `written` is the text's language."""
    from pilotwerk.pilots.recipes.reports.checking.check import check

    found = [one.text(language) for one in check(text, facts, written or language)]
    return list(dict.fromkeys(found))[:NAMED]
