"""What phases 2 and 3 gave: pilot, effect, decision, learnings, roles, roadmap."""

from dataclasses import replace

from django.utils.translation import gettext as _

from pilotwerk.accounts.models import ROLE_LABELS, Organisation
from pilotwerk.accounts.selectors import members
from pilotwerk.core.permissions import Role
from pilotwerk.documents.domain import (
    Block,
    Bullets,
    Facts,
    Figure,
    Grid,
    Interval,
    Intervals,
    Open,
    Paragraph,
    Section,
    Signed,
)
from pilotwerk.evaluation import selectors as evaluation
from pilotwerk.evaluation import wording
from pilotwerk.evaluation.domain.report import Effect
from pilotwerk.evaluation.money import Money, MoneyRow
from pilotwerk.evaluation.page import goal_row, grade_letter, lead, money_report
from pilotwerk.journey.selectors import decisions
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors import pilot_current, pilot_summary, stop_readings
from pilotwerk.pilots.wording import rule_sentence
from pilotwerk.roadmap import selectors as roadmap
from pilotwerk.roadmap.words import load_problems, quarter_name
from pilotwerk.web.templatetags.pw import euro, moment, number, percent, short_date


def started_pilot(organisation: Organisation) -> Pilot | None:
    """The pilot that the document tells of: one that has started."""
    found = pilot_current(organisation)
    return found if found is not None and found.started_at is not None else None


def pilot_section(organisation: Organisation) -> Section:
    """How the pilot runs and who keeps control."""
    heading = _("The pilot and how it is kept under control")
    pilot = started_pilot(organisation)
    if pilot is None:
        return Section("pilot", heading, (Open(_("Still open: no pilot has started yet.")),))
    found = pilot_summary(pilot)
    origin = _("Cases of the pilot %(name)s, state of this document") % {"name": pilot.name}
    rows = (
        (_("State"), Figure(str(pilot.get_state_display()), origin)),
        (_("Started"), Figure(short_date(pilot.started_at), origin)),
        (_("Share that the lot gives to AI"), Figure(percent(pilot.share), _("Set-up of the pilot"))),
        (_("Cases so far"), Figure(number(found.cases), origin)),
        (_("with AI"), Figure(number(found.with_ai), origin)),
        (_("as before"), Figure(number(found.as_before), origin)),
        (_("Proposals decided by people"), Figure(number(found.decided), origin)),
        (_("of these unchanged"), Figure(number(found.approved), origin)),
        (_("of these edited"), Figure(number(found.edited), origin)),
        (_("of these rejected"), Figure(number(found.rejected), origin)),
    )
    blocks: list[Block] = [
        Paragraph(
            _("The AI proposes, people decide: nothing goes out without the approval of a named person.")
        ),
        Facts(_("The pilot %(name)s in figures") % {"name": pilot.name}, rows),
    ]
    rules = tuple(rule_sentence(reading.rule) for reading in stop_readings(pilot))
    if rules:
        blocks += [Paragraph(_("The pilot stops by itself under these rules:")), Bullets(rules)]
    return Section("pilot", heading, tuple(blocks))


def effect_section(organisation: Organisation, found: Effect | None) -> Section:
    """The measured effect with intervals, its grade, goals and money."""
    heading = _("What the pilot achieved")
    pilot = started_pilot(organisation)
    if pilot is None or found is None:
        return Section("effect", heading, (Open(_("Still open: nothing is measured yet.")),))
    blocks: list[Block] = [Paragraph(lead(found))]
    if evaluation.is_preliminary(organisation):
        blocks.append(Open(_("This is an interim state. Binding is the evaluation at gate 3.")))
    blocks += [_intervals(found), *_grade(found), *_goals(pilot), *_money(pilot, found)]
    return Section("effect", heading, tuple(blocks))


def _intervals(found: Effect) -> Intervals:
    rows = []
    for outcome in found.outcomes:
        row = wording.row(outcome)
        origin = _("%(cases)s closed cases of the pilot in %(days)s days: %(compared)s. 95%% interval") % {
            "cases": number(found.cases),
            "days": number(found.days),
            "compared": row.compared,
        }
        rows.append(
            Interval(
                label=row.label,
                compared=row.compared,
                effect=Figure(row.summary, origin),
                verdict=row.verdict,
                positions=row.places,
                better_is_left=row.better_is_left,
            )
        )
    header = (_("What is measured"), _("Difference with its 95 percent interval"), _("Meaning"))
    return Intervals(_("Cases with AI against cases as before"), header, tuple(rows))


def _grade(found: Effect) -> list[Block]:
    letter, name = grade_letter(found.evidence.grade), wording.GRADES[found.evidence.grade]
    reasons = " ".join(wording.grade_reasons(found.evidence))
    text = _("Evidence: %(name)s (grade %(letter)s). %(reasons)s") % {
        "name": name,
        "letter": letter,
        "reasons": reasons,
    }
    missing = tuple(wording.grade_missing(found.evidence))
    if not missing:
        return [Paragraph(text)]
    for_next = _("For grade %(grade)s this is missing:") % {"grade": found.evidence.next_grade}
    return [Paragraph(text), Paragraph(for_next), Bullets(missing)]


def _goals(pilot: Pilot) -> list[Block]:
    found = [goal_row(goal, result) for goal, result in evaluation.goal_results(pilot)]
    if not found:
        return []
    origin = _("Cases of the pilot with AI, by the definition of the frozen baseline")
    header = (_("Goal"), _("Baseline"), _("Target"), _("With AI"), _("State"))
    rows = tuple(
        (row["name"], row["baseline"], row["target"], Figure(row["now"], row["why"] or origin), row["word"])
        for row in found
    )
    return [Grid(_("Are the goals reached?"), header, rows, frozenset({1, 2, 3}))]


