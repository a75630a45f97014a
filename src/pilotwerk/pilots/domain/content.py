"""What exactly is approved: canonical JSON of a proposal's content and its SHA-256."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Final

SHORT: Final = 4


def normalised(text: str) -> str:
    """Text as it is stored and sent: Unicode NFC, line ends as LF, no blanks at the end of a line.

    Browsers send CRLF; without this an untouched draft would look edited.
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def canonical(content: Mapping[str, object]) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8. Raises ValueError for NaN, TypeError for other types."""
    return json.dumps(
        dict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_hash(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical content, hexadecimal (64 digits)."""
    return hashlib.sha256(canonical(content)).hexdigest()


def shortened(digest: str) -> str:
    """The hash for a person's eye: first and last four digits."""
    return f"{digest[:SHORT]}…{digest[-SHORT:]}"
