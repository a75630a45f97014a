"""What commands that read a table of the user's share: which table of the file, and how far reading is."""

import argparse
import sys
from collections.abc import Callable


def add_part(parser: argparse.ArgumentParser) -> None:
    """The option that names one of several tables in a file."""
    parser.add_argument(
        "--part", metavar="NAME", help="sheet of a workbook or table in a ZIP file; default: the largest"
    )


def progress() -> Callable[[int], None] | None:
    """Tells a person at a terminal how many rows are read; None where nobody watches."""
    return _tell if sys.stderr.isatty() else None


def _tell(rows: int) -> None:
    print(f"\r{rows:,} rows read", end="", file=sys.stderr, flush=True)
