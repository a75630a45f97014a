"""`pilotwerk backtest leads`: how well leads can be ranked, and which columns only seem to help."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pilotwerk.cli.reading import add_part
from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell

HELP = "how well past leads could have been ranked, without columns that know the outcome"
# A table is held in memory as texts: about 100 bytes a cell.
MOST_ROWS, MOST_CELLS = 1_000_000, 40_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """File, outcome and what may be said about them."""
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--outcome", metavar="COL", required=True, help="what became of the lead; empty: open"
    )
    parser.add_argument("--won", metavar="VALUE", help="the outcome that counts as won (default: recognised)")
    parser.add_argument(
        "--time",
        metavar="COL",
        help="when the lead came in; “row”: the rows stand in order of time; “none”: they do not (default: find out)",
    )
    parser.add_argument(
        "--id", metavar="COL", help="whose lead it is: rows of one customer are judged together"
    )
    add_part(parser)
    parser.add_argument("--where", metavar="COL=VALUE", action="append", default=[], help="only these rows")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same figures (default 1)")
    parser.add_argument("--format", choices=["text", "json"], default=argparse.SUPPRESS, help="how to print")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Reads, tests for leaks, judges. Raises `BadInput` with file, row and column, also for too few leads."""
    from pilotwerk.cli.commands.backtest import Table
    from pilotwerk.pilots.recipes.leads import LeadTable, backtest_leads
    from pilotwerk.processes.reading import Limits, open_source

    with open_source(args.file, limits=Limits(rows=MOST_ROWS), part=args.part) as source:
        if source.rows * len(source.columns) > MOST_CELLS:
            limit = f"{MOST_CELLS // 1_000_000} million cells"
            raise BadInput(f"The table has more than {limit}. Leave out columns.", file=args.file.name)
        read = Table(args.file.name, source.columns, source.first_rows(source.rows), len(source.rejected))
    kept = read.where(args.where)
    if not kept:
        raise BadInput("No row is left to judge.", file=read.file)
    cells = tuple(zip(*(row for _, row in kept), strict=True))
    table = LeadTable(read.columns, cells, [number for number, _ in kept])
    outcome = read.columns[read.place(args.outcome)]
    print(f"{len(kept)} rows read. Looking for leaking columns, training and judging.", file=sys.stderr)
    try:
        result = backtest_leads(
            table,
            outcome=outcome,
            won=args.won,
            time=_time(read, args.time),
            group=read.columns[read.place(args.id)] if args.id else None,
            seed=args.seed,
        )
    except BadInput as error:
        error.file = error.file or read.file
        raise
    if isinstance(result, CannotTell):
        raise BadInput(result.reason, file=read.file)
    result["rows_rejected"] = read.rejected
    return result if args.format == "json" else _english(result)


def _time(table: Any, time: str | None) -> str | None:
    """A column by name or number, or one of the words for the order of the rows."""
    if time is None or (time in ("row", "none") and time not in table.columns):
        return time
    name: str = table.columns[table.place(time)]
    return name


def _english(value: Any) -> Any:
    """For reading in a terminal: without the German sentences."""
    if isinstance(value, dict):
        return {key: _english(inner) for key, inner in value.items() if not key.endswith("_de")}
    return [_english(inner) for inner in value] if isinstance(value, list) else value
