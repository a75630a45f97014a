"""Lena tries an idea on last year's requests before anybody builds a pilot; what comes out replaces the guess."""

from typing import Any

import pytest

from pilotwerk.audit import selectors as audit
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.portfolio import selectors, services, trials
from pilotwerk.portfolio.models import Trial, UseCase
from pilotwerk.portfolio.tests.requests import imported_requests, requests_table
from pilotwerk.portfolio.tests.test_portfolio_story import CALM, estimates
from tests.cast import Cast


@pytest.fixture(autouse=True)
def without_embeddings(settings: Any) -> None:
    settings.PILOTWERK_EMBEDDINGS = "off"


def common(cast: Cast, role: str = "lead") -> dict[str, Any]:
    return {"organisation": cast.organisation, "actor": cast.actor(role)}


def idea(cast: Cast, content: bytes | None = None) -> UseCase:
    source = imported_requests(cast, content=content)
    made = services.usecase_add(
        **common(cast), name="Anfragen", process=source.process, recipe="support", template="support"
    )
    given = estimates()
    return services.usecase_assess(**common(cast), use_case=made, inputs=given, answers=dict(CALM))


def test_from_the_button_to_a_measured_share(cast: Cast) -> None:
    one = idea(cast)
    client, url = cast.client("lead"), cast.organisation.url
    page = client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "An eigenen Daten erproben" in page
    assert client.post(url("portfolio:trial", pk=one.pk)).status_code == 302
    waiting = client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "hx-get" in waiting
    assert client.post(url("portfolio:trial", pk=one.pk)).status_code == 422, "one at a time"

    assert jobs.run_due(kinds=[trials.JOB]) == 1
    tried = selectors.trial_measured(one)
    assert tried is not None
    assert (tried.cases, tried.n, tried.ordered_by) == (300, 60, "Lena Leitung")
    assert tried.figures["validation"] == "time"
    assert tried.range.low < tried.range.likely <= tried.range.high <= 1
    assert tried.range.likely == pytest.approx(tried.figures["accuracy"])
    low, likely, high = tried.figures["wasted"]
    assert likely == pytest.approx(1 - tried.range.likely)
    assert (low, high) == (pytest.approx(1 - tried.range.high), pytest.approx(1 - tried.range.low))
    assert tried.figures["sure"]["right"] >= 0.95
    assert tried.figures["sure"]["share"] <= 1

    page = client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "An eigenen Daten erprobt: Der erste Vorschlag stimmt in" in page
    assert "so sicher, dass sie in 95 von 100 richtig liegen sollte" in page
    assert "Bisher zählt eine Schätzung von 50\u00a0%" in page
    assert client.post(url("portfolio:recalculate", pk=one.pk)).status_code == 302
    one.refresh_from_db()
    share = one.inputs["automatable_share"]
    assert (share["source"], share["n"]) == ("measured", 60)
    assert share["likely"] == tried.range.likely
    assert one.inputs["wasted_share"]["source"] == "measured"
    assert (
        "in der Erprobung: Der erste Vorschlag stimmte"
        in client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
    )
    assert one.inputs["setup_cost"]["by"] == "Lena Leitung"
    assert (
        "Die Bewertung rechnet mit dieser Zahl"
        in client.get(url("portfolio:usecase", pk=one.pk)).content.decode()
    )
    sentences = [entry.action for entry in audit.entries(cast.organisation.id)]
    assert {"portfolio.trial_ordered", "portfolio.trial_finished"} <= set(sentences)


def test_what_the_data_does_not_show_stays_open_and_the_guess_stays_a_guess(cast: Cast) -> None:
    one = idea(cast, requests_table(120, hopeless=True))
    tried = trials.trial_start(**common(cast), use_case=one, run_now=True)
    assert tried.state == Trial.State.CANNOT_TELL
    assert selectors.trial_measured(one) is None
    page = cast.client("owner").get(cast.organisation.url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "Die letzte Erprobung lässt es offen:" in page
    assert "nicht messbar öfter" in page
    again = services.usecase_recalculate(**common(cast), use_case=one)
    assert again.inputs["automatable_share"]["source"] != "measured"


def test_a_trial_needs_data_and_a_recipe_that_has_one(cast: Cast) -> None:
    bare = services.usecase_add(**common(cast), name="Ohne Daten", recipe="support")
    with pytest.raises(Refused, match="reichen zum Erproben noch nicht"):
        trials.trial_start(**common(cast), use_case=bare)
    other = services.usecase_add(**common(cast), name="Anderes", recipe="other")
    with pytest.raises(Refused, match="nicht erproben"):
        trials.trial_start(**common(cast), use_case=other)
    page = cast.client("lead").get(cast.organisation.url("portfolio:usecase", pk=other.pk)).content.decode()
    assert "An eigenen Daten erproben" not in page


def test_a_trial_whose_work_was_lost_does_not_block_the_next_one(cast: Cast) -> None:
    one = idea(cast)
    first = trials.trial_start(**common(cast), use_case=one)
    jobs.forget(organisation_id=cast.organisation.id)
    second = trials.trial_start(**common(cast), use_case=one)
    first.refresh_from_db()
    assert first.state == Trial.State.FAILED
    assert second.is_open
    # A late worker finds its trial closed and leaves it alone.
    trials.trial_run(trial_id=first.pk)
    first.refresh_from_db()
    assert first.state == Trial.State.FAILED


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("clerk", 403), ("outsider", 404)])
def test_only_owner_and_lead_order_a_trial(cast: Cast, role: str, status: int) -> None:
    one = idea(cast)
    assert cast.client(role).post(cast.organisation.url("portfolio:trial", pk=one.pk)).status_code == status


def test_an_estimate_of_ones_own_takes_the_measured_wrong_ones_out_again(cast: Cast) -> None:
    one = idea(cast)
    trials.trial_start(**common(cast), use_case=one, run_now=True)
    measured = services.usecase_recalculate(**common(cast), use_case=one)
    assert measured.inputs["wasted_share"]["high"] > 0
    own = services.usecase_assess(**common(cast), use_case=one, inputs=estimates(), answers=dict(CALM))
    assert own.inputs["automatable_share"]["source"] != "measured"
    assert own.inputs["wasted_share"] == {
        "low": 0.0,
        "likely": 0.0,
        "high": 0.0,
        "source": "left_out",
        "n": 0,
    }


def test_a_trial_from_before_is_not_shown_as_what_it_did_not_measure(cast: Cast) -> None:
    one = idea(cast)
    tried = trials.trial_start(**common(cast), use_case=one, run_now=True)
    Trial.objects.filter(pk=tried.pk).update(figures={"coverage": 0.4, "accuracy": 0.9})
    assert selectors.trial_measured(one) is None
    page = cast.client("lead").get(cast.organisation.url("portfolio:usecase", pk=one.pk)).content.decode()
    assert "An eigenen Daten erproben" in page
