"""Day 8 to 21: two imports, seven ideas, one choice, a frozen baseline and a goal."""

import io
from datetime import timedelta
from functools import partial

from pilotwerk.demo.corpus.export import case_table, event_log
from pilotwerk.demo.data import Idea, story
from pilotwerk.demo.stage import EXPORT_DAY, Stage
from pilotwerk.kpis.services import baseline_freeze, goal_set
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.services import (
    usecase_add,
    usecase_assess,
    usecase_choose,
    usecase_refuse,
)
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.services import import_confirm, import_start, process_create

REQUESTS, WAY = "Kundenanfragen per E-Mail", "Weg der Anfragen durch die Teams"
TARGET = 0.78  # of the measured handling time
REASON = (
    "Hier kommt am meisten zusammen, die Daten reichen aus, und das Team hat selbst danach gefragt. "
    "Rechnungen beobachten wir besonders."
)


def plan(stage: Stage) -> None:
    """Put the scene into the agenda."""
    stage.on(EXPORT_DAY, "10:20", partial(_imports, stage))
    for number, idea in enumerate(story().use_cases):
        stage.on(11, f"{9 + number:02}:30", partial(_idea, stage, idea))
        stage.on(13, f"{9 + number:02}:10", partial(_assess, stage, idea))
    stage.on(14, "11:40", partial(_refuse, stage))
    stage.on(15, "14:00", partial(_choose, stage))
    stage.on(16, "10:00", partial(_goal, stage))


def _import(stage: Stage, name: str, filename: str, content: bytes) -> ProcessImport:
    process = process_create(**stage.by("jana"), name=name)
    started = import_start(**stage.by("jana"), process=process, file=io.BytesIO(content), filename=filename)
    done = import_confirm(**stage.by("jana"), process_import=started, run_now=True)
    stage.say(f"{filename}: {done.rows:,} rows read, {done.rejected} not taken")
    return done


def _imports(stage: Stage) -> None:
    stage.write_requests()
    year = stage.start.year
    log = event_log(stage.past, seed=stage.seed)
    stage.event_log = _import(stage, WAY, f"vorgangswege_{year}.csv", log)
    table = case_table(stage.past, seed=stage.seed)
    stage.case_table = _import(stage, REQUESTS, f"anfragen_{year}.csv", table)


def _idea(stage: Stage, idea: Idea) -> None:
    stage.use_cases[idea.key] = usecase_add(
        **stage.by("jana"),
        name=idea.name,
        description=idea.description,
        process=stage.case_table.process if idea.measured else None,
        recipe=idea.recipe,
        template=idea.template,
    )


def _assess(stage: Stage, idea: Idea) -> None:
    """The profile knows what an hour costs; the import knows volume and minutes of the requests."""
    inputs = {name: Range(*values) for name, values in idea.inputs.items()}
    usecase_assess(
        **stage.by("jana"), use_case=stage.use_cases[idea.key], inputs=inputs, answers=idea.answers
    )


def _refuse(stage: Stage) -> None:
    for idea in story().use_cases:
        if idea.refusal:
            usecase_refuse(
                **stage.by("maren"),
                use_case=stage.use_cases[idea.key],
                reason=idea.refusal,
                look_again=idea.look_again,
            )


def _choose(stage: Stage) -> None:
    usecase_choose(**stage.by("maren"), use_case=stage.use_cases["requests"], reason=REASON)
    stage.use_cases["requests"].refresh_from_db()


def _goal(stage: Stage) -> None:
    """Minutes a case shall fall by about a fifth until the end of the plan; rework is kept in view."""
    baseline = baseline_freeze(
        **stage.by("jana"), kpi="handling_minutes_mean", process_import=stage.case_table
    )
    baseline_freeze(**stage.by("jana"), kpi="rework_share", process_import=stage.event_log)
    goal_set(
        **stage.by("maren"),
        baseline=baseline,
        target=round(baseline.value * TARGET, 1),
        due=stage.start + timedelta(days=87),
        owner=stage.members["jana"],
    )
