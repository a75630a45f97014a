"""What the register says to the plan: criteria of gate 2, steps, points that need attention."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.governance import permissions, presenting, selectors
from pilotwerk.governance.models import AISystem
from pilotwerk.journey.registry import Attention, CheckResult, State
from pilotwerk.portfolio.selectors import usecase_chosen


def system_of_pilot(organisation: Organisation) -> AISystem | None:
    """The registered system of the chosen use case, or None."""
    chosen = usecase_chosen(organisation)
    return selectors.system_for_use_case(chosen) if chosen else None


def is_registered(organisation: Organisation) -> bool:
    """The chosen use case has an entry."""
    return system_of_pilot(organisation) is not None


def is_classified(organisation: Organisation) -> bool:
    """Its entry is classified."""
    system = system_of_pilot(organisation)
    return system is not None and system.classification is not None


def dpia_is_decided(organisation: Organisation) -> bool:
    """Somebody decided on the impact assessment, or none is indicated."""
    system = system_of_pilot(organisation)
    result = selectors.classification_now(system) if system else None
    return system is not None and result is not None and not selectors.dpia_is_open(system, result)


def classified(organisation: Organisation) -> CheckResult:
    """A pilot runs only with a system that is registered and may be used."""
    system = system_of_pilot(organisation)
    result = selectors.classification_now(system) if system else None
    if system is None or result is None:
        state, measured = (
            State.OPEN,
            _("not in the register yet") if system is None else _("not classified yet"),
        )
    else:
        state = State.NOT_MET if result.risk_class in ("prohibited", "high_risk") else State.OPEN
        state = State.MET if selectors.system_is_ready(system) else state
        measured = presenting.risk_title(result)
    return CheckResult(
        state,
        required=_("registered, neither prohibited nor high-risk"),
        measured=measured,
        evidence_url=_url(organisation, system),
    )


def dpia_decided(organisation: Organisation) -> CheckResult:
    """Art. 35 GDPR asks for the assessment before the processing."""
    system = system_of_pilot(organisation)
    result = selectors.classification_now(system) if system else None
    if system is None or result is None:
        state, measured = State.OPEN, _("not classified yet")
    elif system.dpia == AISystem.Dpia.DONE:
        state, measured = State.MET, _("carried out, %(name)s") % {"name": system.dpia_name}
    elif system.dpia == AISystem.Dpia.NOT_NEEDED:
        state, measured = State.MET, _("not needed, %(name)s") % {"name": system.dpia_name}
    elif result.dpia == "not_indicated":
        state, measured = State.MET, _("nothing indicates one")
    else:
        state, measured = State.OPEN, _("nobody has decided yet")
    return CheckResult(
        state,
        required=_("carried out, or not needed with a reason"),
        measured=measured,
        evidence_url=_url(organisation, system),
    )


def attention(organisation: Organisation, membership: Membership) -> list[Attention]:
    """Systems with open legal points, for those who may look at the register."""
    if not membership.may(permissions.VIEW):
        return []
    found = []
    for system in selectors.systems(organisation):
        row = presenting.system_row(system)
        if row.off or not row.missing:
            continue
        banned = row.result is not None and row.result.risk_class == "prohibited"
        text = ngettext(
            "%(name)s: %(count)s point of law is open",
            "%(name)s: %(count)s points of law are open",
            row.missing,
        ) % {"name": system.name, "count": row.missing}
        found.append(
            Attention(
                state="bad" if banned else "open",
                label=_("prohibited") if banned else _("open"),
                text=text,
                url=_url(organisation, system),
                who=system.responsible.user.name if system.responsible else "",
            )
        )
    return found


def _url(organisation: Organisation, system: AISystem | None) -> str:
    if system is None:
        return organisation.url("governance:register")
    return organisation.url("governance:system", pk=system.pk)
