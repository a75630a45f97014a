"""Levels rise by two signatures on evidence and fall by one hand, or by themselves when quality falls."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots.domain.assignment import commitment, seed_new
from pilotwerk.pilots.domain.autonomy import BY_ITSELF, Level, below, fallback, goes_by_itself
from pilotwerk.pilots.domain.autonomy_evidence import FallRules, watch_of
from pilotwerk.pilots.domain.states import CaseEvent, CaseState
from pilotwerk.pilots.models import (
    AUTONOMY,
    Case,
    Cause,
    Decision,
    DecisionKind,
    HumanControl,
    LevelPeriod,
    Pilot,
    Promotion,
    Proposal,
    Source,
)
from pilotwerk.pilots.selectors.autonomy import (
    Standing,
    control_of,
    level_for,
    obstacles,
    period_for,
    period_of,
    standing,
    watched,
)
from pilotwerk.pilots.services.moves import case_recorded, move_if, pilot_lock, pilot_recorded

PLANTED_AT_MOST: Final = 0.05
SETTINGS: Final = (
    "bound",
    "sample_share",
    "amount_limit",
    "four_eyes_categories",
    "four_eyes_confidence",
    "four_eyes_complaints",
    "escalates",
    "remind_hours",
    "lead_hours",
    "planted_share",
)


@transaction.atomic
def control_set(*, organisation: Organisation, actor: Actor, pilot: Pilot, **values: Any) -> HumanControl:
    """Set how people keep control. A promise that was signed is not moved under it: the bound may not fall while
    a level works by itself. Planted mistakes are announced by being switched on.
    """
    unknown = set(values) - set(SETTINGS)
    if unknown:
        raise TypeError(f"not a setting: {', '.join(sorted(unknown))}")
    pilot_lock(pilot.pk)
    control = HumanControl.objects.filter(pilot=pilot).first()
    if control is None:
        seed = seed_new()
        control = HumanControl(
            organisation=organisation, pilot=pilot, seed=seed, seed_commitment=commitment(seed)
        )
    _allowed(pilot, control, values)
    planting = values.get("planted_share", control.planted_share)
    if planting and not control.planted_share:
        control.planted_announced_at, control.planted_announced_by = clock.now(), actor.name[:120]
    if not planting:
        control.planted_announced_at, control.planted_announced_by = None, ""
    for name, value in values.items():
        setattr(control, name, value)
    control.save()
    kept = {name: getattr(control, name) for name in SETTINGS}
    kept["amount_limit"] = None if control.amount_limit is None else str(control.amount_limit)
    pilot_recorded(
        actor=actor,
        action="pilots.control_set",
        pilot=pilot,
        data={"settings": kept, "commitment": control.seed_commitment},
    )
    return control


def _allowed(pilot: Pilot, control: HumanControl, values: dict[str, Any]) -> None:
    if not 0.6 <= values.get("bound", control.bound) <= 0.99:
        raise Refused(_("The bound lies between 60 and 99%."))
    if not 0.01 <= values.get("sample_share", control.sample_share) <= 1:
        raise Refused(_("The share of the sample lies between 1 and 100%."))
    if not 0 <= values.get("planted_share", control.planted_share) <= PLANTED_AT_MOST:
        raise Refused(_("At most 5 in 100 proposals may hold a planted mistake."))
    free = LevelPeriod.objects.filter(pilot=pilot, ended_at=None, level__in=[one.value for one in BY_ITSELF])
    lowered = [name for name in ("bound", "sample_share") if values.get(name, 1) < getattr(control, name)]
    if lowered and free.exists():
        raise Refused(
            _(
                "Two people signed the level with this bound and this sample. Lower the level first, then the bound."
            )
        )


def figures_of(found: Standing) -> dict[str, object]:
    """The figures that are signed, as plain data."""
    low, high = found.interval
    return {
        "agreed": found.evidence.agreed,
        "cases": found.evidence.cases,
        "bound": found.evidence.bound,
        "log_e": round(found.evidence.log_e, 4),
        "error": found.error,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _offered(pilot: Pilot, category: str) -> tuple[Standing, Level]:
    """The standing, when the next level may be signed now; else the reason why not."""
    found = standing(pilot, category)
    if found.target is None:
        raise Refused(_("This is the highest level."))
    if not pilot.is_running:
        raise Refused(_("The pilot does not run."))
    if found.obstacles:
        raise Refused(" ".join(found.obstacles))
    if not found.shown:
        raise Refused(
            _("The decisions so far do not show that agreement is above %(bound)s%%.")
            % {"bound": round(found.evidence.bound * 100)}
        )
    return found, found.target


@transaction.atomic
def promotion_sign(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, category: str = ""
) -> Promotion:
    """The first signature under the next level, with the figures as they are now."""
    pilot = pilot_lock(pilot.pk)
    _person(actor)
    found, target = _offered(pilot, category)
    if found.promotion is not None:
        raise Refused(_("One person has signed already. A second one is waited for."))
    if not HumanControl.objects.filter(pilot=pilot).exists():
        raise Refused(_("Set the bound and the sample first, then a level can rise."))
    promotion = Promotion.objects.create(
        organisation=organisation,
        pilot=pilot,
        category=category,
        source=found.level,
        target=target,
        figures=figures_of(found),
        first_id=actor.id,
        first_name=actor.name,
        first_at=clock.now(),
    )
    _recorded(actor, "pilots.promotion_signed", pilot, category, target, promotion.figures)
    return promotion


@transaction.atomic
def promotion_confirm(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, promotion: Promotion
) -> LevelPeriod:
    """The second signature, by somebody else; the evidence must still hold. From now on the level is in force."""
    pilot = pilot_lock(pilot.pk)
    _person(actor)
    promotion = Promotion.objects.of(organisation).select_for_update().get(pk=promotion.pk)
    if promotion.closed_at is not None:
        raise Refused(_("This offer is closed."))
    if promotion.first_id == actor.id:
        raise Refused(_("You have signed already. A second person must sign."))
    found, target = _offered(pilot, promotion.category)
    if (found.level, target) != (promotion.source, promotion.target):
        raise Refused(_("The level has changed since the first signature. Please sign anew."))
    promotion.second_id, promotion.second_name, promotion.closed_at = actor.id, actor.name, clock.now()
    promotion.save(update_fields=["second_id", "second_name", "closed_at"])
    period = _begin(
        pilot,
        promotion.category,
        target,
        Cause.SIGNED,
        figures=figures_of(found),
        first_name=promotion.first_name,
        second_name=actor.name,
    )
    _recorded(actor, "pilots.level_raised", pilot, promotion.category, target, period.figures)
    return period


@transaction.atomic
def promotion_withdraw(*, organisation: Organisation, actor: Actor, promotion: Promotion) -> None:
    """Take an offer back before the second signature."""
    found = Promotion.objects.of(organisation).filter(pk=promotion.pk, closed_at=None)
    if found.update(closed_at=clock.now()) != 1:
        raise Refused(_("This offer is closed."))
    _recorded(
        actor, "pilots.promotion_withdrawn", promotion.pilot, promotion.category, Level(promotion.target), {}
    )


@transaction.atomic
def level_lower(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, level: Level, reason: str, category: str = ""
) -> LevelPeriod:
    """Any decider may lower a level, at once and with a reason. What is on its way by itself comes back."""
    pilot_lock(pilot.pk)
    _person(actor)
    if not reason.strip():
        raise Refused(_("Write why the level is lowered."))
    found = standing(pilot, category)
    if level not in below(found.level):
        raise Refused(_("A level is only lowered this way. To raise it, two people sign."))
    if not HumanControl.objects.filter(pilot=pilot).exists():
        control_set(organisation=organisation, actor=actor, pilot=pilot)
    period = _begin(
        pilot, category, level, Cause.BY_HAND, reason=reason.strip()[:1000], first_name=actor.name
    )
    back = _recall(pilot)
    _recorded(
        actor,
        "pilots.level_lowered",
        pilot,
        category,
        level,
        {"came_back": back},
        personal={"reason": reason.strip()[:1000]},
    )
    return period


def level_watch(case: Case) -> LevelPeriod | None:
    """After a decision or a check: lower the level at once when the detector sees a fall. In the running
    transaction, so that the fall and its cause are one. Answers the new period, or None.
    """
    if case.level not in BY_ITSELF:
        return None
    pilot = Pilot.objects.get(pk=case.pilot_id)
    model = Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()
    period = period_for(pilot, model.category if model else "")
    if period is None or Level(period.level) not in BY_ITSELF:
        return None
    rules = FallRules(control_of(pilot).bound)
    history = watched(pilot, period.category, period)
    watch = watch_of(history, rules)
    if not watch.fallen:
        return None
    figures = {
        "cases": len(history),
        "agreed": sum(history),
        "height": round(watch.height, 3),
        "threshold": rules.threshold,
        "bound": rules.bound,
    }
    level = fallback(Level(period.level))
    fallen = _begin(pilot, period.category, level, Cause.FALL, figures=figures)
    back = _recall(pilot)
    _recorded(AUTONOMY, "pilots.level_fell", pilot, period.category, level, {**figures, "came_back": back})
    return fallen


def _begin(
    pilot: Pilot,
    category: str,
    level: Level,
    cause: Cause,
    *,
    reason: str = "",
    figures: dict[str, Any] | None = None,
    first_name: str = "",
    second_name: str = "",
) -> LevelPeriod:
    """End the period in force and begin the next; open offers for it are void."""
    moment = clock.now()
    old = period_of(pilot, category)
    if old is not None:
        LevelPeriod.objects.filter(pk=old.pk, ended_at=None).update(ended_at=moment)
    Promotion.objects.filter(pilot=pilot, category=category, closed_at=None).update(closed_at=moment)
    return LevelPeriod.objects.create(
        organisation_id=pilot.organisation_id,
        pilot=pilot,
        category=category,
        level=level,
        cause=cause,
        reason=reason,
        figures=figures or {},
        first_name=first_name,
        second_name=second_name,
        began_at=moment,
    )


def _recall(pilot: Pilot) -> int:
    """What was let out by itself and has not gone, and whose level no longer allows it, waits for a person again."""
    on_the_way = Decision.objects.filter(
        case__pilot=pilot, case__state=CaseState.APPROVED.value, kind=DecisionKind.AUTO, withdrawn_at=None
    ).select_related("case", "case__organisation", "case__pilot")
    count = 0
    for decision in on_the_way:
        case = decision.case
        level = level_for(pilot, case.category)
        if by_itself_allowed(case) or not move_if(
            case, CaseEvent.WITHDRAW_PROPOSAL, execute_at=None, level=level.value
        ):
            continue
        Decision.objects.filter(pk=decision.pk).update(withdrawn_at=clock.now())
        case_recorded(
            organisation=case.organisation,
            actor=AUTONOMY,
            action="pilots.release_recalled",
            case=case,
        )
        count += 1
    return count


def by_itself_allowed(case: Case) -> bool:
    """Whether the level in force now, and the AI register now, still let this case out without a person."""
    pilot = Pilot.objects.select_related("use_case").get(pk=case.pilot_id)
    period = period_for(pilot, case.category)
    level = Level(period.level) if period else Level.SUGGEST
    return goes_by_itself(level, drawn=case.sampled) and not obstacles(pilot, level)


def release_later(case: Case) -> None:
    """Let the worker try to let the case out by itself."""
    jobs.enqueue(
        kind="pilots.release",
        organisation_id=case.organisation_id,
        payload={"case": str(case.pk)},
        key=f"pilots.release:{case.pk}",
    )


def _person(actor: Actor) -> None:
    if not actor.is_person:
        raise Refused(_("Only a person can do this."))


def _recorded(
    actor: Actor,
    action: str,
    pilot: Pilot,
    category: str,
    level: Level,
    data: dict[str, Any],
    personal: dict[str, str] | None = None,
) -> None:
    pilot_recorded(
        actor=actor,
        action=action,
        pilot=pilot,
        data={"category": category, "level": level.value, **data},
        personal=personal,
    )
