"""How reliable the quality check is, and how awake the team is. Figures about the team, never about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pilotwerk.core import clock
from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.autonomy import BY_ITSELF
from pilotwerk.pilots.domain.autonomy_agreement import (
    PAIRS_NEEDED,
    PEOPLE_NEEDED,
    Kappa,
    cohen_kappa,
    too_fast,
)
from pilotwerk.pilots.models import (
    Case,
    Cause,
    Decision,
    DecisionKind,
    HumanControl,
    LevelPeriod,
    Pilot,
    PlantedCheck,
    Promotion,
    SecondCheck,
    Sitting,
)

NEWS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Awake:
    """Of the team as a whole: planted mistakes noticed of those answered, approvals too fast of those timed."""

    noticed: int
    answered: int
    fast: int
    timed: int


def kappa(pilot: Pilot) -> Kappa | CannotTell:
    """Agreement of first and second reviewers beyond chance, with its interval."""
    pairs = SecondCheck.objects.filter(case__pilot=pilot, case__quality_check__isnull=False)
    found = cohen_kappa(pairs.values_list("case__quality_check__ok", "ok"))
    if isinstance(found, CannotTell):
        count = pairs.count()
        if count < PAIRS_NEEDED:
            return CannotTell(
                _("%(count)s cases were rated twice; shown from %(needed)s on.")
                % {"count": count, "needed": PAIRS_NEEDED}
            )
        return CannotTell(_("Both reviewers always said the same one thing, so chance cannot be told apart."))
    return found


def to_check_again(pilot: Pilot, actor_id: str) -> QuerySet[Case]:
    """Answers that another person has checked once, in random order."""
    found: QuerySet[Case] = Case.objects.filter(
        pilot=pilot, quality_check__isnull=False, second_check=None
    ).exclude(quality_check__rater_id__in=["", actor_id])
    return found.order_by("pk")


def awake(pilot: Pilot) -> Awake | CannotTell:
    """Whether planted mistakes are noticed and approvals take the time that reading takes.

    CannotTell unless at least ``PEOPLE_NEEDED`` people decided in the same time and as many planted mistakes
    were answered: otherwise a figure about the team would be one about somebody.
    """
    control = HumanControl.objects.filter(pilot=pilot).first()
    if control is None or control.planted_announced_at is None:
        return CannotTell(_("No planted mistakes are announced."))
    since = control.planted_announced_at
    people = (
        Decision.objects.filter(case__pilot=pilot, decided_at__gte=since)
        .exclude(kind=DecisionKind.AUTO)
        .values("actor_id")
        .order_by()
        .distinct()
        .count()
    )
    planted = PlantedCheck.objects.filter(case__pilot=pilot, answered_at__gte=since)
    answered = planted.count()
    if people < PEOPLE_NEEDED or answered < PEOPLE_NEEDED:
        return CannotTell(
            _("Shown from %(needed)s people who decided and %(needed)s planted mistakes on.")
            % {"needed": PEOPLE_NEEDED}
        )
    fast, timed = _fast(pilot, since)
    return Awake(planted.filter(noticed=True).count(), answered, fast, timed)


def _fast(pilot: Pilot, since: datetime) -> tuple[int, int]:
    """Approvals word for word whose whole sitting was shorter than reading takes, of those with a sitting."""
    approved = Decision.objects.filter(
        case__pilot=pilot, kind=DecisionKind.APPROVE, withdrawn_at=None, decided_at__gte=since
    ).values_list("case_id", "case__text", "proposal__body")
    words = {case: len(f"{text} {body}".split()) for case, text, body in approved}
    seconds: dict[UUID, float] = {}
    for case, value in Sitting.objects.filter(case__pilot=pilot, case_id__in=list(words)).values_list(
        "case_id", "seconds"
    ):
        seconds[case] = seconds.get(case, 0.0) + value
    return sum(too_fast(spent, words[case]) for case, spent in seconds.items()), len(seconds)


def announcement(pilot: Pilot) -> HumanControl | None:
    """The announcement that planted mistakes are among the proposals, for everybody who decides; None without."""
    return HumanControl.objects.filter(pilot=pilot).exclude(planted_share=0).first()


def fallen_recently(pilot: Pilot) -> LevelPeriod | None:
    """The level that fell by itself in the last two weeks and is still in force."""
    return LevelPeriod.objects.filter(
        pilot=pilot, cause=Cause.FALL, ended_at=None, began_at__gte=clock.now() - NEWS
    ).first()


def signature_missing(pilot: Pilot, user_id: str) -> bool:
    """Whether an offer waits for this person's signature."""
    return Promotion.objects.filter(pilot=pilot, closed_at=None).exclude(first_id=user_id).exists()


def samples(pilot: Pilot) -> tuple[int, int]:
    """Answers of the random sample that went out by themselves: checked, and all."""
    free = [level.value for level in BY_ITSELF]
    drawn = Case.objects.filter(
        pilot=pilot, level__in=free, sampled=True, closed="sent", decisions__kind=DecisionKind.AUTO
    )
    return drawn.filter(quality_check__isnull=False).distinct().count(), drawn.distinct().count()
