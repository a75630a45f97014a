"""Signing: checkpoints (C2SP tlog-checkpoint) and manifests as C2SP signed notes with Ed25519.

One key signs for the whole installation. Its name in a note is the log's origin, so that a statement about
one organisation can never be passed off as one about another.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pilotwerk.audit.verifier.verify import Key, key_id


def origin_of(log: UUID) -> str:
    """The name of a log in checkpoints: the same for ever, also when the organisation gets another name."""
    return f"pilotwerk/{log}"


def iso(moment: datetime) -> str:
    """An aware moment as UTC with microseconds: always the same length, so that texts sort like times."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


@dataclass(frozen=True)
class Signer:
    """The private key with the name under which it signs."""

    name: str
    private: Ed25519PrivateKey

    @property
    def key(self) -> Key:
        return Key(self.name, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: str) -> str:
        """A signed note over `text`, which ends with a line feed. ValueError for a text that does not."""
        if not text.endswith("\n") or "\n\n" in text:
            raise ValueError("a note's text is made of lines, none of them empty")
        signature = key_id(self.name, self.key.public) + self.private.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"

    def checkpoint(self, *, size: int, root: bytes, at: datetime) -> str:
        """A checkpoint: the log has `size` entries (0 or more) with this root, at an aware moment."""
        return self.sign(f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\ntime {iso(at)}\n")


def key_new() -> bytes:
    """A new private key as PEM (PKCS 8, not encrypted: the file's mode protects it)."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
