"""Day 12 to 31: the AI register: what is in use and planned, how it is classified, what impact it has."""

from functools import partial

from pilotwerk.demo.data import System, story
from pilotwerk.demo.stage import Stage
from pilotwerk.governance.models import AISystem
from pilotwerk.governance.services import dpia_decide, system_classify, system_register


def plan(stage: Stage) -> None:
    """Put the scene into the agenda."""
    for number, system in enumerate(story().systems):
        stage.on(system.day, f"{9 + number:02}:35", partial(_register, stage, system))


def _register(stage: Stage, system: System) -> None:
    entry = system_register(
        **stage.by("jana"),
        name=system.name,
        purpose=system.purpose,
        recipe=system.recipe,
        provider=system.provider,
        use_case=stage.use_cases[system.use_case] if system.use_case else None,
        responsible=stage.members[system.responsible],
        state=system.state,
    )
    if system.answers is not None:
        stage.on(system.day + 1, "11:20", partial(_classify, stage, system, entry))


def _classify(stage: Stage, system: System, entry: AISystem) -> None:
    system_classify(**stage.by("ute"), system=entry, answers=system.answers or {})
    if system.dpia:
        stage.on(system.day + 3, "14:30", partial(_assess_impact, stage, system, entry))


def _assess_impact(stage: Stage, system: System, entry: AISystem) -> None:
    dpia_decide(**stage.by("ute"), system=entry, decision=system.dpia, reason=system.dpia_reason)
