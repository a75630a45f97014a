"""Clerks treat proposals as people do: good ones pass, open places are filled, wrong ones are changed or rejected."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from pilotwerk.demo.clerks import Seen, by_hand, decide, fill
from pilotwerk.demo.corpus.requests import Request, stream

BODY = "Guten Tag,\n\nwir kommen am [Termin].\n\nFreundliche Grüße"


@pytest.fixture(scope="module")
def coming() -> list[Request]:
    return stream(seed=3, first=date(2026, 9, 1), last=date(2026, 10, 2), count=300)


def seen(request: Request, *, right: bool = True, fits: bool = True, open_place: bool = False) -> Seen:
    return Seen(
        category=request.true_category if right else "Unsinn",
        body=BODY if open_place else BODY.replace("[Termin]", "Montag"),
        placeholders=("[Termin]",) if open_place else (),
        situations=frozenset({request.situation if fits else "etwas anderes"}),
    )


def test_a_good_proposal_mostly_passes_and_saves_time(coming: list[Request]) -> None:
    choices = [decide(request, seen(request), Random(index)) for index, request in enumerate(coming)]
    kinds = Counter(choice.kind for choice in choices)
    assert kinds["approve"] / len(coming) > 0.6
    assert kinds["edit"] > 20
    rejected = [c for c in choices if c.kind == "reject"]
    assert all(choice.reason == "tone" for choice in rejected)
    assert len(rejected) < 0.1 * len(coming)
    alone = sum(by_hand(request, Random(index)).minutes for index, request in enumerate(coming))
    assert sum(choice.minutes for choice in choices) < 0.6 * alone


def test_open_places_are_filled_before_anything_goes_out(coming: list[Request]) -> None:
    for index, request in enumerate(coming):
        choice = decide(request, seen(request, open_place=True), Random(index))
        assert choice.kind in ("edit", "defer", "reject")
        assert "[" not in choice.body
        assert choice.kind != "edit" or request.values["neu_a"] in choice.body


def test_a_wrong_category_is_corrected_but_now_and_then_overlooked(coming: list[Request]) -> None:
    choices = [decide(r, seen(r, right=False), Random(i)) for i, r in enumerate(coming)]
    corrected = sum(c.category == r.true_category for c, r in zip(choices, coming, strict=True))
    overlooked = sum(c.kind == "approve" or c.category == "Unsinn" for c in choices)
    assert corrected > 0.7 * len(coming)
    assert 0.05 < overlooked / len(coming) < 0.2


def test_a_draft_that_does_not_fit_is_rewritten_or_rejected(coming: list[Request]) -> None:
    choices = [decide(r, seen(r, fits=False), Random(i)) for i, r in enumerate(coming)]
    kinds = Counter(choice.kind for choice in choices)
    assert kinds["approve"] == 0
    assert 0.25 < kinds["reject"] / len(coming) < 0.6
    edited = [(c, r) for c, r in zip(choices, coming, strict=True) if c.kind == "edit"]
    assert all(choice.body == request.answer for choice, request in edited)


def test_every_kind_of_open_place_has_something_to_put_in(coming: list[Request]) -> None:
    places = ("[Termin]", "[Betrag]", "[Rechnungsnummer]", "[Name]", "[Datum]", "[unbekannt]", "[Telefon]")
    filled = fill(" ".join(places), places, coming[0].values)
    assert "[" not in filled
    assert coming[0].values["rechnung"] in filled
