"""Eight threads want money at the same moment. Run as a program it does so on a database in a file of its own."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pilotwerk.accounts.models import Organisation
    from pilotwerk.audit.domain.actor import Actor

THREADS, TURNS, AMOUNT, BUDGET = 8, 5, 100, 1_950


@dataclass(frozen=True)
class Result:
    """How many got money, how many did not, and the sums after reserving and after settling at 30 each, twice."""

    taken: int
    refused: int
    reserved: set[int]
    settled_again: int
    spent: set[int]


def race(organisation: Organisation, actor: Actor) -> Result:
    """40 calls of 100 want money, 1,950 are there."""
    from django.db import connections

    from pilotwerk.pilots.models import CallOutcome, ModelCall, Spending
    from pilotwerk.pilots.providers import budget, services

    by: dict[str, Any] = {"organisation": organisation, "actor": actor}
    services.policy_save(**by, regions=["house"], day_micro=BUDGET, month_micro=10**9)
    provider = services.provider_save(
        **by, name="M", kind="openai", model="m", base_url="http://127.0.0.1:9/v1", region="house",
        price_in_micro=1, price_out_micro=1,
    )  # fmt: skip
    taken: list[ModelCall] = []
    refused: list[str] = []
    start = threading.Barrier(THREADS)

    def work() -> None:
        try:
            start.wait()
            for _turn in range(TURNS):
                try:
                    taken.append(
                        budget.reserve(
                            organisation=organisation, provider=provider, prompt="t", micro=AMOUNT, masked={}
                        )
                    )
                except budget.Exhausted as full:
                    refused.append(full.limit.period)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=300)
    mine = Spending.objects.of(organisation)
    reserved = set(mine.values_list("used_micro", flat=True))
    again = 0
    for _round in range(2):
        again = sum(budget.settle(**by, call=one, outcome=CallOutcome.OK, cost_micro=30) for one in taken)
    return Result(len(taken), len(refused), reserved, again, set(mine.values_list("used_micro", flat=True)))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")
    sys.path.insert(0, str(Path(__file__).resolve().parents[5]))
    import django

    django.setup()
    from tests.cast import make_cast

    cast = make_cast()
    result = race(cast.organisation, cast.actor("lead"))
    sys.stdout.write(
        f"{result.taken} {result.refused} {sorted(result.reserved)} {result.settled_again} {sorted(result.spent)}\n"
    )


if __name__ == "__main__":
    main()
