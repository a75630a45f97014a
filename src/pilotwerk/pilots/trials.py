"""How a recipe is tried on a company's own past before there is a pilot: handed to the portfolio."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from pilotwerk.core.results import CannotTell
from pilotwerk.portfolio.domain.ranges import Range
from pilotwerk.portfolio.registry import Tell, TrialResult
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.selectors import text_rows

NO_THRESHOLD: Final = gettext_noop(
    "The past cases are too few or too alike to find a bound from which on 95 in 100 categories are right."
)
# What the recipe says as well; the sentence is the code, marked here for the translation.
SAID: Final = (
    gettext_noop("There are fewer than two categories to tell apart."),
    gettext_noop("There are too few past cases to measure how often the category is right."),
)
SUPPORT_NEEDS = ("text", "category")
# The newest cases suffice: more of them take long and hardly change the share.
ROWS = 20_000
# Shown beside the share: how much depends on the 95 %.
LOOSER = 0.9


def support(process_import: ProcessImport, tell: Tell) -> TrialResult | CannotTell:
    """Share of cases whose category the recipe names with 95 % certainty, on cases that it had not seen.

    The range is a 95 % Wilson interval. Cases without a text get no proposal and are counted as such; cases
    with a text but without a category are taken to be like the others. CannotTell where no threshold keeps the
    95 %: then too few cases are known, and a share of 0 would claim too much.
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
    sure, tested = found["sure"], int(found["test_rows"])
    if sure["threshold"] is None:
        return CannotTell(NO_THRESHOLD)
    covered = round(sure["coverage"] * tested)
    interval = binomtest(covered, tested).proportion_ci(method="wilson")
    with_text = min(1.0, len(texts) / cases) if cases else 0.0
    share = Range(float(interval.low), covered / tested, float(interval.high)) * with_text
    figures = {
        name: found[name]
        for name in ("labels", "validation", "train_rows", "test_rows", "accuracy", "majority_accuracy")
    }
    looser = next(one for one in found["coverage_at_precision"] if one["precision"] == LOOSER)
    figures["coverage_looser"] = looser["coverage"] if looser["threshold"] is not None else None
    figures |= {"coverage": sure["coverage"], "realised_precision": sure["realised_precision"]}
    return TrialResult(share, tested, {**figures, "with_text": with_text})