def _money(pilot: Pilot, found: Effect) -> list[Block]:
    money: Money | None = money_report(pilot, found)
    if money is None:
        return [
            Open(
                _(
                    "Still open: costs and benefits. Either the assumptions or a range of the saving are missing."
                )
            )
        ]
    header = (_("Item"), _("cautious"), _("middle"), _("favourable"))
    sums = (replace(row, basis=_("worked out from the rows above")) for row in (money.net, money.payback))
    rows = tuple(_money_row(row) for row in (*money.rows, *sums))
    grid = Grid(_("One year after the pilot"), header, rows, frozenset({1, 2, 3}))
    return [Paragraph(money.sentence), grid]


def _money_row(row: MoneyRow) -> tuple[str, str, Figure, str]:
    """The origin stands at the middle case and holds for all three."""
    return row.label, row.cautious, Figure(row.middle, row.basis), row.favourable


def decision_section(organisation: Organisation) -> Section:
    """What was decided about the pilot, and at the gates."""
    heading = _("What we decided")
    pilot = started_pilot(organisation)
    found = evaluation.decision(pilot) if pilot else None
    blocks: list[Block] = []
    if found is None:
        blocks.append(Open(_("Still open: the decision to scale, change or stop is not prepared yet.")))
    elif found.signed_at is None:
        text = _("Draft, not signed yet: %(choice)s. %(reason)s")
        blocks.append(Open(text % {"choice": found.get_choice_display(), "reason": found.reason}))
    else:
        signature = _("%(name)s, %(moment)s, with evidence of grade %(grade)s") % {
            "name": found.signed_by,
            "moment": moment(found.signed_at),
            "grade": found.evidence.get("grade", "–"),
        }
        blocks.append(Signed(str(found.get_choice_display()), found.reason, signature))
    gates = [
        (
            _("Gate %(number)s") % {"number": each.gate.number},
            _gate_word(each.decision),
            each.reason,
            f"{each.signed_name}, {short_date(each.signed_at)}",
        )
        for each in reversed(decisions(organisation))
    ]
    if gates:
        header = (_("Gate"), _("Decision"), _("Reason given"), _("Signed"))
        blocks.append(Grid(_("Decisions at the gates of the 90-day plan"), header, tuple(gates)))
    return Section("decision", heading, tuple(blocks))


def _gate_word(decision: str) -> str:
    words = {"pass": _("passed"), "hold": _("not yet"), "stop": _("ended here")}
    return words.get(decision, decision)


def learnings_section(organisation: Organisation) -> Section:
    """What the next pilot should know."""
    heading = _("What we learnt")
    pilot = started_pilot(organisation)
    rows = (
        tuple(
            (str(each.get_topic_display()), each.observation, each.consequence)
            for each in evaluation.learnings(pilot)
        )
        if pilot
        else ()
    )
    if not rows:
        return Section("learnings", heading, (Open(_("Still open: no learnings are written down yet.")),))
    header = (_("Topic"), _("What we noticed"), _("What follows"))
    return Section("learnings", heading, (Grid("", header, rows),))


def roles_section(organisation: Organisation) -> Section:
    """Who answers for AI. Clerks and employees are counted, not named."""
    tasks = {
        Role.OWNER: _("decides at the gates, answers for the result"),
        Role.LEAD: _("leads the programme, sets up and watches the pilot"),
        Role.AUDITOR: _("checks register, data protection and audit trail"),
        Role.CLERK: _("decides on the proposals of the AI"),
    }
    everybody = list(members(organisation))
    rows: list[tuple[str, str | Figure, str]] = []
    for role, task in tasks.items():
        names = [each.user.name for each in everybody if each.role == role]
        if not names:
            rows.append((str(ROLE_LABELS[role]), _("nobody yet"), task))
        elif role is Role.CLERK:
            rows.append(
                (str(ROLE_LABELS[role]), Figure(number(len(names)), _("Members of the organisation")), task)
            )
        else:
            rows.append((str(ROLE_LABELS[role]), ", ".join(names), task))
    header = (_("Role"), _("Person or number"), _("Does"))
    return Section("roles", _("Who answers for what"), (Grid("", header, tuple(rows)),))


def roadmap_section(organisation: Organisation) -> Section:
    """Which use case comes when, with KPI, budget and owner."""
    heading = _("What comes next")
    plan = roadmap.plan(organisation)
    if not plan:
        return Section("roadmap", heading, (Open(_("Still open: no use case is laid on a quarter yet.")),))
    origin = _("Roadmap, laid by hand")
    rows = tuple(
        (
            quarter_name(quarter.quarter),
            item.use_case.name,
            item.kpi_name,
            item.owner.user.name if item.owner else _("nobody yet"),
            Figure(euro(item.budget), origin),
        )
        for quarter in plan
        for item in quarter.items
    )
    header = (_("Quarter"), _("Use case"), _("KPI"), _("Responsible"), _("Budget"))
    total = _("Sum of all quarters: %(amount)s.") % {"amount": euro(roadmap.total_budget(plan))}
    problems = [
        Open(f"{quarter_name(quarter.quarter)}: {'; '.join(found)}")
        for quarter in plan
        if (found := load_problems(quarter.load))
    ]
    grid = Grid(_("Use cases by quarter"), header, rows, frozenset({4}), named_by=1)
    return Section("roadmap", heading, (grid, Paragraph(total), *problems))
