"""Everything of an organisation stands still: by its page and by the command line; nothing passes after that."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.cli.main import main
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import folders, services
from pilotwerk.pilots.connectors.base import HeldBack, Message
from pilotwerk.pilots.connectors.outbox import Outbox
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Decision, Delivery, ModelCall, Pilot, Provider, Spending
from pilotwerk.pilots.providers import adapter
from pilotwerk.pilots.providers.tests.conftest import Speaker, asking, provider, speaker
from pilotwerk.pilots.services.deliveries import delivery_not_sent
from pilotwerk.pilots.tests.stage import PLAIN, Stage, delivery_claim, request_text
from tests.cast import Cast

__all__ = ["asking", "provider", "speaker"]
pytestmark = pytest.mark.django_db


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["stop", *words, "--format", "json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


def actions(cast: Cast) -> list[str]:
    return [entry.action for entry in audit.entries(cast.organisation.pk)]


def test_one_button_stops_the_pilot_and_every_language_model(asking: Stage) -> None:
    client, organisation = asking.cast.client("lead"), asking.cast.organisation
    [case] = asking.proposed()
    asking.approve(case)
    page = client.get(organisation.url("pilots:stop_all")).content.decode()
    assert "Jetzt alles anhalten?" in page
    assert asking.pilot.name in page
    assert "Modell im Haus" in page
    assert Pilot.objects.get().is_running, "looking stops nothing"
    client.post(organisation.url("pilots:stop_all"), {"reason": "Falsche Preise"})
    asking.send()
    case.refresh_from_db()
    assert (case.state, Delivery.objects.count()) == (CaseState.STOPPED, 0)
    assert not Provider.objects.filter(is_on=True).exists()
    assert {"pilots.everything_was_stopped", "pilots.pilot_stopped", "pilots.provider_off"} <= set(
        actions(asking.cast)
    )
    assert Pilot.objects.get().stop_reason == "Falsche Preise"


def test_it_needs_no_reason_and_stops_again_without_harm(stage: Stage) -> None:
    for _time in range(2):
        stage.cast.client("lead").post(stage.cast.organisation.url("pilots:stop_all"))
    assert Pilot.objects.get().is_stopped
    assert actions(stage.cast).count("pilots.everything_was_stopped") == 2
    assert actions(stage.cast).count("pilots.pilot_stopped") == 1


def test_after_it_only_the_managing_director_lets_the_pilot_go_on(stage: Stage) -> None:
    organisation = stage.cast.organisation
    services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot)
    services.organisation_stop(**stage.by("lead"))
    pilot = Pilot.objects.get()
    why: dict[str, Any] = {"reason": "Preise berichtigt"}
    with pytest.raises(Refused, match="Geschäftsführung"):
        services.pilot_resume(**stage.by("lead"), pilot=pilot, **why)
    lead, owner = stage.cast.client("lead"), stage.cast.client("owner")
    assert "Nur die Geschäftsführung" in lead.get(organisation.url("pilots:pilot")).content.decode()
    assert lead.post(organisation.url("pilots:resume"), why).status_code == 422
    assert lead.post(organisation.url("pilots:resume_all"), why).status_code == 403
    assert owner.post(organisation.url("pilots:resume_all"), {"reason": " "}).status_code == 422
    assert Pilot.objects.get().is_stopped
    owner.post(organisation.url("pilots:resume_all"), why)
    assert Pilot.objects.get().is_running
    assert not Pilot.objects.get().stopped_with_all


def test_the_command_stops_a_pilot_by_name_or_number_and_is_no_error_twice(
    asking: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    slug = asking.cast.organisation.slug
    [case] = asking.proposed()
    asking.approve(case)
    code, found = command(capsys, "--org", slug, "--pilot", asking.pilot.name, "--reason", "Probe")
    assert (code, found["stopped"][0]["held_back"]) == (0, 1)
    assert Provider.objects.filter(is_on=True).exists(), "only the pilot was named"
    code, found = command(capsys, "--org", slug, "--pilot", str(asking.pilot.pk))
    assert (code, found["stopped"][0]["pilots"]) == (0, [])
    entry = next(e for e in audit.entries(asking.cast.organisation.pk) if e.action == "pilots.pilot_stopped")
    assert entry.actor_id == "command line"


def test_the_command_stops_an_organisation_or_all_and_names_what_stands(
    asking: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = command(capsys, "--org", asking.cast.organisation.slug)
    assert code == 0
    assert found["stopped"] == [
        {
            "organisation": asking.cast.organisation.slug,
            "pilots": [asking.pilot.name],
            "models": ["Modell im Haus"],
            "held_back": 0,
            "in_flight": 0,
        }
    ]
    services.pilot_resume(**asking.by("owner"), pilot=Pilot.objects.get(), reason="weiter", after_all=True)
    code, found = command(capsys, "--all")
    assert [one["organisation"] for one in found["stopped"]] == [asking.cast.organisation.slug]
    assert Pilot.objects.get().is_stopped


def test_one_organisation_that_cannot_be_stopped_keeps_no_other_running(
    stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = services.organisation_stop
    Provider.objects.create(
        organisation=stage.cast.other, name="A", kind="openai", model="a", region="house", is_on=True
    )

    def trouble(**by: Any) -> services.Standstill:
        if by["organisation"] == stage.cast.other:
            raise OSError("gestört")
        return usual(**by)

    monkeypatch.setattr(services, "organisation_stop", trouble)
    code, found = command(capsys, "--all")
    assert (code, [one["organisation"] for one in found["failed"]]) == (1, [stage.cast.other.slug])
    assert Pilot.objects.get().is_stopped


@pytest.mark.parametrize(
    "words", [["--org", "gibt-es-nicht"], ["--org", "probe-gmbh", "--pilot", "x"], ["--all", "--pilot", "x"]]
)
def test_the_command_names_what_it_does_not_know(
    stage: Stage, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["stop", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert Pilot.objects.get().is_running


@pytest.fixture
def claimed(stage: Stage) -> tuple[Case, Delivery]:
    """An answer in a worker's hands, not out yet."""
    [case] = stage.proposed()
    stage.approve(case)
    decision = Decision.objects.get(case=case, kind="edit")
    delivery = delivery_claim(case_id=case.pk, decision_id=decision.pk)
    assert delivery is not None
    return case, delivery


