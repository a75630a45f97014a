"""`pilotwerk backtest`: what the embedded default would have reached on your own history, before any pilot starts.

FILE is CSV, TSV, TXT, XLSX or Parquet (text files also .gz); separator, encoding and the row with the column names
are found by themselves. COL is a column's name or its number, counted from 1. A file without column names is
recognised by a first row whose label is one of the labels; `--no-header` says so where that fails.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilotwerk.cli.commands import backtest_leads, backtest_report, backtest_stock
from pilotwerk.core.errors import BadInput

HELP = "what the embedded default would have reached on your own history"
EMBEDDINGS = {"auto": None, "on": True, "off": False}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each recipe that can be tested."""
    kinds = parser.add_subparsers(dest="kind", metavar="support|answers|leads|stock|report", required=True)
    support = kinds.add_parser("support", help="how often the category of a request is found")
    _common(support)
    support.add_argument("--text", metavar="COL", required=True, help="the request's text")
    support.add_argument("--label", metavar="COL", required=True, help="its true category")
    support.add_argument("--time", metavar="COL", help="split by time: the latest fifth is the test")
    support.add_argument("--test", metavar="FILE2", type=Path, help="train on FILE, test on FILE2")
    answers = kinds.add_parser("answers", help="how often the right past answer is found")
    _common(answers)
    answers.add_argument("--question", metavar="COL", required=True, help="the past question")
    answers.add_argument("--answer", metavar="COL", required=True, help="its answer")
    answers.add_argument("--id", metavar="COL", help="number of the answer, for --relevant")
    answers.add_argument("--queries", metavar="FILE2", type=Path, help="new questions with the right answer")
    answers.add_argument("--query", metavar="COL", help="the new question")
    answers.add_argument("--relevant", metavar="COL", help="text or --id of the right answer")
    backtest_leads.add_arguments(kinds.add_parser("leads", help=backtest_leads.HELP))
    backtest_stock.add_arguments(kinds.add_parser("stock", help=backtest_stock.HELP))
    backtest_report.add_arguments(kinds.add_parser("report", help=backtest_report.HELP))


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="same seed, same figures (default 1)")
    parser.add_argument(
        "--embeddings", choices=sorted(EMBEDDINGS), default="auto", help="auto: where the extra is installed"
    )
    parser.add_argument("--where", metavar="COL=VALUE", action="append", default=[], help="only these rows")
    parser.add_argument("--no-header", action="store_true", help="the first row is data already")
    parser.add_argument("--format", choices=["text", "json"], default=argparse.SUPPRESS, help="how to print")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Reads, trains, judges. Raises `BadInput` with file, row and column."""
    if args.kind == "leads":
        return backtest_leads.run(args)
    if args.kind == "stock":
        return backtest_stock.run(args)
    if args.kind == "report":
        return backtest_report.run(args)
    return _support(args) if args.kind == "support" else _answers(args)


def _support(args: argparse.Namespace) -> dict[str, Any]:
    from pilotwerk.pilots.recipes.support.backtest import backtest_support

    rows, skipped = _labelled(args, args.file)
    test, skipped_too = _labelled(args, args.test) if args.test else (None, 0)
    _say(f"{len(rows)} rows read. Training and judging.")
    embeddings = EMBEDDINGS[args.embeddings]
    try:
        result = backtest_support(rows, test=test, seed=args.seed, embeddings=embeddings)
    except BadInput as error:
        error.file = error.file or args.file.name
        raise
    return {**result, "rows_skipped": skipped + skipped_too}


def _labelled(args: argparse.Namespace, path: Path) -> tuple[list[Any], int]:
    from pilotwerk.pilots.recipes.moments import MomentReader
    from pilotwerk.pilots.recipes.support import LabelledText

    table = Table.read(path, no_header=args.no_header, label=args.label)
    text, label = table.place(args.text), table.place(args.label)
    moment = table.place(args.time) if args.time else None
    kept = table.where(args.where)
    times = MomentReader.over(cells[moment] for _, cells in kept) if moment is not None else None
    rows = []
    for number, cells in kept:
        if cells[text].strip() and cells[label].strip():
            at = times.read(cells[moment]) if times is not None and moment is not None else None
            if times is not None and at is None:
                raise BadInput("This is not a date or time.", file=path.name, row=number, column=args.time)
            rows.append(LabelledText(str(number), cells[text], cells[label].strip(), None, at))
    if not rows:
        raise BadInput("No row has both a text and a label.", file=path.name)
    return rows, table.rejected + len(kept) - len(rows)


def _answers(args: argparse.Namespace) -> dict[str, Any]:
    from pilotwerk.pilots.recipes.support.backtest_answers import backtest_answers, backtest_requests

    embeddings = EMBEDDINGS[args.embeddings]
    asked = [args.queries, args.query, args.relevant]
    if any(asked) and not all(asked):
        raise BadInput("--queries, --query and --relevant belong together.")
    columns = [args.question, args.answer, *([args.id] if args.id else [])]
    rows = _columns(args, args.file, columns, args.where)
    pairs = [(row[0], row[1]) for row in rows]
    _say(f"{len(pairs)} questions with answers read. Indexing and asking.")
    if not args.queries:
        return backtest_answers(pairs, embeddings=embeddings)
    queries = _columns(args, args.queries, [args.query, args.relevant], [])
    ids = [row[2] for row in rows] if args.id else None
    return backtest_requests(pairs, [(row[0], row[1]) for row in queries], ids=ids, embeddings=embeddings)


def _columns(
    args: argparse.Namespace, path: Path, columns: list[str], conditions: list[str]
) -> list[tuple[str, ...]]:
    """The named columns of all rows in which all of them are filled."""
    table = Table.read(path, no_header=args.no_header, label=None)
    places = [table.place(column) for column in columns]
    rows = [tuple(cells[place].strip() for place in places) for _, cells in table.where(conditions)]
    rows = [row for row in rows if all(row)]
    if not rows:
        raise BadInput("No row has all of these columns filled.", file=path.name, column=", ".join(columns))
    return rows


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts with the row numbers that a person counts."""

    file: str
    columns: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    rejected: int

    @classmethod
    def read(cls, path: Path, *, no_header: bool, label: str | None) -> Table:
        from pilotwerk.processes.reading import open_source

        with open_source(path) as source:
            columns, rows = source.columns, source.first_rows(source.rows)
            table = cls(path.name, columns, rows, len(source.rejected))
        named = int(source.facts.get("header_row", "0"))
        if named and (no_header or (label is not None and table._first_is_data(label))):
            first = (named, tuple(columns))
            numbered = tuple(str(number) for number in range(1, len(columns) + 1))
            return cls(path.name, numbered, [first, *rows], table.rejected)
        return table

    def _first_is_data(self, label: str) -> bool:
        """Whether what was taken for the column names holds a label that occurs below, too."""
        if not label.isdigit() or label in self.columns or not 1 <= int(label) <= len(self.columns):
            return False
        place = int(label) - 1
        return any(cells[place].strip() == self.columns[place].strip() for _, cells in self.rows)

    def place(self, column: str) -> int:
        """Position of a column by its name or its number from 1. Raises `BadInput` for an unknown one."""
        if column in self.columns:
            return self.columns.index(column)
        if column.isdigit() and 1 <= int(column) <= len(self.columns):
            return int(column) - 1
        known = ", ".join(self.columns)
        raise BadInput(f"There is no such column. The columns are: {known}.", file=self.file, column=column)

    def where(self, conditions: list[str]) -> list[tuple[int, tuple[str, ...]]]:
        """The rows that fulfil all conditions "COL=VALUE"."""
        rows = self.rows
        for condition in conditions:
            column, sign, value = condition.partition("=")
            if not sign:
                raise BadInput(f"“{condition}” is not of the form COL=VALUE.")
            place = self.place(column.strip())
            rows = [(number, cells) for number, cells in rows if cells[place].strip() == value.strip()]
        return rows


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
