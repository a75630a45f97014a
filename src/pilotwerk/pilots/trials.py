"""How a recipe is tried on a company's own past before there is a pilot: handed to the portfolio."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.registry import Tell, TrialResult
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import text_rows

NO_BETTER: Final = gettext_noop(
    "The first suggestion is not measurably more often right than always naming the most frequent category."
)
# What the recipe says as well; the sentence is the code, marked here for the translation.
SAID: Final = (
    gettext_noop("There are fewer than two categories to tell apart."),
    gettext_noop("There are too few past cases to measure how often the category is right."),
)
SUPPORT_NEEDS = ("text", "category")
# The newest cases suffice: more of them take long and hardly change the share.
ROWS = 20_000


def support(process_import: ProcessImport, tell: Tell) -> TrialResult | CannotTell:
    """Share of cases whose category the recipe's first suggestion gets right, on cases that it had not seen.

    The range is a 95 % Wilson interval. Cases without a text get no suggestion; cases with a text but without a
    category are taken to be like the others. CannotTell where the low end does not lie above the share that always
    naming the most frequent category gets right. Why this share: docs/adr/0017.
    """
    from django.conf import settings
    from scipy.stats import binomtest

    from pilotwerk.pilots.recipe import EMBEDDINGS
    from pilotwerk.pilots.recipes.support import LabelledText
    from pilotwerk.pilots.recipes.support.backtest import backtest_support

    tell(1, 0)
    texts = text_rows(process_import)
    known = [row for row in texts if row.category]
    if all(row.opened for row in known):
        known.sort(key=lambda row: row.opened.timestamp() if row.opened else 0.0)
    known = known[-ROWS:]
    cases = int((process_import.facts or {}).get("cases") or len(texts))
    tell(2, len(known))
    found = backtest_support(
        [LabelledText(case=row.case, text=row.text, category=row.category, time=row.opened) for row in known],
        embeddings=EMBEDDINGS[settings.PILOTWERK_EMBEDDINGS],
    )
    tell(3, len(known))
    tested = int(found["test_rows"])
    right = round(found["accuracy"] * tested)
    interval = binomtest(right, tested).proportion_ci(method="wilson")
    if interval.low <= found["majority_accuracy"]:
        return CannotTell(NO_BETTER)
    with_text = min(1.0, len(texts) / cases) if cases else 0.0
    share = Range(float(interval.low), right / tested, float(interval.high)) * with_text
    figures = {
        name: found[name]
        for name in ("labels", "validation", "train_rows", "test_rows", "accuracy", "majority_accuracy")
    }
    sure = found["sure"]
    figures["sure"] = (
        {"share": sure["coverage"] * with_text, "right": sure["realised_precision"]}
        if sure["threshold"] is not None
        else None
    )
    wasted = [max(0.0, with_text - end) for end in (share.high, share.likely, share.low)]
    return TrialResult(share, tested, {**figures, "wasted": wasted, "with_text": with_text})
