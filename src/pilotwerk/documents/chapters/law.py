"""Which duties the registered systems bring, with certainty, source and legal state."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Organisation
from pilotwerk.documents.domain import Block, Bullets, Facts, Figure, Grid, Open, Paragraph, Section
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.presenting import SystemRow, duty_rows, open_rows, source_rows, system_row
from pilotwerk.governance.selectors import review_is_due, sources, systems
from pilotwerk.web.templatetags.pw import number, short_date


def legal_state() -> str:
    """The state of the law that the rules were written from, as every page carries it."""
    return _("Legal state %(day)s") % {"day": short_date(sources().legal_state)}


def law_section(organisation: Organisation) -> Section:
    """What the sources say about each system; no legal advice and no claim of conformity."""
    blocks: list[Block] = [
        Paragraph(
            _(
                "This chapter says what the named sources say and how certain that is. It is no legal advice "
                "and no confirmation of conformity."
            )
        )
    ]
    if review_is_due(organisation):
        text = _("The sources were due for review on %(day)s. Check them before you rely on this chapter.")
        blocks.append(Open(text % {"day": short_date(sources().review_by)}))
    found = [system_row(system) for system in systems(organisation)]
    if not found:
        blocks.append(Open(_("Still open: no AI system is in the register yet.")))
    for row in found:
        blocks += _system(row)
    named = dict.fromkeys(
        source["title"] for row in found if row.result is not None for source in source_rows(row.result)
    )
    if named:
        blocks += [Paragraph(_("Sources:")), Bullets(tuple(named))]
    return Section("law", _("Law and duties"), tuple(blocks))


def _system(row: SystemRow) -> list[Block]:
    system: AISystem = row.system
    result = row.result
    if result is None:
        return [Open(_("%(name)s: registered, not classified yet.") % {"name": system.name})]
    origin = _("Classification in the AI register, worked out for %(day)s with the legal state %(state)s") % {
        "day": short_date(result.on),
        "state": short_date(result.legal_state),
    }
    register = _("AI register")
    certainty = _("certain") if row.settled else _("open")
    facts: list[tuple[str, Figure]] = [
        (_("Purpose"), Figure(system.purpose or "–", register)),
        (_("Made by"), Figure(system.provider or _("not known"), register)),
        (_("State"), Figure(str(system.get_state_display()), register)),
        (_("Result after the AI Act"), Figure(f"{row.title} ({certainty})", origin)),
        (_("Our role"), Figure(row.roles, origin)),
    ]
    blocks: list[Block] = [Facts(system.name, tuple(facts))]
    duties = [duty for duty in duty_rows(result) if duty.ours]
    if duties:
        header = (_("Duty"), _("Source"), _("Applies"), _("Certainty"))
        rows = tuple(
            (duty.text, duty.cite, duty.since, _("certain") if duty.settled else _("open")) for duty in duties
        )
        blocks.append(Grid(_("Duties that follow for us"), header, rows))
    unsettled = tuple(f"{one.text} ({one.why})" if one.why else one.text for one in open_rows(result))
    if unsettled:
        text = ngettext("%(count)s point is open:", "%(count)s points are open:", len(unsettled))
        blocks += [Paragraph(text % {"count": number(len(unsettled))}), Bullets(unsettled)]
    return blocks
