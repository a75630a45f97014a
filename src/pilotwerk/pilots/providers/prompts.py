"""Prompts are files with a version; what was asked with which one stands at every call.

A file is a header of `name: value` lines, a line `---`, and the instructions. A changed prompt is a new file: the old
one stays, so that an old call can still be explained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "prompts"
HEADER: Final = ("version", "kind", "language", "date", "purpose")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Instructions of one kind, version and language. `name` is what a call names: "support/1.de"."""

    kind: str
    version: int
    language: str
    date: str
    purpose: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.version}.{self.language}"

    def filled(self, **values: str) -> str:
        """The instructions with their places filled in one pass: a value that looks like a place stays as it is."""
        return re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], self.text)


@lru_cache(maxsize=32)
def newest(kind: str, language: str) -> Prompt:
    """The highest version in the language; English where the language has none. FileNotFoundError for neither."""
    for wanted in (language, "en"):
        found = [_read(path) for path in (FOLDER / kind).glob(f"*.{wanted}.txt")]
        if found:
            return max(found, key=lambda prompt: prompt.version)
    raise FileNotFoundError(FOLDER / kind)


def _read(path: Path) -> Prompt:
    """ValueError where the header is not complete or contradicts the file's name."""
    head, mark, text = path.read_text(encoding="utf-8").partition("\n---\n")
    values = dict(line.split(": ", 1) for line in head.splitlines())
    if not mark or tuple(values) != HEADER:
        raise ValueError(f"{path}: the header must be {', '.join(HEADER)}")
    if path.name != f"{values['version']}.{values['language']}.txt" or path.parent.name != values["kind"]:
        raise ValueError(f"{path}: header and name of the file differ")
    return Prompt(
        values["kind"],
        int(values["version"]),
        values["language"],
        values["date"],
        values["purpose"],
        text.strip(),
    )
