"""`pilotwerk serve`: web and embedded worker in one process tree."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from pilotwerk.core.errors import Refused

HELP = "web and embedded worker in one process tree"
PORTS_TO_TRY = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="first port to try; the next free one is taken"
    )
    parser.add_argument("--workers", type=int, default=1, help="number of case workers beside the web")


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + PORTS_TO_TRY):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise Refused(
        f"No port from {first} to {first + PORTS_TO_TRY - 1} is free on {host}. Choose one with --port."
    )


def run(args: argparse.Namespace) -> None:
    """Start both, print the address, and keep the workers alive until the web ends."""
    port = free_port(args.host, args.port)
    environment = os.environ | {
        "PILOTWERK_PUBLIC_URL": os.environ.get("PILOTWERK_PUBLIC_URL", f"http://{args.host}:{port}")
    }
    web = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "pilotwerk.project.wsgi:application",
            "--bind", f"{args.host}:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "8",
            "--timeout", "120", "--log-level", "warning",
        ],
        env=environment,
    )  # fmt: skip
    command = [sys.executable, "-m", "pilotwerk.cli.main", "worker", "--parent", str(os.getpid())]
    workers = [subprocess.Popen(command, env=environment) for _ in range(max(args.workers, 1))]

    def stop(_number: int, _frame: FrameType | None) -> None:
        web.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Pilotwerk: http://{args.host}:{port}", flush=True)
    try:
        while web.poll() is None:
            time.sleep(0.5)
            # A worker that died is replaced; what it held is free again when its lease ends.
            workers = [
                worker if worker.poll() is None else subprocess.Popen(command, env=environment)
                for worker in workers
            ]
    finally:
        for process in (web, *workers):
            process.terminate()
        for process in (web, *workers):
            process.wait(timeout=30)
