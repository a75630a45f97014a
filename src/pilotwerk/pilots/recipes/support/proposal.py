"""What the recipe takes in and what it proposes: plain values only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded.calibration import Bin, Quality
from pilotwerk.pilots.providers.embedded.explain import Reason


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One past request: its text, and its category and answer where they are known."""

    case: str
    text: str
    category: str | None = None
    answer: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftSettings:
    """What the organisation puts around every reply. `closing` by language, e.g. {"de": "Viele Grüße"}."""

    organisation_name: str
    closing: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model was made from and how far it can be trusted. Shares lie in 0..1."""

    rows: int
    answered: int
    categories: dict[str, int]
    languages: dict[str, float]
    embedding: str
    classifier: CannotTell | None
    quality: Quality | CannotTell
    similarity_floor: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another category and its confidence (0..1)."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Similar:
    """An answered request like this one; `score` lies in 0..1."""

    case: str
    question: str
    answer: str
    score: float
    date: date | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """A past answer that the draft is built from, and the sentences taken from it as they stand in the draft."""

    case: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SupportProposal:
    """A proposal for one request. Where something is None, the reason beside it says why."""

    category: str | None
    category_reason: str | None
    confidence: float | None
    bin: Bin | None
    sure: bool
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]
    neighbours_same: int
    neighbours: int
    similar: tuple[Similar, ...]
    draft: str | None
    origin: tuple[Origin, ...]
    no_draft_reason: str | None
    placeholders: tuple[str, ...]
    to_check: tuple[str, ...]
    shown: str
    language: str
    model_version: str
    embedding: str
    provider: str = field(default="embedded")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        values: dict[str, Any] = asdict(self)
        for item in values["similar"]:
            item["date"] = item["date"].isoformat() if item["date"] else None
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> SupportProposal:
        known = dict(values)
        known["bin"] = Bin(**values["bin"]) if values["bin"] else None
        for name in ("reasons_for", "reasons_against"):
            known[name] = tuple(
                Reason(**{**item, "spans": tuple((start, end) for start, end in item["spans"])})
                for item in values[name]
            )
        known["alternatives"] = tuple(Alternative(**item) for item in values["alternatives"])
        known["similar"] = tuple(
            Similar(**{**item, "date": date.fromisoformat(item["date"]) if item["date"] else None})
            for item in values["similar"]
        )
        known["origin"] = tuple(Origin(item["case"], tuple(item["sentences"])) for item in values["origin"])
        for name in ("placeholders", "to_check"):
            known[name] = tuple(values[name])
        return cls(**known)
