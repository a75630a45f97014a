"""Every way in which a language model is asked, against everything that forbids it: nothing leaves the house.

A table like pilots/tests/test_controls.py; that no other way leads to a model is read from the program's text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

import pilotwerk
from pilotwerk.core import jobs
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import services as pilots
from pilotwerk.pilots.domain.assignment import arm_for
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.models import Case, ModelCall, ModelUse, Pilot, Provider
from pilotwerk.pilots.providers import services
from pilotwerk.pilots.providers.calling import NotAsked
from pilotwerk.pilots.providers.rewriting import rewrite
from pilotwerk.pilots.providers.tests.conftest import Speaker
from pilotwerk.pilots.recipes.base import Proposed, Rewriting
from pilotwerk.pilots.tests.stage import Stage, request_text

ROOT = Path(pilotwerk.__file__).parent


def received(stage: Stage) -> None:
    """Requests lie there and wait for their proposals. The draw, which is by chance, gives them all to the AI."""
    drawn = (key for key in map("w-{}".format, count()) if is_ai(stage.pilot, key))
    cases = [NewCase(key, request_text("Termin", n)) for n, key in enumerate(islice(drawn, 6))]
    pilots.case_ingest(**stage.by("lead"), pilot=stage.pilot, cases=cases, source="post")


def is_ai(pilot: Pilot, key: str) -> bool:
    return arm_for(pilot.seed, key, pilot.share) is Arm.AI


def one_by_one(stage: Stage, provider: Provider) -> None:
    for case in Case.objects.select_related("pilot__model_version", "organisation").order_by("number"):
        pilots.cases_propose(**stage.by("lead"), cases=[case])


def several_together(stage: Stage, provider: Provider) -> None:
    jobs.run_due(kinds=["pilots.propose"])


def button(stage: Stage, provider: Provider) -> None:
    with suppress(NotAsked):
        services.provider_test(**stage.by("lead"), provider=provider)


def button_on_the_page(stage: Stage, provider: Provider) -> None:
    stage.cast.client("lead").post(stage.cast.organisation.url("pilots:model_test", pk=provider.pk))


def preview_page(stage: Stage, provider: Provider) -> None:
    stage.cast.client("lead").post(stage.cast.organisation.url("pilots:model_preview"), {"text": "Hallo"})


def a_report_in_its_words(stage: Stage, provider: Provider) -> None:
    rewrite(
        **stage.by("lead"),
        case=Case.objects.select_related("pilot", "organisation").order_by("number")[0],
        use=ModelUse.objects.select_related("provider").get(),
        built_in=Proposed(body="Der Umsatz stieg."),
        task=Rewriting("reports", "de", "Der Umsatz stieg.", lambda text: ()),
    )


def used_up(stage: Stage, provider: Provider) -> None:
    services.policy_save(**stage.by("lead"), regions=["house"], day_micro=1, month_micro=10**9)


def never_set(stage: Stage, provider: Provider) -> None:
    services.policy_save(**stage.by("lead"), regions=["house"], day_micro=None, month_micro=None)


def pilots_share_used_up(stage: Stage, provider: Provider) -> None:
    services.use_save(
        **stage.by("lead"), pilot=stage.pilot, provider=provider, day_micro=10**9, month_micro=1
    )


def price_unknown(stage: Stage, provider: Provider) -> None:
    Provider.objects.update(price_in_micro=None)


def region_forbidden(stage: Stage, provider: Provider) -> None:
    services.policy_save(**stage.by("lead"), regions=["eu"], day_micro=10**9, month_micro=10**9)


def pilot_stopped(stage: Stage, provider: Provider) -> None:
    pilots.pilot_stop(**stage.by("clerk"), pilot=Pilot.objects.get())


def everything_stopped(stage: Stage, provider: Provider) -> None:
    pilots.organisation_stop(**stage.by("lead"))


Way = Callable[[Stage, Provider], None]
# Whether nothing stands against it.
WAYS: dict[Way, bool] = {
    one_by_one: True,
    several_together: True,
    button: True,
    button_on_the_page: True,
    preview_page: False,
    a_report_in_its_words: True,
}
FORBIDDEN: list[Way] = [
    used_up,
    never_set,
    pilots_share_used_up,
    price_unknown,
    region_forbidden,
    pilot_stopped,
    everything_stopped,
]
# The test button asks for no pilot, and a model that is off may be tried: that is what it is there for.
FREE = {
    (way, forbids)
    for way in (button, button_on_the_page)
    for forbids in (pilots_share_used_up, region_forbidden, pilot_stopped, everything_stopped)
}


@pytest.mark.parametrize(
    ("way", "forbids"),
    [(w, f) for w in WAYS for f in FORBIDDEN if (w, f) not in FREE],
    ids=lambda f: f.__name__,
)
def test_no_way_gets_around_what_forbids_it(
    asking: Stage, provider: Provider, speaker: Speaker, way: Any, forbids: Any
) -> None:
    received(asking)
    forbids(asking, provider)
    for _time in range(2):
        with suppress(Refused):
            way(asking, provider)
    assert speaker.heard == []
    assert not ModelCall.objects.exists()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_where_nothing_forbids_it_each_way_asks_and_pays(
    asking: Stage, provider: Provider, speaker: Speaker, way: Any
) -> None:
    received(asking)
    way(asking, provider)
    assert bool(speaker.heard) is WAYS[way]
    assert ModelCall.objects.count() == len(speaker.heard)


def callers(module: str, function: str) -> set[str]:
    """The functions that call `module.function` or a bare `function` out of the same file."""
    found = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "tests" in path.parts or module not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                called = {ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
                if f"{module}.{function}" in called:
                    found.add(f"{path.relative_to(ROOT).as_posix()}:{node.name}")
    return found


def test_no_other_way_leads_to_a_model() -> None:
    assert callers("adapter", "ask") == {"pilots/providers/calling.py:_asked"}
    assert callers("calling", "call") == {
        "pilots/providers/proposing.py:_asked",
        "pilots/providers/rewriting.py:_asked",
        "pilots/providers/services.py:provider_test",
    }
