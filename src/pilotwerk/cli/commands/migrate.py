"""`pilotwerk migrate`: brings the database to the present form."""

import argparse

HELP = "create or update the tables of the database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print nothing when there is nothing to do")


def run(args: argparse.Namespace) -> None:
    """Apply all migrations."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0 if args.quiet else 1)
