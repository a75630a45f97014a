"""What the stories about human control need: a register that allows it, evidence, and levels."""

from __future__ import annotations

from typing import Any

from pilotwerk.company.services import profile_save
from pilotwerk.core import jobs
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.selectors import proposed_answers
from pilotwerk.governance.services import system_classify, system_register
from pilotwerk.pilots import services
from pilotwerk.pilots.models import Case, LevelPeriod
from pilotwerk.pilots.tests.stage import Stage

# At this bound nine agreements in a row are enough evidence: the stories stay short.
LOW_BOUND = 0.6
BY_ITSELF_ANSWERS: dict[str, Any] = {
    **proposed_answers("support"),
    "used_in_eu": "yes",
    "origin": "bought",
    "prohibited": [],
    "annex_iii": [],
    "safety_component": "no",
    "profiling": "no",
    "contact": "direct",
    "obvious": "yes",
    "published": [],
    "personal_data": "yes",
    "special_categories": "no",
    "legal_basis": "contract",
    "processor": "no",
}


def classified(stage: Stage, **changed: Any) -> AISystem:
    """The pilot's system in the AI register, with answers that allow a level at which answers go out by themselves."""
    profile_save(**stage.by("lead"), answers={"works_council": "no"})
    system = AISystem.objects.of(stage.cast.organisation).first()
    if system is None:
        system = system_register(
            **stage.by("lead"),
            name="Anfragen",
            purpose="Antworten vorschlagen",
            recipe="support",
            use_case=stage.pilot.use_case,
        )
    system_classify(**stage.by("auditor"), system=system, answers={**BY_ITSELF_ANSWERS, **changed})
    return system


def approved_unchanged(stage: Stage, count: int, role: str = "clerk") -> list[Case]:
    """People approve proposals word for word."""
    cases = stage.proposed(count)
    for case in cases:
        services.case_approve(**stage.by(role), **stage.seen(case))
    return cases


def promoted(stage: Stage, category: str = "") -> LevelPeriod:
    """Lead and owner sign the next level."""
    offer = services.promotion_sign(**stage.by("lead"), pilot=stage.pilot, category=category)
    return services.promotion_confirm(**stage.by("owner"), pilot=stage.pilot, promotion=offer)


def at_sample(stage: Stage, *, share: float = 0.5, **settings: Any) -> LevelPeriod:
    """The pilot has the level "sample", by evidence and two signatures."""
    services.control_set(
        **stage.by("lead"), pilot=stage.pilot, bound=LOW_BOUND, sample_share=share, **settings
    )
    classified(stage)
    approved_unchanged(stage, 12)
    return promoted(stage)


def released(stage: Stage) -> None:
    """The worker lets out what the level lets out; nothing is sent yet."""
    jobs.run_due(kinds=["pilots.release"])
