"""Facts as they are kept with a proposal: part of what is approved, so small enough to stand in every revision."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.recipes.reports.facts import Facts, Role

# Far more than a report holds (60 kB for 380 facts); a text that unpacks to more was not written by `packed`.
LARGEST = 20_000_000


def packed(facts: Facts) -> str:
    """The facts as one line of text. It is a tenth of their JSON, and the same facts say the same."""
    plain = json.dumps(facts.as_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.b64encode(zlib.compress(plain.encode(), 9)).decode("ascii")


def unpacked(text: str) -> Facts:
    """The facts again. Raises `BadInput` for a text that holds none."""
    try:
        stream = zlib.decompressobj()
        plain = stream.decompress(base64.b64decode(text, validate=True), LARGEST)
        kept: dict[str, Any] = json.loads(plain)
        return Facts.from_json(kept)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise BadInput("These are no figures of a report.") from error


def said_of_periods(facts: Facts) -> Facts:
    """What a later report needs of these: the figures of the whole, to name what has changed since."""
    figures = tuple(one for one in facts.all(Role.VALUE, part=None, what=""))
    return replace(facts, facts=figures, outliers=(), tested=0, missing_days=(), trends=())
