"""A language model behind OpenAI's interface that fails in every way. Run by the storm in a process of its own."""

from __future__ import annotations

import json
import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

# Takes too long, cannot, is too busy, answers what is no answer, hangs up before or within the answer.
WAYS = ("timeout", "500", "429", "prose", "no json", "empty", "hang up", "cut off")
TIMEOUT_SECONDS = 1
DRAFT = "Guten Tag,\n\ngern verschieben wir Ihre Wartung.\n\nFreundliche Grüße\nProbe GmbH"
ANSWER = json.dumps({"category": "Termin", "draft": DRAFT, "reasons": ["Wartung"]})


def serve(port: int, log: Path, faults: Synchronized[int], seed: int) -> None:
    """Serve for ever. Each of `faults` spoils one answer."""
    chance = random.Random(seed)

    class Model(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            way = ""
            with faults.get_lock():
                if faults.value:
                    faults.value -= 1
                    way = chance.choice(WAYS)
            with log.open("a", encoding="utf-8") as stream:
                stream.write(f"model {way or 'answered'}\n")
            self.answer(way)

        def answer(self, way: str) -> None:
            if way == "timeout":
                time.sleep(TIMEOUT_SECONDS + 1)
            if way in ("500", "429"):
                self.say(int(way), b'{"error": {"message": "no"}}')
                return
            if way == "hang up":
                self.connection.close()
                return
            body = json.dumps(completion("Gern, hier mein Vorschlag." if way == "prose" else ANSWER)).encode()
            if way in ("no json", "empty"):
                body = b"<html>" if way == "no json" else b""
            self.say(200, body, whole=way != "cut off")

        def say(self, status: int, body: bytes, *, whole: bool = True) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if whole else body[: len(body) // 2])
            if not whole:
                self.connection.close()

        def log_message(self, *_args: object) -> None:
            """Nothing on the terminal."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed is not worth a trace."""

    Server(("127.0.0.1", port), Model).serve_forever(poll_interval=0.05)


def completion(text: str) -> dict[str, Any]:
    """An answer in the shape of the interface."""
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "klein",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }
