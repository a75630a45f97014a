"""A few processes that each do their share of a phase at the same time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

Do = Callable[[int, int, str], Any]


class Crew:
    """`count` forked processes; `do(number, count, phase)` runs in each of them at once."""

    def __init__(self, count: int, do: Do) -> None:
        context = multiprocessing.get_context("fork")
        self.count = count
        self.pipes = []
        self.processes = []
        for number in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, number, count, do), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def all(self, phase: str) -> list[Any]:
        """What each process answers for this phase."""
        for pipe in self.pipes:
            pipe.send(phase)
        return [pipe.recv() for pipe in self.pipes]

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join()


def _serve(pipe: Any, number: int, count: int, do: Do) -> None:
    while (phase := pipe.recv()) is not None:
        pipe.send(do(number, count, phase))
