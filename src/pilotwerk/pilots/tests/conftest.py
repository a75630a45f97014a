"""A running pilot for the stories. Training data and the AI register are put in place of the rooms below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pilotwerk.core import clock
from pilotwerk.pilots import services
from pilotwerk.pilots.recipes import support
from pilotwerk.pilots.recipes.support import LabelledText, SupportModel, train
from pilotwerk.pilots.selectors import pilots as pilot_selectors
from pilotwerk.pilots.services import learning
from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.mailstage import MailStage, mail_stage
from tests.cast import Cast


@pytest.fixture(scope="session")
def learned() -> SupportModel:
    """Trained once for all stories, on the same history; without embeddings, for speed."""
    rows = [LabelledText(r.case, r.text, r.category, r.answer, r.opened) for r in stages.past_requests()]
    model = train(rows, seed=1, embeddings=False)
    assert isinstance(model, SupportModel)
    return model


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch, learned: SupportModel) -> None:
    """The AI system is in the register and classified; past requests can be read and were learned."""
    monkeypatch.setattr(support, "train", lambda rows, seed, embeddings: learned)
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


@pytest.fixture
def mails(cast: Cast, registered: None, settings: Any) -> Iterator[MailStage]:
    """A running pilot with a real mailbox on loopback."""
    settings.PILOTWERK_ALLOW_PRIVATE_HOSTS = {"127.0.0.1"}
    with mail_stage(cast) as made:
        yield made
