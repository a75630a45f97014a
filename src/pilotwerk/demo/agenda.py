"""What happens when: a list of acts in order of time, played one after the other."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from django.db import transaction

from pilotwerk.core import clock

Act = Callable[[], object]


@dataclass(order=True)
class _Entry:
    at: datetime
    order: int
    act: Act = field(compare=False)


class Agenda:
    """Acts with their moments (aware, all in the same time zone). An act may plan further ones."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._order = count()

    def plan(self, at: datetime, act: Act) -> None:
        """Let `act` happen at this moment; acts of the same moment keep the order in which they were planned."""
        heapq.heappush(self._entries, _Entry(at, next(self._order), act))

    def play(self) -> None:
        """Play everything that is planned, with the clock set to each act's moment.

        Each day is one transaction: nobody sees half a day, and the work of a day is written at once.
        """
        while self._entries:
            day = self._entries[0].at.date()
            with transaction.atomic():
                while self._entries and self._entries[0].at.date() == day:
                    entry = heapq.heappop(self._entries)
                    with clock.travel(entry.at):
                        entry.act()
