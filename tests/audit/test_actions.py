"""What an action is called: one sentence in each language, the same values in both, codes said in words."""

import pytest
from django.utils import translation

from pilotwerk.audit import registry


def test_every_action_of_every_room_says_the_same_in_both_languages() -> None:
    assert len(registry.actions()) > 10
    for action in registry.actions():
        with translation.override("en"):
            named, english = action.placeholders, str(action.sentence)
        with translation.override("de"):
            assert action.placeholders == named, action.name
            assert str(action.sentence) != english, f"{action.name} has no German sentence"


def test_coded_values_are_said_in_words_and_missing_ones_are_admitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "_actions", {})
    registry.register(
        "teststory.member_invited",
        "%(actor)s invited %(email)s as %(role)s for %(team)s",
        personal=("email",),
        labels={"role": {"lead": "AI lead"}},
    )
    action = registry.action_named("teststory.member_invited")
    assert action.pattern == "… invited … as … for …"
    with translation.override("en"):
        said = action.text({"actor": "Jana", "email": None, "role": "lead"})
    assert said == "Jana invited (erased) as AI lead for (unknown)"


def test_an_action_that_is_gone_by_now_still_shows_in_an_old_log() -> None:
    assert registry.known("oldroom.thing_done").text({"actor": "Jana"}) == "Jana: oldroom.thing_done"
