"""`pilotwerk worker`: works through the queue until it is stopped."""

import argparse
import os
import signal
import threading

from pilotwerk.core.errors import Refused

HELP = "a worker alone: proposals, deliveries, imports, checkpoints"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--concurrency", type=int, default=1, help="how many pieces of work at the same time (threads)"
    )
    parser.add_argument("--parent", type=int, default=0, help="end when the process with this number is gone")


def run(args: argparse.Namespace) -> None:
    """Work until SIGTERM or SIGINT, or until the parent process is gone."""
    from pilotwerk.core.jobs import run_worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.concurrency < 1:
        raise Refused("--concurrency must be at least 1.")
    run_worker(
        stop=stop, concurrency=args.concurrency, alive=lambda: not args.parent or os.getppid() == args.parent
    )
