"""What phase 1 found: company, reason, readiness, process, focus, goals."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.domain import REGIONS
from pilotwerk.accounts.models import Organisation
from pilotwerk.company.catalogue import check
from pilotwerk.company.domain.readiness import DimensionScore
from pilotwerk.company.domain.size import SizeUnknown
from pilotwerk.company.models import WorksCouncil
from pilotwerk.company.selectors import profile, readiness_result, size, tools
from pilotwerk.company.words import size_headline, size_name, size_reason
from pilotwerk.core.results import CannotTell
from pilotwerk.documents.domain import Block, Facts, Figure, Grid, Open, Paragraph, Section
from pilotwerk.kpis.catalogue import catalogue
from pilotwerk.kpis.models import Goal
from pilotwerk.kpis.selectors import goals
from pilotwerk.kpis.words import basis_text, value_text
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.selectors import usecase_chosen, usecases_ranked, usecases_refused
from pilotwerk.portfolio.words import (
    euro_span,
    look_again_text,
    number_span,
    rule_reason,
    verdict_text,
)
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import import_latest, process_list
from pilotwerk.web.templatetags.pw import duration_days, euro, number, percent, short_date


def company(organisation: Organisation) -> Section:
    """Who the company is, in figures, and which AI tools it uses already."""
    found = profile(organisation)
    origin = _("Company profile")
    known: list[tuple[str, Figure]] = [(_("Place"), Figure(_place(organisation), _("Organisation")))]
    if found.sector:
        known.append((_("Sector"), Figure(found.sector, origin)))
    if found.staff is not None:
        known.append((_("People at work"), Figure(number(found.staff), origin)))
    if found.turnover is not None:
        known.append((_("Turnover a year"), Figure(euro(found.turnover), origin)))
    sized = size(organisation)
    if not isinstance(sized, SizeUnknown):
        rule = _("Recommendation 2003/361/EC, applied to the company profile")
        known.append((_("Size class"), Figure(size_name(sized.size), rule)))
    if found.works_council:
        known.append((_("Works council"), Figure(str(WorksCouncil(found.works_council).label), origin)))
    blocks: list[Block] = [
        Paragraph(f"{size_headline(organisation.name, sized)}. {size_reason(sized)}"),
        Facts(_("The company at a glance"), tuple(known)),
    ]
    return Section("company", _("The company"), (*blocks, _tools(organisation)))


def _place(organisation: Organisation) -> str:
    region = REGIONS.get(organisation.country, {}).get(organisation.region)
    country = str(organisation.get_country_display())
    return f"{region}, {country}" if region else country


def _tools(organisation: Organisation) -> Block:
    rows = [
        (tool.name, tool.purpose, tool.team, _("yes") if tool.is_official else _("no or not known"))
        for tool in tools(organisation)
    ]
    if not rows:
        return Open(_("No AI tools in use are listed yet."))
    header = (_("Tool"), _("Used for"), _("Team"), _("Introduced by the company"))
    return Grid(_("AI tools in use today"), header, tuple(rows))


def why(organisation: Organisation) -> Section:
    """Why AI at all: what the chosen use case is expected to bring."""
    heading = _("Why we use AI")
    chosen = usecase_chosen(organisation)
    if chosen is None or not chosen.is_assessed:
        return Section("why", heading, (Open(_("Still open: no use case is chosen yet.")),))
    origin = _("Assessment of the use case on %(day)s") % {"day": short_date(chosen.assessed_at)}
    blocks: list[Block] = [
        Paragraph(_("We begin with one use case: %(name)s.") % {"name": chosen.name}),
        *([Paragraph(chosen.description)] if chosen.description else []),
        Paragraph(verdict_text(chosen)),
        Facts(
            _("What we expect in 12 months, before the pilot was measured"),
            (
                (_("Hours saved a year"), Figure(number_span(chosen.score("hours")), origin)),
                (_("Benefit"), Figure(euro_span(chosen.score("benefit")), origin)),
                (_("Cost"), Figure(euro_span(chosen.score("cost")), origin)),
                (_("Net benefit"), Figure(euro_span(chosen.score("net")), origin)),
            ),
        ),
    ]
    return Section("why", heading, tuple(blocks))


def readiness(organisation: Organisation) -> Section:
    """Where the company stands, with spread, and the weakest spot."""
    heading = _("How ready we are")
    found = readiness_result(organisation)
    titles = {dimension.id: str(dimension.title) for dimension in check().dimensions}
    rows = []
    for name, score in found.dimensions.items():
        if isinstance(score, DimensionScore):
            origin = ngettext(
                "Readiness check, %(people)s person", "Readiness check, %(people)s people", score.respondents
            ) % {"people": number(score.respondents)}
            spread = f"{number(score.low)} – {number(score.high)}"
            rows.append((titles[name], Figure(number(score.mean), origin), spread))
    if not rows:
        text = _("Still open: the readiness check needs answers of at least two people.")
        return Section("readiness", heading, (Open(text),))
    header = (_("Dimension"), _("Average, 0 to 100"), _("Lowest to highest"))
    blocks: list[Block] = [
        Grid(_("Average of the answers and spread between people"), header, tuple(rows), frozenset({1, 2}))
    ]
    missing = len(found.dimensions) - len(rows)
    if missing:
        text = ngettext(
            "%(count)s dimension has too few answers and is not shown.",
            "%(count)s dimensions have too few answers and are not shown.",
            missing,
        )
        blocks.append(Open(text % {"count": number(missing)}))
    if not isinstance(found.weakest, CannotTell):
        weakest = check().dimension(found.weakest.dimension)
        if weakest is not None:
            values = {"title": weakest.title, "step": weakest.weak}
            blocks.append(Paragraph(_("The weakest spot: %(title)s. %(step)s") % values))
    return Section("readiness", heading, tuple(blocks))


def process(organisation: Organisation) -> Section:
    """Measured facts of each imported process."""
    heading = _("What we measured about the process")
    latest = [import_latest(organisation, each) for each in process_list(organisation)]
    blocks = tuple(_process_facts(found) for found in latest if found is not None)
    if not blocks:
        return Section("process", heading, (Open(_("Still open: no process data is imported yet.")),))
    return Section("process", heading, blocks)


def _process_facts(found: ProcessImport) -> Facts:
    facts: dict[str, Any] = found.facts
    origin = _("Import %(file)s, %(rows)s rows, %(rejected)s of them not taken, checksum %(sum)s") % {
        "file": found.filename,
        "rows": number(found.rows),
        "rejected": number(found.rejected),
        "sum": found.fingerprint[:12],
    }
    duration: dict[str, Any] = facts.get("duration_days") or {}
    weekly: dict[str, Any] = facts.get("cases_per_week") or {}
    candidates = (
        (_("Cases"), facts.get("cases"), number),
        (_("Cases a week, median"), weekly.get("median"), number),
        (_("Cycle time, median"), duration.get("median"), duration_days),
        (_("Cycle time that 90 of 100 cases keep"), duration.get("p90"), duration_days),
        (_("Cases in which a step occurs more than once"), facts.get("rework_share"), percent),
        (_("Different ways that cases take"), facts.get("variants"), number),
    )
    rows = tuple(
        (label, Figure(shown(value), origin)) for label, value, shown in candidates if value is not None
    )
    return Facts(found.process.name, rows)


def focus(organisation: Organisation) -> Section:
    """The ranking, and what was refused for which reason."""
    heading = _("Where we begin and what we leave")
    ranked, refused = usecases_ranked(organisation), list(usecases_refused(organisation))
    if not ranked and not refused:
        return Section("focus", heading, (Open(_("Still open: no use cases are collected yet.")),))
    blocks: list[Block] = []
    if ranked:
        header = (_("Rank"), _("Use case"), _("Net benefit, 12 months"), _("Risk, 0 to 100"), _("State"))
        rows = tuple(_ranked_row(rank, each) for rank, each in enumerate(ranked, start=1))
        blocks.append(
            Grid(_("Use cases by benefit, adjusted for risk"), header, rows, frozenset({2, 3}), named_by=1)
        )
    chosen = usecase_chosen(organisation)
    if chosen is not None and chosen.reason:
        blocks.append(Paragraph(_("Reason for the choice: %(reason)s") % {"reason": chosen.reason}))
    if refused:
        labels = (_("Refused use case"), _("Reason given"), _("We look again"))
        reasons = tuple(
            (each.name, each.reason or rule_reason(each) or "–", look_again_text(each) or "–")
            for each in refused
        )
        blocks.append(Grid(_("What we do not do, and why"), labels, reasons))
    return Section("focus", heading, tuple(blocks))


def _ranked_row(rank: int, each: UseCase) -> tuple[str, str, str | Figure, str | Figure, str]:
    if not each.is_assessed:
        return number(rank), each.name, _("open"), _("open"), str(each.get_state_display())
    origin = _("Assessment of the use case on %(day)s") % {"day": short_date(each.assessed_at)}
    return (
        number(rank),
        each.name,
        Figure(euro_span(each.score("net")), origin),
        Figure(number_span(each.score("risk")), origin),
        str(each.get_state_display()),
    )


def goal_section(organisation: Organisation) -> Section:
    """Goals with their frozen baselines."""
    heading = _("What we want to reach")
    rows = tuple(_goal_row(goal) for goal in goals(organisation))
    if not rows:
        return Section("goals", heading, (Open(_("Still open: no goal is set yet.")),))
    header = (_("KPI"), _("Baseline"), _("Target"), _("Until"), _("Responsible"))
    definitions = {goal.baseline.name: goal.baseline.definition_text for goal in goals(organisation)}
    texts = tuple(Paragraph(f"{name}: {definition}") for name, definition in definitions.items())
    return Section("goals", heading, (Grid(_("Goals"), header, rows, frozenset({1, 2})), *texts))


def _goal_row(goal: Goal) -> tuple[str, Figure, Figure, str, str]:
    baseline = goal.baseline
    entry = catalogue().find(baseline.kpi)
    basis = basis_text(entry, baseline.n, *baseline.period) if entry else number(baseline.n)
    frozen = _("Frozen on %(day)s from the import %(file)s: %(basis)s") % {
        "day": short_date(baseline.frozen_at),
        "file": baseline.process_import.filename,
        "basis": basis,
    }
    set_on = _("Goal set on %(day)s") % {"day": short_date(goal.created_at)}
    return (
        baseline.name,
        Figure(value_text(baseline.value, baseline.unit), frozen),
        Figure(value_text(goal.target, baseline.unit), set_on),
        short_date(goal.due),
        goal.owner.user.name if goal.owner else _("nobody yet"),
    )
