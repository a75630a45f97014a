"""In which language a text is written."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Languages that customers of companies in Germany, Austria and Switzerland write in; fewer choices err less.
LANGUAGES = (
    "de",
    "en",
    "fr",
    "it",
    "es",
    "nl",
    "da",
    "sv",
    "pl",
    "cs",
    "hu",
    "tr",
    "pt",
    "ro",
    "hr",
    "ru",
    "uk",
    "ar",
)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    import py3langid

    py3langid.set_languages(list(LANGUAGES))
    return py3langid


def detect(text: str) -> str:
    """The two-letter code of the most probable language; "" for a text without letters."""
    if not any(sign.isalpha() for sign in text):
        return ""
    return str(_identifier().classify(text[:4000])[0])


def shares(texts: Iterable[str]) -> dict[str, float]:
    """Share of each language, most frequent first; shares lie in 0..1."""
    counts = Counter(code for code in map(detect, texts) if code)
    total = counts.total()
    return {code: count / total for code, count in counts.most_common()} if total else {}
