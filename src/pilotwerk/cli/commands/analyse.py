"""`pilotwerk analyse`: facts about a process, measured from a file."""

import argparse
import sys
from pathlib import Path
from typing import Any

from pilotwerk.core.errors import BadInput

HELP = "process facts from a file: CSV, TSV, XLSX, XES or Parquet, CSV and XES also .gz"

# How many rejected rows are listed by name.
LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Columns are guessed where they are not given."""
    parser.add_argument("file", type=Path, metavar="FILE", help="event log, or table with one row a case")
    parser.add_argument("--case", metavar="COL", help="column with the case number")
    parser.add_argument("--activity", metavar="COL", help="column with the step (event log)")
    parser.add_argument("--time", metavar="COL", help="column with the time of the step (event log)")
    parser.add_argument("--start", metavar="COL", help="column with the start of the case (one row a case)")
    parser.add_argument("--end", metavar="COL", help="column with the end of the case (one row a case)")
    parser.add_argument("--resource", metavar="COL", help="column with the person; it is left out")
    parser.add_argument(
        "--engine",
        default="duckdb",
        help="what computes the facts: duckdb, spark, spark://... or postgresql://...",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Answers the facts as in the command line contract, the guess and the first rejected rows beside
    them.
    """
    from pilotwerk.processes.analysis import analyse
    from pilotwerk.processes.domain.roles import Meaning

    given = {
        Meaning(name): value
        for name in ("case", "activity", "time", "start", "end", "resource")
        if (value := getattr(args, name)) is not None
    }
    if given.keys() & {Meaning.ACTIVITY, Meaning.TIME} and given.keys() & {Meaning.START, Meaning.END}:
        raise BadInput("Give --activity and --time (event log), or --start and --end (one row a case).")
    found = analyse(
        args.file, given=given, progress=_report if sys.stderr.isatty() else None, engine=args.engine
    )
    facts = dict(found.facts)
    facts["guess"] = {
        str(meaning): " ".join(reason.english() for reason in reasons)
        for meaning, reasons in found.guess.reasons.items()
    }
    facts["rejected"] = [
        {"row": one.row, "column": one.column, "reason": one.english()} for one in found.rejected[:LISTED]
    ]
    return facts


def _report(rows: int) -> None:
    print(f"\r{rows:,} rows read", end="", file=sys.stderr, flush=True)
