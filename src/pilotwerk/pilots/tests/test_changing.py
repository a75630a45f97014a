"""A pilot runs, and something about it has to change: what its measurement rests on does not."""

from __future__ import annotations

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import services
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.tests.stage import Stage

pytestmark = pytest.mark.django_db


def test_deadline_and_urgent_categories_change_and_the_share_does_not(stage: Stage) -> None:
    client, url = stage.cast.client("lead"), stage.cast.organisation.url("pilots:change")
    shown = client.get(url)
    assert shown.status_code == 200
    assert "share" not in shown.context["form"].fields
    values = {
        "name": "Post",
        "deadline_hours": "8",
        "send_delay_seconds": "30",
        "urgent_categories": ["Störung"],
    }
    assert client.post(url, {**values, "share": "100"}).status_code == 302
    before, pilot = stage.pilot, Pilot.objects.get()
    assert (pilot.name, pilot.deadline_hours, pilot.urgent_categories) == ("Post", 8, ["Störung"])
    assert (pilot.share, pilot.stop_rules, pilot.seed) == (before.share, before.stop_rules, before.seed)
    about = audit.entries_about(stage.cast.organisation.pk, ("pilots.Pilot", str(pilot.pk)))
    assert any("den laufenden Piloten" in str(line) for line in about)
    [case] = stage.receive(1)
    assert round((case.deadline - case.received_at).total_seconds() / 3600) == 8


def test_what_stays_as_it_was_leaves_no_entry(stage: Stage) -> None:
    before = audit.state(stage.cast.organisation.pk).entries
    services.pilot_change(**stage.by("lead"), pilot=stage.pilot, options={}, name=stage.pilot.name)
    assert audit.state(stage.cast.organisation.pk).entries == before


def test_neither_terms_of_the_measurement_nor_an_ended_pilot_are_changed(stage: Stage) -> None:
    for settings in ({"options": {}, "share": 0.9}, {"options": {"target": 1}}):
        with pytest.raises(Refused, match="begonnen"):
            services.pilot_change(**stage.by("lead"), pilot=stage.pilot, **settings)
    with pytest.raises(Refused, match="Kategorien"):
        services.pilot_change(**stage.by("lead"), pilot=stage.pilot, options={}, urgent_categories=["Neues"])
    services.pilot_end(**stage.by("lead"), pilot=stage.pilot)
    with pytest.raises(Refused, match="nicht beendet"):
        services.pilot_change(**stage.by("lead"), pilot=stage.pilot, options={}, name="Anders")
    url = stage.cast.organisation.url("pilots:change")
    assert stage.cast.client("lead").get(url).status_code == 404
