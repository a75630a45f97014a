"""Which level holds, what is known about agreement at it, and why it may not rise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pilotwerk.core.results import CannotTell
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.selectors import STARTABLE, classification_now, system_for_use_case
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.assignment import draw
from pilotwerk.pilots.domain.autonomy import BY_ITSELF, DEFAULT, Level, above, error_level
from pilotwerk.pilots.domain.autonomy_evidence import (
    Evidence,
    FallRules,
    Watch,
    confidence_sequence,
    evidence_of,
    watch_of,
)
from pilotwerk.pilots.domain.autonomy_limits import Content, Limit, Limits, reached
from pilotwerk.pilots.models import (
    Case,
    Cause,
    Decision,
    DecisionKind,
    HumanControl,
    LevelPeriod,
    Pilot,
    Promotion,
    Proposal,
    QualityCheck,
    Source,
)

# What holds for a pilot that nobody has set anything for.
UNSET: Final = HumanControl()


@dataclass(frozen=True, slots=True)
class Standing:
    """A level with what is known about it. ``watch`` is None where a person decides about each case."""

    category: str
    level: Level
    period: LevelPeriod | None
    target: Level | None
    evidence: Evidence
    error: float
    interval: tuple[float, float]
    watch: Watch | None
    obstacles: list[str]
    promotion: Promotion | None

    @property
    def shown(self) -> bool:
        """Whether the evidence suffices for the next level."""
        return self.target is not None and self.evidence.shows(self.error)

    @property
    def offered(self) -> bool:
        """Whether two people may sign the next level now."""
        return self.shown and not self.obstacles

    @property
    def rate(self) -> float | CannotTell:
        return self.evidence.rate()


def control_of(pilot: Pilot) -> HumanControl:
    """The pilot's settings, or those that hold without any; as they were read with a locked pilot."""
    if pilot.control_held is not None:
        return pilot.control_held
    return HumanControl.objects.filter(pilot=pilot).first() or UNSET


def period_of(pilot: Pilot, category: str) -> LevelPeriod | None:
    """The period in force for exactly this category ("" is the whole pilot); None as long as nothing was set."""
    return LevelPeriod.objects.filter(pilot=pilot, category=category, ended_at=None).first()


def period_for(pilot: Pilot, category: str) -> LevelPeriod | None:
    """The period that a case of this category falls under: its own, else the whole pilot's."""
    found = {
        one.category: one
        for one in LevelPeriod.objects.filter(pilot=pilot, category__in={"", category}, ended_at=None)
    }
    return found.get(category) or found.get("")


def level_for(pilot: Pilot, category: str) -> Level:
    """The level of a case of this category now. Without anything set: suggest."""
    period = period_for(pilot, category)
    return Level(period.level) if period else DEFAULT


def sampled(pilot: Pilot, key: str) -> bool | None:
    """Whether the draw puts the case with this key into the random sample; None where nothing is drawn.

    The same for both arms, so that the order of the quality check does not give the arm away.
    """
    control = control_of(pilot)
    return draw(control.seed, f"sample:{key}") < control.sample_share if control.seed else None


def obstacles(pilot: Pilot, target: Level) -> list[str]:
    """What the AI register says against a level at which answers go out by themselves; empty when nothing does.

    Unknown counts as against: no classification, an open question, a decision about a person.
    """
    if target not in BY_ITSELF:
        return []
    system = system_for_use_case(pilot.use_case)
    result = classification_now(system) if isinstance(system, AISystem) else None
    if not isinstance(system, AISystem) or result is None or system.classification is None:
        return [_("The AI system is not classified in the AI register.")]
    found = []
    if result.risk_class not in STARTABLE:
        found.append(_("The AI register does not call this use case free of high risk."))
    answers = system.classification.answers
    if answers.get("automated_decision") != "no" or answers.get("profiling") != "no":
        found.append(
            _("By the AI register it may decide about a person or assess one; a human must do that.")
        )
    if answers.get("contact") == "human_sends":
        found.append(
            _(
                "The AI register says that a person checks every case. Classify the system anew before this changes."
            )
        )
    return found


def _of_category(pilot: Pilot, category: str) -> Q:
    """Cases by the category that the model proposed: a person's correction must not hide the disagreement."""
    source = Q(case__pilot=pilot, case__proposals__source=Source.MODEL)
    if pilot.model_version_id:
        source &= Q(case__proposals__model_version_id=pilot.model_version_id)
    return source & Q(case__proposals__category=category) if category else source


