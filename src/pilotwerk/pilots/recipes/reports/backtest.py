"""What the reports would have been on a company's own history, and what the number check lets through on them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict
from random import Random
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports.calendar import Rhythm
from pilotwerk.pilots.recipes.reports.checking.check import Checker
from pilotwerk.pilots.recipes.reports.checking.mutations import Mutant, mutants
from pilotwerk.pilots.recipes.reports.compute import compute_from
from pilotwerk.pilots.recipes.reports.cube import cube_of
from pilotwerk.pilots.recipes.reports.sentences import sentences

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.facts import Facts
    from pilotwerk.pilots.recipes.reports.spec import Spec
    from pilotwerk.pilots.recipes.reports.table import Table

MOST_PERIODS = 26
SHOWN = 20


def backtest_report(
    table: Table, spec: Spec, *, seed: int = 1, mutated: int = 500, language: str | None = None
) -> dict[str, Any]:
    """Reports of up to 26 past periods, their own sentences and `mutated` wrong ones held against the number check.

    Answers how many of the correct sentences were refused and how many of the wrong ones got through, by kind.
    Raises `BadInput` where no period is covered whole.
    """
    began = time.perf_counter()
    cube = cube_of(table, spec)
    rhythm = Rhythm(cube)
    whole = [one for one in range(cube.first, cube.last + 1) if rhythm.is_whole(one, None)]
    if not whole:
        raise BadInput("No period is covered whole.", file=table.file, column=spec.time)
    reports = [compute_from(cube, table, one) for one in whole[-MOST_PERIODS:]]
    languages = (language,) if language else ("de", "en")
    said, refused, pool = _texts(reports, languages, Random(seed))
    tried = _spread(pool, mutated)
    through = [
        (one, checked) for one, checked, text_language in tried if not checked.check(one.text, text_language)
    ]
    newest = reports[-1]
    return {
        "rows": len(table),
        "rows_undated": cube.undated,
        "frequency": spec.frequency.value,
        "periods": len(reports),
        "first": spec.frequency.label(whole[-len(reports) :][0]),
        "last": spec.frequency.label(newest.period),
        "mapping": {
            "time": spec.time, "dimensions": list(spec.dimensions),
            "measures": [{**asdict(one), "kind": one.kind.value} for one in spec.measures],
        },
        "guessed": dict(spec.guessed),
        "sentences": said,
        "sentences_refused": refused,
        "mutated": len(tried),
        "mutated_through": len(through),
        "mutated_kinds": dict(Counter(one.kind for one, _, _ in tried)),
        "through": [{"kind": one.kind, "text": one.text, "original": one.original} for one, _ in through[:SHOWN]],
        "outliers": sum(len(one.outliers) for one in reports),
        "newest": [one.text for one in sentences(newest, languages[0])],
        "seconds": round(time.perf_counter() - began, 2),
    }  # fmt: skip


def _texts(
    reports: list[Facts], languages: tuple[str, ...], random: Random
) -> tuple[int, int, dict[str, list[tuple[Mutant, Checker, str]]]]:
    """How many sentences there are, how many of them the check refuses, and the wrong texts made of them by kind."""
    said = refused = 0
    pool: dict[str, list[tuple[Mutant, Checker, str]]] = {}
    for facts in reports:
        checker = Checker(facts)
        for language in languages:
            for sentence in sentences(facts, language):
                said += 1
                refused += bool(checker.check(sentence.text, language))
                for one in mutants(sentence, facts, language, random):
                    pool.setdefault(one.kind, []).append((one, checker, language))
    for found in pool.values():
        random.shuffle(found)
    return said, refused, pool


def _spread(
    pool: dict[str, list[tuple[Mutant, Checker, str]]], wanted: int
) -> list[tuple[Mutant, Checker, str]]:
    """As many of each kind as there are, in turn, until there are enough."""
    chosen: list[tuple[Mutant, Checker, str]] = []
    waiting = [iter(found) for _, found in sorted(pool.items())]
    while waiting and len(chosen) < wanted:
        for one in list(waiting):
            following = next(one, None)
            if following is None:
                waiting.remove(one)
            elif len(chosen) < wanted:
                chosen.append(following)
    return chosen
