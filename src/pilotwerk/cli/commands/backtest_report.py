"""`pilotwerk backtest report`: the reports that a table would have given, and what the number check lets through.

FILE holds one row an event (an order, a ticket) with a date. What is not named is guessed, and the output names it.
A measure is `sum:COL`, `mean:COL`, `median:COL`, `share:COL=VALUE` or `count`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pilotwerk.core.errors import BadInput

HELP = "the reports of past periods, and how many wrong texts the number check lets through"


def add_arguments(report: argparse.ArgumentParser) -> None:
    """File, columns, period, and how many wrong texts are tried."""
    report.add_argument("file", metavar="FILE", type=Path)
    report.add_argument("--time", metavar="COL", help="column with the date")
    report.add_argument("--measure", metavar="KIND:COL", action="append", help="see above; up to five")
    report.add_argument("--dimension", metavar="COL", action="append", help="up to two")
    report.add_argument("--frequency", choices=["W", "M"], help="weeks or months (default: by length)")
    report.add_argument("--zone", default="Europe/Berlin", help="time zone of the company")
    report.add_argument("--lang", choices=["de", "en"], help="only this language (default: both)")
    report.add_argument(
        "--mutated", metavar="N", type=int, default=500, help="wrong texts to try (default 500)"
    )
    report.add_argument("--seed", type=int, default=1, help="same seed, same figures (default 1)")
    report.add_argument("--format", choices=["text", "json"], default=argparse.SUPPRESS, help="how to print")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Reads, computes, checks. Raises `BadInput` with file, row and column."""
    from pilotwerk.pilots.recipes.reports import prepare, read_table
    from pilotwerk.pilots.recipes.reports.backtest import backtest_report

    table = read_table(args.file)
    print(f"{len(table)} rows read. Computing and checking.", file=sys.stderr)
    settings: dict[str, Any] = {"time": args.time, "zone": args.zone, "frequency": args.frequency}
    if args.measure:
        settings["measures"] = [_measure(one) for one in args.measure]
    if args.dimension:
        settings["dimensions"] = args.dimension
    spec = prepare(table, settings)
    return backtest_report(table, spec, seed=args.seed, mutated=args.mutated, language=args.lang)


def _measure(text: str) -> dict[str, str]:
    kind, _, column = text.partition(":")
    if kind == "share":
        column, sign, value = column.partition("=")
        if not sign:
            raise BadInput(f"“{text}” is not of the form share:COL=VALUE.")
        return {"kind": kind, "column": column, "value": value}
    return {"kind": kind, "column": column}
