"""`pilotwerk demo`: the sample company through 90 days."""

import argparse
import sys
import time
from typing import Any

HELP = "the sample company, played through 90 days"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reset", action="store_true", help="delete the sample company and build it again")
    parser.add_argument(
        "--first-start", action="store_true", help="build it once and for all; afterwards only print sign-ins"
    )


def run(args: argparse.Namespace) -> dict[str, Any] | None:
    """Build the sample company unless it is there, and tell how to sign in as each of its people."""
    from pilotwerk.core.errors import Refused
    from pilotwerk.demo import selectors
    from pilotwerk.demo.play import play, remove

    if not selectors.may_be_here():
        if args.first_start:
            return None
        raise Refused(
            "The sample company is only for this machine, because its sign-ins are printed. "
            "Set PILOTWERK_DEMO=on if it shall be reachable from elsewhere all the same."
        )
    began = time.perf_counter()
    if args.reset:
        remove()
    organisation = selectors.sample()
    seconds = None
    if organisation is None and (not args.first_start or selectors.is_first_start()):
        print("Building the sample company, about a minute ...", file=sys.stderr, flush=True)
        organisation = play(say=lambda text: print(f"  {text}", file=sys.stderr, flush=True))
        seconds = round(time.perf_counter() - began, 1)
    return _told(organisation.name, seconds) if organisation else None


def _told(name: str, seconds: float | None) -> dict[str, Any]:
    from pilotwerk.demo import selectors
    from pilotwerk.demo.people import password

    told: dict[str, Any] = {"company": f"{name} (fictional sample data)"}
    if seconds is not None:
        told["seconds"] = seconds
    told["password"] = password() if selectors.sign_in_works() else "changed; pilotwerk demo --reset"
    told["people"] = [
        {"name": one.name, "task": one.task, "e-mail": one.email} for one in selectors.sign_ins()
    ]
    return told