def _decided(pilot: Pilot, category: str, level: Level, since: datetime | None) -> QuerySet[Decision]:
    """Human decisions at this level that count as agreement or not, oldest first; only the present version's."""
    found = Decision.objects.filter(
        _of_category(pilot, category), agreed__isnull=False, withdrawn_at=None, level=level.value
    )
    return (found.filter(decided_at__gte=since) if since else found).order_by("decided_at", "created_at")


def _checked(pilot: Pilot, category: str, since: datetime | None) -> QuerySet[QualityCheck]:
    """Quality checks of answers that went out by themselves, oldest first."""
    found = QualityCheck.objects.filter(
        _of_category(pilot, category),
        case__decisions__kind=DecisionKind.AUTO,
        case__decisions__withdrawn_at=None,
    )
    return (found.filter(created_at__gte=since) if since else found).order_by("created_at")


def watched(pilot: Pilot, category: str, period: LevelPeriod) -> list[bool]:
    """What the detector sees at a level that works by itself, oldest first: decisions of the random sample, and
    checks of what went out by itself.
    """
    since = period.began_at
    decided = _decided(pilot, category, Level(period.level), since).values_list("decided_at", "agreed")
    checked = _checked(pilot, category, since).values_list("created_at", "ok")
    return [bool(good) for _moment, good in sorted([*decided, *checked], key=lambda one: one[0])]


def standing(pilot: Pilot, category: str = "") -> Standing:
    """Where the whole pilot or one category stands, with the figures for the next level."""
    period = period_of(pilot, category)
    level = Level(period.level) if period else level_for(pilot, category)
    target, control = above(level), control_of(pilot)
    since = period.began_at if period else pilot.started_at
    history = [bool(one) for one in _decided(pilot, category, level, since).values_list("agreed", flat=True)]
    evidence = evidence_of(history, control.bound)
    falls = LevelPeriod.objects.filter(pilot=pilot, category=category, cause=Cause.FALL).count()
    by_itself = period is not None and level in BY_ITSELF
    return Standing(
        category,
        level,
        period,
        target,
        evidence,
        error_level(falls),
        confidence_sequence(evidence.agreed, evidence.cases),
        watch_of(watched(pilot, category, period), FallRules(control.bound))
        if by_itself and period
        else None,
        obstacles(pilot, target) if target else [],
        Promotion.objects.filter(pilot=pilot, category=category, closed_at=None).first(),
    )


def levels_history(pilot: Pilot) -> QuerySet[LevelPeriod]:
    """All periods, newest first."""
    return LevelPeriod.objects.filter(pilot=pilot)


def limits_of(pilot: Pilot) -> Limits:
    """From when on two people decide."""
    control = control_of(pilot)
    return Limits(
        control.amount_limit,
        tuple(control.four_eyes_categories),
        control.four_eyes_confidence,
        control.four_eyes_complaints,
    )


def limits_reached(case: Case, proposal: Proposal | None) -> list[Limit]:
    """Why two people must decide about this case with this answer; the same rule for both arms.

    The category counts as the model proposed it and as the person chose it: relabelling avoids nothing.
    """
    limits = limits_of(case.pilot)
    if limits == Limits():
        return []
    answer = (proposal.subject, proposal.body) if proposal else ()
    worth = recipe.of(case.pilot.recipe).worth(proposal.details) if proposal else None
    texts = (case.subject, case.text, *answer)
    model = Proposal.objects.filter(case=case, source=Source.MODEL).order_by("-revision").first()
    categories = {case.category, proposal.category if proposal else "", model.category if model else ""}
    found: set[Limit] = set()
    for category in categories:
        found.update(reached(limits, Content(texts, category, case.confidence, case.by_hand, worth)))
    return [limit for limit in Limit if limit in found]


def first_approval(case: Case) -> Decision | None:
    """The valid approval of the first person while a second one is waited for."""
    return Decision.objects.filter(case=case, kind=DecisionKind.FIRST, withdrawn_at=None).first()


def second_is_missing(case: Case, decision: Decision) -> bool:
    """Whether an answer about to leave needs a second person and does not have one for exactly these words."""
    proposal = decision.proposal
    if proposal is None or not limits_reached(case, proposal):
        return False
    first = first_approval(case)
    return (
        first is None
        or first.content_hash != decision.content_hash
        or first.proposal_id != proposal.pk
        or decision.actor_id in (first.actor_id, proposal.author_id)
    )
