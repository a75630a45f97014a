"""What the pages show of a report and of the version that was prepared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports.kept import unpacked
from pilotwerk.pilots.recipes.reports.numbers import day_name, label_name
from pilotwerk.pilots.recipes.reports.render import render
from pilotwerk.pilots.recipes.reports.spec import Kind, Measure
from pilotwerk.pilots.recipes.stock.periods import Frequency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pilotwerk.pilots.recipes.base import Details


def shown(
    details: Details, evidence: Mapping[str, Any], language: str, posted: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Pictures with their tables in the report's language, and who gets it. Empty where no figures are kept."""
    try:
        facts = unpacked(str(details.get("facts", "")))
    except BadInput:
        return {}
    report = render(facts, details["language"])
    rows = next((one for one in facts.facts if one.what == "rows"), None)
    return {
        "period": report.period,
        "complete": facts.complete,
        "empty": rows is not None,
        "data_until": day_name(date.fromisoformat(facts.data_until), language),
        "outliers": len(facts.outliers),
        "tested": facts.tested,
        "sections": [
            {
                "heading": one.heading,
                "sentence": one.sentence.text,
                # Made by charts.py, which escapes every text that it puts in.
                "svg": mark_safe(one.svg),  # noqa: S308
                "header": one.header,
                "rows": one.rows,
            }
            for one in report.sections
        ],
        "rules": report.rules,
        "readers": [
            {"address": one, "at": at, "ticked": f"reader-{at}" in posted if posted else True}
            for at, one in enumerate(details.get("readers") or ())
        ],
        "table": evidence.get("table", ""),
        "rows": evidence.get("rows", 0),
    }


def told(facts: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The columns that were taken, and what the reports of past periods would have been."""
    mapping = facts["mapping"]
    measures = [Measure(**{**one, "kind": Kind(one["kind"])}) for one in mapping["measures"]]
    return {
        "measures": [one.label(language) for one in measures],
        "guessed": sorted(
            set(facts.get("guessed") or ()) & {mapping["time"], *mapping["dimensions"], *_columns(measures)}
        ),
        "weekly": facts["frequency"] == "W",
        "first": label_name(Frequency(facts["frequency"]), facts["first"], language),
        "last": label_name(Frequency(facts["frequency"]), facts["last"], language),
    }


def _columns(measures: list[Measure]) -> set[str]:
    return {one.column for one in measures if one.column}
