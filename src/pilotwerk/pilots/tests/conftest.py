"""A running pilot for the stories. Training data and the AI register are put in place of the rooms below."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots import services
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.services import learning
from pilotwerk.pilots.tests import stage as stages
from tests.cast import Cast


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The AI system is in the register and classified; past requests can be read."""
    monkeypatch.setattr(pilot_selectors, "system_for_use_case", lambda use_case: object())
    monkeypatch.setattr(pilot_selectors, "system_is_ready", lambda system: True)
    monkeypatch.setattr(learning, "text_rows", lambda process_import: stages.past_requests())


@pytest.fixture
def stage(cast: Cast, registered: None) -> Iterator[stages.Stage]:
    """A pilot that runs since this morning; the story's clock stands still."""
    with clock.travel(stages.MORNING):
        pilot, _version = stages.trained(cast)
        services.pilot_start(organisation=cast.organisation, actor=cast.actor("lead"), pilot=pilot)
        yield stages.Stage(cast, pilot)
