"""Text out of bytes that name their character set wrongly, partly, or not at all. Nothing here raises."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Final

# What mail programs name and what they mean by it (WHATWG Encoding: Latin-1 is read as Windows-1252).
_MEANT: Final = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "utf8mb4": "utf-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")


def decoded(raw: bytes, charset: str | None) -> str:
    """The text: by the named character set, else UTF-8, else Windows-1252; what fits none becomes “�”."""
    named = (charset or "utf-8").strip().strip("\"'").lower()
    for candidate in dict.fromkeys((_MEANT.get(named, named), "utf-8")):
        try:
            return cleaned(raw.decode(candidate))
        except (LookupError, ValueError):
            continue
    return cleaned(raw.decode("cp1252", "replace"))


def cleaned(text: str) -> str:
    """Without signs that no database or page takes; line ends are "\\n"."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode("utf-8")


def header(message: Message, name: str) -> str:
    """The first header of this name in words, on one line; empty where there is none."""
    return header_text(raw_header(message, name))


def raw_header(message: Message, name: str) -> str:
    """The header as it stands in the mail: bytes beyond ASCII as surrogates, as the parser leaves them."""
    wanted = name.lower()
    return next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")


def header_text(raw: str) -> str:
    """Encoded words (RFC 2047) and plain 8-bit headers in words; a broken one stays as it stands."""
    try:
        parts = decode_header(_unfolded(raw))
    except (HeaderParseError, ValueError):
        return _line(_eight_bit(raw))
    found = [
        _eight_bit(part) if isinstance(part, str) else decoded(part, charset) if charset else _plain(part)
        for part, charset in parts
    ]
    return _line("".join(found))


def _plain(part: bytes) -> str:
    """What stands between encoded words; the parser hands it over with escapes for signs beyond Latin-1."""
    try:
        return _eight_bit(part.decode("raw-unicode-escape"))
    except ValueError:
        return decoded(part, None)


def _eight_bit(text: str) -> str:
    """Bytes that stood in the header without being encoded: UTF-8 or Windows-1252."""
    try:
        raw = text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return cleaned(text)
    return decoded(raw, None)


def _unfolded(raw: str) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", raw)


def _line(text: str) -> str:
    return " ".join(text.split())


def address(raw: str) -> tuple[str, str]:
    """Name and address of the first sender in a header; empty texts where it names none."""
    try:
        found = getaddresses([_unfolded(raw)])
    except (ValueError, IndexError, AttributeError):
        return "", ""
    for name, plain in found:
        mail = _line(_eight_bit(plain))
        if mail.count("@") == 1 and " " not in mail and not mail.startswith("@") and not mail.endswith("@"):
            return header_text(name), mail
    return "", ""
