"""A mailbox that dies in the middle of commands. Run by the storm in a process of its own, with pymap's server.

Letters arrive in it as many as the storm wants. A death cuts one connection: before a command is carried out, or after
it, when only the answer is missing. The mailbox itself lives on, as a mail provider's does.
"""

from __future__ import annotations

import random
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from pilotwerk.pilots.tests import stage as stages
from pilotwerk.pilots.tests.mailservers import Imap, letter


def serve(port: int, log: Path, letters: Synchronized[int], deaths: Synchronized[int], seed: int) -> None:
    """Serve for ever. Each of `deaths` is used up by one connection."""
    chance = random.Random(seed)
    server = Imap(port=port)

    def dies(place: str) -> bool:
        # Not at the first occasion: deaths shall strike all commands alike.
        if not deaths.value or chance.random() > 0.2:
            return False
        with deaths.get_lock():
            deaths.value = max(deaths.value - 1, 0)
        with log.open("a", encoding="utf-8") as stream:
            stream.write(
                f"mailbox died at {place} {server.commands[-1].decode() if server.commands else ''}\n"
            )
        return True

    server.dies = dies
    server.start()
    server.create("Sent", "Entwürfe")
    put = 0
    while True:
        while put < letters.value:
            server.put(letter(put, stages.request_text("Termin", put), subject=f"mailbox-{put}"))
            put += 1
        time.sleep(0.02)
