"""Day 51 to 90: checks of quality, what customers say, effect, return, learnings, roadmap, and the decision."""

from datetime import time, timedelta
from decimal import Decimal
from functools import partial

from pilotwerk.audit.services import checkpoint_create, log_check
from pilotwerk.core import clock, jobs
from pilotwerk.demo.data import story
from pilotwerk.demo.stage import PILOT_FIRST, PILOT_LAST, Stage, local
from pilotwerk.documents.services import strategy_create
from pilotwerk.evaluation.domain.decision import Choice
from pilotwerk.evaluation.services import assumptions_save, decision_draft, decision_sign, learning_add
from pilotwerk.journey.domain.schedule import gate_on
from pilotwerk.journey.selectors import region
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import Case, Closed
from pilotwerk.pilots.selectors import to_check
from pilotwerk.pilots.services import Outcome, outcomes_load, pilot_end, quality_check
from pilotwerk.roadmap.domain import Quarter
from pilotwerk.roadmap.services import item_add, limits_save

CHECKED = 0.4  # of the answers are looked at again by somebody who does not know the arm
NOT_OK = {Arm.AI: 0.03, Arm.CONTROL: 0.05}
ANSWERING = 0.42  # of the customers say how satisfied they were
MARKS = {Arm.AI: (1, 3, 10, 38, 48), Arm.CONTROL: (2, 5, 14, 42, 37)}  # weights of 1 to 5
WRITING_AGAIN = {Arm.AI: 0.09, Arm.CONTROL: 0.11}
REASON = (
    "Ein Vorgang dauert deutlich kürzer, ein Nachteil für die Qualität ist nicht belegt. Bei Rechnungen wird zu viel "
    "geändert. Wir führen die Vorschläge für alle anderen Anfragen weiter und nehmen Rechnungen heraus, bis die "
    "Beträge aus der Buchhaltung kommen."
)


def plan(stage: Stage) -> None:
    """Put the scene into the agenda."""
    for day in range(3, 91, 7):
        stage.on(day, "17:05", partial(_checkpoint, stage))
    for day in range(PILOT_FIRST + 7, PILOT_LAST + 5, 4):
        stage.on(day, "14:10", partial(_check_quality, stage))
    stage.on(51, "10:30", partial(_audit_checked, stage))
    stage.on(65, "11:00", partial(_customers_say, stage))
    stage.on(66, "09:30", partial(_end, stage))
    stage.on(70, "10:15", partial(_return, stage))
    for number in range(len(story().learnings)):
        stage.on(73, f"{10 + number}:40", partial(_learn, stage, number))
    stage.on(81, "09:45", partial(_roadmap, stage))
    stage.on(85, "13:20", partial(_prepare, stage))
    stage.on(86, "14:00", partial(_strategy, stage))
    gate = gate_on(3, start=stage.start, region=region(stage.organisation))
    stage.agenda.plan(local(gate, time(15, 45)), partial(_decide, stage))


def _checkpoint(stage: Stage) -> None:
    checkpoint_create(organisation_id=stage.organisation.id)
    jobs.run_due(kinds=["audit.checkpoint_publish"])


def _audit_checked(stage: Stage) -> None:
    log_check(organisation_id=stage.organisation.id, actor=stage.actor("ute"))


def _check_quality(stage: Stage) -> None:
    """Kirsten looks at some answers again, in an order that does not tell the arm."""
    rng = stage.rng(f"quality:{clock.today()}")
    for case in to_check(stage.pilot).filter(sent_at__lt=clock.now() - timedelta(hours=2)):
        if stage.rng(f"checked:{case.key}").random() >= CHECKED:
            continue
        bad = rng.random() < NOT_OK[Arm(case.arm)]
        note = "Termin fehlt in der Antwort." if bad else ""
        quality_check(**stage.by("kirsten"), case=case, ok=not bad, note=note)


def _customers_say(stage: Stage) -> None:
    """A short question by e-mail a week later; not everybody answers, and some have written again by then."""
    cases = Case.objects.filter(pilot=stage.pilot, closed=Closed.SENT).order_by("number")
    outcomes_load(
        **stage.by("jana"),
        pilot=stage.pilot,
        outcomes=[_outcome(stage, case) for case in cases],
        source="rueckmeldungen.csv",
    )


def _outcome(stage: Stage, case: Case) -> Outcome:
    arm, rng = Arm(case.arm), stage.rng(f"outcome:{case.key}")
    mark = rng.choices((1, 2, 3, 4, 5), MARKS[arm])[0] if rng.random() < ANSWERING else None
    return Outcome(case=case.label, satisfaction=mark, recontacted=rng.random() < WRITING_AGAIN[arm])


def _end(stage: Stage) -> None:
    pilot_end(**stage.by("jana"), pilot=stage.pilot)
    stage.say("Pilot ended")


def _return(stage: Stage) -> None:
    assumptions_save(**stage.by("maren"), pilot=stage.pilot, values=dict(story().return_assumptions))


def _learn(stage: Stage, number: int) -> None:
    noticed = story().learnings[number]
    learning_add(
        **stage.by("svenja" if number % 2 else "jana"),
        pilot=stage.pilot,
        topic=noticed.topic,
        observation=noticed.observation,
        consequence=noticed.consequence,
    )


def _roadmap(stage: Stage) -> None:
    """Which idea comes in which quarter, within what the company can afford."""
    limits = story().roadmap_limits
    limits_save(**stage.by("maren"), budget=Decimal(limits["budget"]), days=Decimal(limits["days"]))
    present = Quarter.of(clock.today())
    for step in story().roadmap:
        item_add(
            **stage.by("jana"),
            use_case=stage.use_cases[step.use_case],
            quarter=str(present.plus(step.quarters_ahead)),
            kpi=step.kpi,
            budget=Decimal(step.budget),
            days=Decimal(str(step.days)),
            owner=stage.members[step.owner],
        )


def _prepare(stage: Stage) -> None:
    decision_draft(**stage.by("jana"), pilot=stage.pilot, choice=Choice.CHANGE, reason=REASON)


def _strategy(stage: Stage) -> None:
    """The strategy as a document to read and as one to go on writing in."""
    for file_format in ("pdf", "docx"):
        strategy_create(**stage.by("jana"), language="de", file_format=file_format)


def _decide(stage: Stage) -> None:
    decision_sign(**stage.by("maren"), pilot=stage.pilot)
