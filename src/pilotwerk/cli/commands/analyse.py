"""`pilotwerk analyse`: facts about a process, measured from a file or out of a database."""

import argparse
import os
from pathlib import Path
from typing import Any

from pilotwerk.cli.reading import add_part, progress
from pilotwerk.core.errors import BadInput

HELP = "process facts from a file (CSV, TSV, XLSX, XES or Parquet, also .gz or .zip) or from a database"
SQL_URL = "PILOTWERK_SQL_URL"

# How many rejected rows are listed by name.
LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Columns are guessed where they are not given."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", help="event log, or table with one row a case"
    )
    parser.add_argument(
        "--query", metavar="SELECT", help="instead of FILE: a table or one SELECT of a database"
    )
    parser.add_argument(
        "--sql",
        metavar="URL",
        help=f"where it is: postgresql://user@host/database, mysql, sqlite or mssql; default: {SQL_URL}, which "
        "other users of the machine cannot read as they can read arguments",
    )
    add_part(parser)
    parser.add_argument("--case", metavar="COL", help="column with the case number")
    parser.add_argument("--activity", metavar="COL", help="column with the step (event log)")
    parser.add_argument("--time", metavar="COL", help="column with the time of the step (event log)")
    parser.add_argument("--start", metavar="COL", help="column with the start of the case (one row a case)")
    parser.add_argument("--end", metavar="COL", help="column with the end of the case (one row a case)")
    parser.add_argument("--resource", metavar="COL", help="column with the person; only teams are ever shown")
    parser.add_argument(
        "--engine",
        default="duckdb",
        help="what computes the facts: duckdb, spark, spark://... or postgresql://...",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Answers the facts as in the command line contract, the guess and the first rejected rows beside
    them.
    """
    from pilotwerk.processes.analysis import analyse, analyse_query
    from pilotwerk.processes.domain.roles import Meaning

    given = {
        Meaning(name): value
        for name in ("case", "activity", "time", "start", "end", "resource")
        if (value := getattr(args, name)) is not None
    }
    if given.keys() & {Meaning.ACTIVITY, Meaning.TIME} and given.keys() & {Meaning.START, Meaning.END}:
        raise BadInput("Give --activity and --time (event log), or --start and --end (one row a case).")
    if bool(args.query) == bool(args.file):
        raise BadInput("Give a FILE, or --query with the address of the database in --sql.")
    if args.query:
        found = analyse_query(
            _address(args), args.query, given=given, progress=progress(), engine=args.engine
        )
    else:
        found = analyse(args.file, given=given, progress=progress(), engine=args.engine, part=args.part)
    facts = dict(found.facts)
    facts["guess"] = {
        str(meaning): " ".join(reason.english() for reason in reasons)
        for meaning, reasons in found.guess.reasons.items()
    }
    facts["rejected"] = [
        {"row": one.row, "column": one.column, "reason": one.english()} for one in found.rejected[:LISTED]
    ]
    return facts


def _address(args: argparse.Namespace) -> str:
    """The database's address from the option or the environment."""
    address: str = args.sql or os.environ.get(SQL_URL, "")
    if not address:
        raise BadInput(f"Give the address of the database in --sql or in {SQL_URL}.")
    return address
