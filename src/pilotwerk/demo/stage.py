"""What every scene of the play shares: the organisation, its people, the calendar, and a source of chance."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from pilotwerk.accounts.models import Membership, Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core import clock
from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.requests import Request, history, stream

ZONE = ZoneInfo("Europe/Berlin")
PAST_REQUESTS, NEW_REQUESTS = 1500, 360
EXPORT_DAY = 8  # the old ticket system's files are exported
PILOT_FIRST, PILOT_LAST = 31, 62  # days of the plan


def start_day(today: date) -> date:
    """The working day on which a plan began whose 90 days are over today."""
    day = today - timedelta(days=91)
    while not days.is_working(day):
        day -= timedelta(days=1)
    return day


def local(day: date, at: time) -> datetime:
    """A moment in Kiel."""
    return datetime.combine(day, at, tzinfo=ZONE)


@dataclass
class Stage:
    """The sample company while its story is played."""

    organisation: Organisation
    start: date
    seed: int
    scale: float
    say: Callable[[str], None]
    members: dict[str, Membership] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    past: list[Request] = field(default_factory=list)
    coming: list[Request] = field(default_factory=list)

    def actor(self, key: str) -> Actor:
        """This person, as the audit trail names them."""
        return self.members[key].actor

    def by(self, key: str) -> dict[str, Any]:
        """The first two arguments of every service."""
        return {"organisation": self.organisation, "actor": self.actor(key)}

    def day(self, number: int) -> date:
        """The working day that is day `number` of the plan, or the next one."""
        day = self.start + timedelta(days=number - 1)
        return day if days.is_working(day) else days.after(day, 0)

    @contextmanager
    def on(self, number: int, at: str = "09:00") -> Iterator[date]:
        """Live on day `number` of the plan, at this time of day in Kiel."""
        day = self.day(number)
        with self.at(local(day, time.fromisoformat(at))):
            yield day

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Live at this moment."""
        with clock.travel(moment):
            yield

    def rng(self, name: str) -> Random:
        """A source of chance of its own for everything that has a name, so that one does not disturb another."""
        return Random(f"{self.seed}:{name}")

    def write_requests(self) -> None:
        """What customers wrote before the plan began, and what they will write during the pilot."""
        count = max(round(PAST_REQUESTS * self.scale), 300)
        until = self.start - timedelta(days=3)
        written = history(seed=self.seed, until=until, count=count)
        exported = local(self.day(EXPORT_DAY), time(0, 0)).replace(tzinfo=None)
        self.past = [request for request in written if request.closed < exported]
        self.coming = stream(
            seed=self.seed,
            first=self.day(PILOT_FIRST),
            last=self.day(PILOT_LAST),
            count=max(round(NEW_REQUESTS * self.scale), 40),
            past=self.past,
        )