def going(monkeypatch: pytest.MonkeyPatch, between: Callable[[], object]) -> None:
    """The worker has claimed; `between` happens directly before the folder is written."""
    usual = Outbox.deliver

    def deliver(self: Outbox, message: Message, key: str) -> Any:
        between()
        return usual(self, message, key)

    monkeypatch.setattr(Outbox, "deliver", deliver)


def test_a_stop_after_the_claim_wins_before_the_effect(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    [case] = stage.proposed()
    stage.approve(case)
    going(monkeypatch, lambda: services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot))
    stage.send()
    case.refresh_from_db()
    assert (case.state, Delivery.objects.get().state) == (CaseState.STOPPED, "failed")
    assert not list(folders.outbox(stage.pilot).glob("*.json"))
    assert not Decision.objects.filter(case=case, withdrawn_at=None).exists()


def test_what_was_claimed_before_a_stop_does_not_go_out_after_it_either(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped and resumed while the worker stood at the door: the approval of before is void."""
    [case] = stage.proposed()
    stage.approve(case)

    def stop_and_go_on() -> None:
        services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot)
        services.pilot_resume(**stage.by("lead"), pilot=Pilot.objects.get(), reason="weiter")

    going(monkeypatch, stop_and_go_on)
    stage.send()
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    assert not list(folders.outbox(stage.pilot).glob("*.json"))


def test_a_try_that_failed_before_a_stop_is_not_repeated_after_it(
    stage: Stage, claimed: tuple[Case, Delivery]
) -> None:
    case, delivery = claimed
    services.pilot_stop(**stage.by("clerk"), pilot=stage.pilot)
    delivery_not_sent(delivery=delivery, problem="Leitung gestört", retry=True)
    case.refresh_from_db()
    assert case.state == CaseState.STOPPED
    services.pilot_resume(**stage.by("lead"), pilot=Pilot.objects.get(), reason="weiter")
    stage.send()
    case.refresh_from_db()
    assert (case.state, Delivery.objects.get().state) == (CaseState.WAITING, "failed")


def test_the_folder_keeps_nothing_of_what_was_stopped(tmp_path: Any) -> None:
    message = Message(None, "S", "B", "V-1", files=(("liste.csv", b"x"),), may_go=lambda: False)
    assert isinstance(Outbox(tmp_path).deliver(message, "k"), HeldBack)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def slow(speaker: Speaker) -> Iterator[threading.Event]:
    """A model that does not answer before it is let go."""
    go = threading.Event()

    def says(instructions: str, data: str) -> dict[str, Any]:
        go.wait(5)
        return {"category": "Termin", "draft": PLAIN, "reasons": []}

    speaker.says = says
    yield go
    go.set()


def test_a_question_on_its_way_is_abandoned_paid_and_its_answer_thrown_away(
    asking: Stage, slow: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaking = adapter.ask

    def stop_meanwhile(*args: Any, **more: Any) -> Any:
        services.organisation_stop(**asking.by("lead"))
        return speaking(*args, **more)

    monkeypatch.setattr(adapter, "ask", stop_meanwhile)
    services.case_ingest(
        **asking.by("lead"),
        pilot=asking.pilot,
        cases=[NewCase(f"x-{n}", request_text("Termin", n)) for n in range(8)],
        source="post",
    )
    began = time.monotonic()
    jobs.run_due(kinds=["pilots.propose"])
    assert time.monotonic() - began < 2
    call = ModelCall.objects.get()
    assert (call.state, call.outcome, call.cost_micro) == ("settled", "abandoned", call.reserved_micro)
    assert set(Spending.objects.values_list("used_micro", flat=True)) == {call.reserved_micro}
    assert not Case.objects.filter(state=CaseState.WAITING).exists(), "nothing was proposed after the stop"
    assert Provider.objects.get().failures == 0, "a stop says nothing about the model"
