"""Plays the sample company through its 90 days, so that today the last gate is signed.

Only through the rooms' services, as its people would: nothing here writes a row. The same seed gives the same
requests, people and decisions; which request is dealt with by AI is drawn afresh each time, as in every pilot.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

from django.conf import settings
from django.utils import translation

from pilotwerk.accounts.models import Organisation
from pilotwerk.accounts.services import organisation_delete
from pilotwerk.audit.domain.actor import System
from pilotwerk.core import clock
from pilotwerk.demo import selectors
from pilotwerk.demo.scenes import closing, focus, opening, pilot, register
from pilotwerk.demo.stage import Stage, local, start_day

SEED = 2026
DIRECTOR = System("demo")


def play(
    *,
    seed: int = SEED,
    scale: float = 1.0,
    today: date | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> Organisation:
    """Build the sample company with its story; `today` lies just after the 90th day.

    `scale` (0 to 1) makes the story smaller for tests. `say` hears which scene is played. Replaces nothing:
    remove an earlier sample company with `remove` first.
    """
    start = start_day(today or clock.today())
    eve = local(start - timedelta(days=1), time(17, 10))
    with translation.override("de"), _without_embeddings():
        stage = Stage(opening.company_founded(at=eve), start, seed, scale, say)
        for scene in (opening, focus, register, pilot, closing):
            scene.plan(stage)
        try:
            stage.agenda.play()
        except Exception:
            remove()  # half a story helps nobody
            raise
    return stage.organisation


def remove() -> bool:
    """Delete the sample company with everything that belongs to it. False when it was not there."""
    found = selectors.sample()
    if found is None:
        return False
    organisation_delete(organisation=found, actor=DIRECTOR)
    return True


@contextmanager
def _without_embeddings() -> Iterator[None]:
    """The story learns from words alone, so that it is built as fast where the extra is installed."""
    before = settings.PILOTWERK_EMBEDDINGS
    settings.PILOTWERK_EMBEDDINGS = "off"
    try:
        yield
    finally:
        settings.PILOTWERK_EMBEDDINGS = before


__all__ = ["SEED", "play", "remove"]
