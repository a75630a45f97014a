"""A mail server that dies in the middle of commands. Run by the storm in a process of its own.

It writes one line for each mail it took and for each of its deaths into a file; the storm counts them in the end.
"""

from __future__ import annotations

import random
import re
import socketserver
from email import message_from_bytes, policy
from email.message import EmailMessage
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

MARK = re.compile(r"Ihr Zeichen: ([\w-]+)\.")
# Where it dies: before anything went out, or when nobody can know any more.
DEATHS = ("connect", "mail", "rcpt", "data", "text", "answer")


def serve(port: int, log: Path, rate: Synchronized[float], seed: int) -> None:
    """Serve for ever. `rate` is the share of sessions in which the server dies; 0 lets it live."""
    chance = random.Random(seed)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            death = chance.choice(DEATHS) if chance.random() < rate.value else ""
            if death == "connect":
                _note(log, "died connect")
                return
            self.wfile.write(b"220 ready\r\n")
            for line in self.rfile:
                verb = line.split(b" ")[0].strip().upper().decode("ascii", "replace").split(":")[0].lower()
                if verb == death:
                    _note(log, f"died {death}")
                    return
                if verb == "data":
                    self.wfile.write(b"354 go on\r\n")
                    if not self.text(death):
                        return
                elif verb == "quit":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 fine\r\n")

        def text(self, death: str) -> bool:
            lines: list[bytes] = []
            for line in self.rfile:
                if death == "text":
                    _note(log, "died text")
                    return False
                if line == b".\r\n":
                    break
                lines.append(line)
            else:
                return False  # the sender was gone before the end: the mail was not taken
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(message, EmailMessage)
            found = MARK.search(message.get_content())
            _note(log, f"took {found[1] if found else '?'}")
            if death == "answer":
                _note(log, "died answer")
                return False
            self.wfile.write(b"250 taken\r\n")
            return True

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed is not worth a trace."""

    with Server(("127.0.0.1", port), Session) as server:
        server.serve_forever(poll_interval=0.05)


def _note(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")
