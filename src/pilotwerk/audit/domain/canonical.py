"""The one way to write a value as JSON, so that the same event has the same bytes and the same hash.

UTF-8; object keys are strings, sorted by code point; no white space; characters outside ASCII as themselves;
integers in full; floats in the shortest form that reads back the same, as Python writes it (`1.0`, `1e-07`);
no NaN, no infinity. Like RFC 8785 but for the form of floats and the order of keys beyond the basic plane.
Nobody has to repeat this to verify a log: an export holds the bytes themselves.
"""

from __future__ import annotations

import json
import math

_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=True
).encode


def canonical(value: object) -> bytes:
    """The bytes of a plain JSON value. TypeError or ValueError names what is not plain JSON, and where."""
    check_plain(value)
    return encode(value)


def encode(value: object) -> bytes:
    """The bytes of a value that is known to be plain JSON."""
    return _encode(value).encode()


def check_plain(value: object, where: str = "data") -> None:
    """Refuse what JSON cannot say or would silently change: keys that are no texts, tuples, dates."""
    kind = type(value)
    if value is None or kind is bool or kind is int:
        return
    if isinstance(value, str):  # a choice's member or a marked-safe text is written as the text that it is
        _check_text(value, where)
    elif kind is float:
        if not math.isfinite(value):  # type: ignore[arg-type]
            raise ValueError(f"{where} is {value}, which JSON cannot say")
    elif kind is list:
        for index, item in enumerate(value):  # type: ignore[arg-type, var-annotated]
            check_plain(item, f"{where}[{index}]")
    elif kind is dict:
        for key, item in value.items():  # type: ignore[attr-defined]
            if not isinstance(key, str):
                raise TypeError(f"a key in {where} is {key!r}, not a text")
            _check_text(key, where)
            check_plain(item, f"{where}.{key}")
    else:
        raise TypeError(f"{where} is {kind.__name__}, which is not plain JSON")


def _check_text(text: str, where: str) -> None:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError(f"{where} holds half a character (a lone surrogate)")
