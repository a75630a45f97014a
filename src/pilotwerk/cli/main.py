"""The `pilotwerk` command. Exit 0: done; 2: bad input, one sentence; 1: a fault in Pilotwerk."""

import argparse
import json
import logging
import os
import sys
from importlib import import_module
from typing import Any

from pilotwerk.cli.output import readable
from pilotwerk.core.errors import PilotwerkError

COMMANDS = {
    "serve": "pilotwerk.cli.commands.serve",
    "worker": "pilotwerk.cli.commands.worker",
    "migrate": "pilotwerk.cli.commands.migrate",
    "demo": "pilotwerk.cli.commands.demo",
    "analyse": "pilotwerk.cli.commands.analyse",
    "quality": "pilotwerk.cli.commands.quality",
    "backtest": "pilotwerk.cli.commands.backtest",
    "document": "pilotwerk.cli.commands.document",
    "stop": "pilotwerk.cli.commands.stop",
    "audit": "pilotwerk.cli.commands.audit",
    "doctor": "pilotwerk.cli.commands.doctor",
}
# These read a file and need no record: without the rooms they start a second sooner.
WITHOUT_ROOMS = frozenset({"analyse"})


def parser_for(chosen: str | None) -> argparse.ArgumentParser:
    """The parser. Only the chosen command's module is imported for its arguments."""
    parser = argparse.ArgumentParser(prog="pilotwerk", description="From AI idea to decision in 90 days.")
    parser.add_argument("--debug", action="store_true", help="show the full trace of a fault")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, path in COMMANDS.items():
        if chosen in (name, None):
            module = import_module(path)
            one = commands.add_parser(name, help=module.HELP, description=module.HELP)
            module.add_arguments(one)
            if "--format" not in one.format_usage():
                one.add_argument("--format", choices=["text", "json"], default="text", help="how to print")
        else:
            commands.add_parser(name)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run a command and answer its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")
    arguments = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in arguments if word in COMMANDS), None)
    args = parser_for(chosen).parse_args(arguments)
    module = import_module(COMMANDS[args.command])
    try:
        if args.command not in WITHOUT_ROOMS:
            import django

            django.setup()
        return _answer(module.run(args), args.format)
    except PilotwerkError as error:
        print(f"pilotwerk: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read has read enough; Python would complain once more when it empties its buffer at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if args.debug:
            raise
        logging.getLogger("pilotwerk").debug("fault", exc_info=True)
        print(f"pilotwerk: {type(error).__name__}: {error}. Use --debug for the trace.", file=sys.stderr)
        return 1


def _answer(result: dict[str, Any] | None, form: str) -> int:
    """Prints what a command found, and answers its exit code."""
    if result is None:
        return 0
    code = int(result.pop("exit_code", 0))
    print(json.dumps(result, ensure_ascii=False) if form == "json" else readable(result), flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
