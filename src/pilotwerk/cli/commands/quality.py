"""`pilotwerk quality`: how good the data of a file are."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk.cli.reading import add_part, progress

if TYPE_CHECKING:
    from pilotwerk.processes.domain.quality.findings import Finding
    from pilotwerk.processes.domain.quality.profile import Profile

HELP = "data-quality profile of a file: columns, dimensions, findings, personal data"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Columns are guessed where they are not given; the table need not be a process."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV, XLSX, XES or Parquet")
    add_part(parser)
    parser.add_argument("--time", metavar="COL", help="column that dates the rows")
    parser.add_argument("--label", metavar="COL", help="column with the category or outcome to learn")
    parser.add_argument("--text", metavar="COL", help="column with the text of a request")
    parser.add_argument("--case", metavar="COL", help="column with the case number")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Answers the profile as in the command line contract, with the guess and the formulas beside it."""
    from pilotwerk.core import clock
    from pilotwerk.processes.domain.roles import Meaning
    from pilotwerk.processes.quality import measure_file

    started = time.perf_counter()
    named = {Meaning.CATEGORY: args.label, Meaning.TEXT: args.text, Meaning.CASE: args.case}
    guessed, profile = measure_file(
        args.file,
        given={meaning: column for meaning, column in named.items() if column is not None},
        time=args.time,
        part=args.part,
        now=clock.now(),
        progress=progress(),
    )
    result = _as_json(profile) if args.format == "json" else _as_text(profile)
    result["mapping"] = guessed.mapping.as_json()
    result["seconds"] = round(time.perf_counter() - started, 3)
    return result


def _as_json(profile: "Profile") -> dict[str, Any]:
    from pilotwerk.processes.domain.quality.dimensions import BASIS
    from pilotwerk.processes.quality import wording

    result = profile.as_json()
    for column in result["columns"]:
        del column["spread"]  # prints for comparing imports, of no use elsewhere
    result["findings"] = [
        {**one.as_json(), "message_de": _say(one, "de"), "message_en": _say(one, "en")}
        for one in profile.findings
    ]
    result["dimension_basis"] = {name: {} for name in BASIS}
    result["uses"] = [one.as_json() for one in profile.uses]
    for language in ("de", "en"):
        with _language(language):
            for name, text in wording.basis(BASIS).items():
                result["dimension_basis"][name][language] = text
            for stored, use in zip(result["uses"], profile.uses, strict=True):
                stored[f"message_{language}"] = f"{wording.tell_use(use)}."
    return result


def _as_text(profile: "Profile") -> dict[str, Any]:
    """What fits a terminal: no distributions, one language."""
    stored = profile.as_json()
    shown = ("name", "type", "missing", "distinct", "personal_data", "findings")
    return {
        "rows": stored["rows"],
        "columns": [{key: one[key] for key in shown} for one in stored["columns"]],
        "dimensions": stored["dimensions"],
        "findings": [
            {
                "severity": one.severity,
                "column": one.column,
                "count": one.count,
                "rows": list(one.rows),
                "message": _say(one, "en"),
            }
            for one in profile.findings
        ],
    }


def _language(code: str) -> Any:
    from django.utils import translation

    return translation.override(code)


def _say(finding: "Finding", language: str) -> str:
    from pilotwerk.processes.quality import wording

    with _language(language):
        return wording.tell(finding).sentence
