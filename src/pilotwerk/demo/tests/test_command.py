"""`pilotwerk demo` tells how to sign in, builds once, and respects what people have decided."""

from argparse import Namespace
from datetime import UTC, datetime

import pytest

from pilotwerk.accounts.models import Membership
from pilotwerk.accounts.selectors import members
from pilotwerk.accounts.services import organisation_delete
from pilotwerk.cli.commands.demo import run
from pilotwerk.core.errors import Refused
from pilotwerk.demo.people import CAST, password
from pilotwerk.demo.scenes.opening import company_founded
from pilotwerk.demo.selectors import sample

EVE = datetime(2026, 8, 20, 15, tzinfo=UTC)


def demo(*, reset: bool = False, first_start: bool = False) -> dict[str, object] | None:
    return run(Namespace(reset=reset, first_start=first_start))


@pytest.fixture(autouse=True)
def _allowed(settings: pytest.FixtureRequest) -> None:
    settings.PILOTWERK_DEMO = "on"  # type: ignore[attr-defined]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, db: None) -> list[str]:
    """A play that only founds the company; the list grows with each performance."""
    performances: list[str] = []

    def short_play(**_arguments: object) -> object:
        performances.append("played")
        return company_founded(at=EVE)

    monkeypatch.setattr("pilotwerk.demo.play.play", short_play)
    return performances


def test_the_first_start_builds_and_the_second_only_tells(built: list[str]) -> None:
    first = demo(first_start=True)
    second = demo(first_start=True)
    assert built == ["played"]
    assert first is not None
    assert second is not None
    assert "fictional" in str(first["company"])
    assert second["password"] == password()
    assert second["people"] == [
        {"name": CAST[0].name, "task": CAST[0].task, "e-mail": "maren.petersen@beispiel.example"}
    ]


def test_a_deleted_sample_company_comes_back_only_when_asked_for(built: list[str]) -> None:
    demo(first_start=True)
    owner = its_owner()
    organisation_delete(organisation=owner.organisation, actor=owner.actor)
    assert demo(first_start=True) is None
    assert demo() is not None
    assert len(built) == 2


def test_reset_builds_it_anew(built: list[str]) -> None:
    demo()
    demo(reset=True)
    assert len(built) == 2


def test_it_is_refused_where_strangers_could_sign_in(
    built: list[str], settings: pytest.FixtureRequest
) -> None:
    settings.PILOTWERK_DEMO = "off"  # type: ignore[attr-defined]
    assert demo(first_start=True) is None, "make run goes on without it"
    with pytest.raises(Refused, match="PILOTWERK_DEMO"):
        demo()
    assert built == []


def its_owner() -> Membership:
    found = sample()
    assert found is not None
    return members(found).get()
