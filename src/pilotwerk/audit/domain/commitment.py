"""Personal data in a log that never changes: the leaf holds a commitment, the clear text stands beside it.

Erasing salt and text leaves a value from which nobody can learn the text, not even by trying all names,
because the salt has 256 random bits. The leaf, and so the tree, stays as it was.
"""

from __future__ import annotations

import secrets

from pilotwerk.audit.verifier.verify import ClearText, commitment

__all__ = ["ClearText", "commit", "commitment"]

SALT_BYTES = 32


def commit(*, sequence: int, key: str, text: str) -> tuple[str, ClearText]:
    """The commitment for the leaf of entry `sequence`, and the row that opens it."""
    clear = ClearText(sequence, key, secrets.token_bytes(SALT_BYTES), text)
    return commitment(clear.salt, key, text), clear
