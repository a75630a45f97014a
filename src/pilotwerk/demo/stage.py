"""What every scene of the play shares: the organisation, its people, the calendar, and a source of chance."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.demo.agenda import Act, Agenda
from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.requests import Request, history, stream
from pilotwerk.pilots.models import Pilot
from pilotwerk.portfolio.models import UseCase
from pilotwerk.processes.models import Process, ProcessImport

ZONE = ZoneInfo("Europe/Berlin")
PAST_REQUESTS, NEW_REQUESTS, WEEKS = 1500, 300, 26
EXPORT_DAY = 8  # the old ticket system's files are exported and imported
PILOT_FIRST, PILOT_LAST = 31, 62  # days of the plan on which requests come in


def start_day(today: date) -> date:
    """The last working day on which a plan can have begun whose 90 days are over today."""
    day = today - timedelta(days=90)
    while not days.is_working(day):
        day -= timedelta(days=1)
    return day


def local(day: date, at: time) -> datetime:
    """A moment in Kiel."""
    return datetime.combine(day, at, tzinfo=ZONE)


def now() -> datetime:
    """The present moment in Kiel."""
    return clock.now().astimezone(ZONE)


def after_hours(start: datetime, hours: float) -> datetime:
    """`start` (in Kiel) plus working hours."""
    return days.add_hours(start.replace(tzinfo=None), hours).replace(tzinfo=ZONE)


@dataclass
class Stage:
    """The sample company while its story is played. What a scene makes, later scenes find here."""

    organisation: Organisation
    start: date
    seed: int
    scale: float
    say: Callable[[str], None]
    agenda: Agenda = field(default_factory=Agenda)
    members: dict[str, Membership] = field(default_factory=dict)
    past: list[Request] = field(default_factory=list)
    coming: list[Request] = field(default_factory=list)
    process: Process = field(init=False)
    case_table: ProcessImport = field(init=False)
    event_log: ProcessImport = field(init=False)
    use_cases: dict[str, UseCase] = field(default_factory=dict)
    pilot: Pilot = field(init=False)

    def actor(self, key: str) -> Actor:
        """This person, as the audit trail names them."""
        return self.members[key].actor

    def by(self, key: str) -> dict[str, Any]:
        """The first two arguments of every service."""
        return {"organisation": self.organisation, "actor": self.actor(key)}

    def day(self, number: int) -> date:
        """The working day that is day `number` of the plan, or the next one."""
        return days.after(self.start + timedelta(days=number - 1), 0)

    def moment(self, number: int, at: str) -> datetime:
        """A time of day ("09:10") on day `number` of the plan."""
        return local(self.day(number), time.fromisoformat(at))

    def on(self, number: int, at: str, act: Act) -> None:
        """Let something happen on day `number` of the plan at this time of day."""
        self.agenda.plan(self.moment(number, at), act)

    def rng(self, name: str) -> Random:
        """A source of chance of its own for everything that has a name, so that one does not disturb another."""
        return Random(f"{self.seed}:{name}")

    def write_requests(self) -> None:
        """What customers wrote before the plan began, and what they will write during the pilot."""
        weeks = max(round(WEEKS * self.scale), 10)  # less would be too little to measure the volume
        count = round(PAST_REQUESTS * weeks / WEEKS)
        until = self.start - timedelta(days=3)
        written = history(seed=self.seed, until=until, count=count, weeks=weeks)
        exported = self.moment(EXPORT_DAY, "00:00").replace(tzinfo=None)
        self.past = [request for request in written if request.closed < exported]
        self.coming = stream(
            seed=self.seed,
            first=self.day(PILOT_FIRST),
            last=self.day(PILOT_LAST),
            count=max(round(NEW_REQUESTS * self.scale), 60),
            past=written,
        )
