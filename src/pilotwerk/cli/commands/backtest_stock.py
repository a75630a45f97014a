"""`pilotwerk backtest stock`: how well demand would have been forecast, and what reorder points would have cost.

FILE holds movements (`--item`, `--date`, `--quantity`; returns are negative) or, without date and quantity, one row an
item and one column a period: 2026-01, Jan 2026, KW 3 2026, a date, or x1, x2, ... FILE2 holds lead times, costs,
minimum quantities and targets of the items; what it does not say is assumed, and the output names it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput

if TYPE_CHECKING:
    from pilotwerk.cli.commands.backtest import Table
    from pilotwerk.pilots.recipes.stock import Demand, Parameters

LONGEST = 366
HELP = "how well demand is forecast, and what reorder points deliver and cost"


def add_arguments(stock: argparse.ArgumentParser) -> None:
    """File, columns, horizon and parameters."""
    stock.add_argument("file", metavar="FILE", type=Path)
    stock.add_argument("--item", metavar="COL", help="the item; may be left out of a wide table")
    stock.add_argument("--date", metavar="COL", help="day of the movement")
    stock.add_argument("--quantity", metavar="COL", help="pieces that went out; negative: came back")
    stock.add_argument("--wide", action="store_true", help="one row an item, one column a period")
    stock.add_argument(
        "--horizon", metavar="N", type=int, help="periods to forecast: the last N are the test"
    )
    stock.add_argument(
        "--frequency", choices=["D", "W", "M"], help="days, weeks or months (default: by length)"
    )
    stock.add_argument("--parameters", metavar="FILE2", type=Path, help="lead times, costs, minimum, targets")
    stock.add_argument("--where", metavar="COL=VALUE", action="append", default=[], help="only these rows")
    stock.add_argument("--no-header", action="store_true", help="the first row is data already")
    stock.add_argument("--format", choices=["text", "json"], default=argparse.SUPPRESS, help="how to print")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Reads, forecasts, simulates. Raises `BadInput` with file, row and column."""
    from pilotwerk.pilots.recipes.stock import backtest_stock

    if args.horizon is not None and not 1 <= args.horizon <= LONGEST:
        raise BadInput(f"--horizon must be from 1 to {LONGEST}.")
    demand, rejected = _demand(args)
    parameters = _parameters(args, demand) if args.parameters else None
    print(f"{len(demand.items)} items in {demand.periods} periods read. Forecasting.", file=sys.stderr)
    try:
        result = backtest_stock(demand, horizon=args.horizon, parameters=parameters)
    except BadInput as error:
        error.file = error.file or args.file.name
        raise
    return {**result, "rows_skipped": result["rows_skipped"] + rejected}


def _demand(args: argparse.Namespace) -> tuple[Demand, int]:
    """The demand, and the number of rows that the reader rejected."""
    from pilotwerk.pilots.recipes.stock import Frequency, read_long, read_wide, with_head

    long = bool(args.date or args.quantity)
    if long and (args.wide or not (args.item and args.date and args.quantity)):
        raise BadInput(
            "A table of movements needs --item, --date and --quantity; a wide table needs neither of the last two."
        )
    table = _table(args, args.file)
    frequency = Frequency(args.frequency) if args.frequency else None
    if long:
        places = {name: table.place(getattr(args, name)) for name in ("item", "date", "quantity")}
        sheet = _sheet(table, args.where)
        found = read_long(
            sheet, item=places["item"], day=places["date"], quantity=places["quantity"], frequency=frequency
        )
        return found, table.rejected
    headed = with_head(_sheet(table, []))
    table = replace(table, columns=headed.columns, rows=list(headed.rows))
    item = table.place(args.item) if args.item else None
    return read_wide(_sheet(table, args.where), item=item, frequency=frequency), table.rejected


def _parameters(args: argparse.Namespace, demand: Demand) -> Parameters:
    from pilotwerk.pilots.recipes.stock import read_parameters

    return read_parameters(_sheet(_table(args, args.parameters), []), demand.items, args.item)


def _table(args: argparse.Namespace, path: Path) -> Table:
    from pilotwerk.cli.commands.backtest import Table

    return Table.read(path, no_header=args.no_header and path == args.file, label=None)


def _sheet(table: Table, conditions: list[str]) -> Any:
    from pilotwerk.pilots.recipes.stock import Sheet

    return Sheet(table.file, tuple(table.columns), table.where(conditions))
