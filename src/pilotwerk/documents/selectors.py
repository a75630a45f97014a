"""Puts the strategy together from the records of all rooms, in the language that is asked for."""

import uuid

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.core import clock
from pilotwerk.documents.chapters import analysis, outcome
from pilotwerk.documents.chapters.law import law_section, legal_state
from pilotwerk.documents.domain import LANGUAGES, Language, Section, StrategyDocument, Words
from pilotwerk.documents.models import CreatedDocument
from pilotwerk.evaluation import selectors as evaluation
from pilotwerk.evaluation.domain.report import Effect
from pilotwerk.evaluation.page import lead, money_report
from pilotwerk.pilots.models import Pilot
from pilotwerk.portfolio.selectors import usecase_chosen
from pilotwerk.web.templatetags.pw import short_date


def strategy(organisation: Organisation, language: Language) -> StrategyDocument:
    """The AI strategy as it stands now. ValueError for a language that is not offered."""
    if language not in LANGUAGES:
        raise ValueError(f"there is no strategy in {language!r}")
    today = clock.today(organisation.timezone)
    pilot = outcome.started_pilot(organisation)
    report = evaluation.effect_report(pilot) if pilot else None
    with translation.override(language):
        return StrategyDocument(
            language=language,
            title=_("AI strategy"),
            organisation=organisation.name,
            date=short_date(today),
            iso_date=today.isoformat(),
            legal_state=legal_state(),
            sample_label=_("Sample company, invented") if organisation.is_sample else "",
            summary=_summary(organisation, pilot, report),
            sections=_sections(organisation, report),
            words=_words(),
        )


def created(organisation: Organisation) -> QuerySet[CreatedDocument]:
    """Documents made so far, the newest first."""
    found: QuerySet[CreatedDocument] = CreatedDocument.objects.of(organisation)
    return found


def created_get(organisation: Organisation, pk: uuid.UUID) -> CreatedDocument | None:
    """One document of this organisation, or None."""
    return created(organisation).filter(pk=pk).first()


def _sections(organisation: Organisation, report: Effect | None) -> tuple[Section, ...]:
    return (
        analysis.company(organisation),
        analysis.why(organisation),
        analysis.readiness(organisation),
        analysis.process(organisation),
        analysis.focus(organisation),
        analysis.goal_section(organisation),
        outcome.pilot_section(organisation),
        outcome.effect_section(organisation, report),
        outcome.decision_section(organisation),
        outcome.learnings_section(organisation),
        outcome.roles_section(organisation),
        outcome.roadmap_section(organisation),
        law_section(organisation),
    )


def _summary(organisation: Organisation, pilot: Pilot | None, report: Effect | None) -> tuple[str, ...]:
    """The few sentences that a managing director reads: focus, effect, money, decision."""
    chosen = usecase_chosen(organisation)
    found = [
        _("We begin with one use case: %(name)s.") % {"name": chosen.name}
        if chosen
        else _("Which use case comes first is still open.")
    ]
    if pilot is None or report is None:
        return (*found, _("No pilot has started yet, so no effect is measured."))
    found.append(lead(report))
    if money := money_report(pilot, report):
        found.append(money.sentence)
    decision = evaluation.decision(pilot)
    if decision is None or decision.signed_at is None:
        found.append(_("What happens with the pilot is not decided yet."))
    else:
        text = _("Decision: %(choice)s, signed by %(name)s on %(day)s.")
        values = {
            "choice": decision.get_choice_display(),
            "name": decision.signed_by,
            "day": short_date(decision.signed_at),
        }
        found.append(text % values)
    return tuple(found)


def _words() -> Words:
    return Words(
        contents=_("Contents"),
        summary=_("In short"),
        page=_("Page {page} of {pages}"),
        figure=_("Statement"),
        value=_("Value"),
        origin=_("Origin"),
        number=_("No."),
        origins_heading=_("Where the figures come from"),
        origins_lead=_("Each figure in this document carries a number. Here it says where it comes from."),
    )
