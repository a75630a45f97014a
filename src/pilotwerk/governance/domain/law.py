"""The shape of the law files: rules, stages, sources. Checked when they are read."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pilotwerk.governance.domain.conditions import names

Certainty = Literal["C", "S", "U", "M"]
Kind = Literal[
    "scope",
    "ai_system",
    "provider",
    "prohibited",
    "annex_i",
    "annex_iii",
    "transparency",
    "duty",
    "dpia",
    "fria",
    "gap",
    "note",
]
Stage = Literal["scope", "ai_system", "prohibited", "annex_i", "annex_iii", "transparency", "provider"]
Target = Literal["provider", "high_risk", "dpia"]

# Facts that the evaluator adds to the answers.
CONTEXT = frozenset({"country", "works_council"})
DERIVED = frozenset({"provider", "high_risk", "in_annex_iii"})


class Entry(BaseModel):
    """Base: unknown keys are an error, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(Entry):
    """The same text in both languages."""

    de: str
    en: str


class Rule(Entry):
    """One statement of the law: when it holds, for whom, since when, and how sure that is.

    `certainty`: C read in the primary text, S good secondary source, U open question, M general knowledge.
    `unsettles` (gaps only): what becomes open unless the condition is certainly false.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]+$")]
    kind: Kind
    instrument: str
    short: Pair
    article: str
    cite: Pair
    role: tuple[Literal["provider", "deployer", "importer", "distributor", "controller", "employer"], ...]
    countries: frozenset[Literal["DE", "AT", "CH"]] = frozenset({"DE", "AT", "CH"})
    condition: str
    unsettles: Target | None = None
    classifies: Literal["anyone", "ours"] | None = None
    result: Literal["required", "likely"] | None = None
    applies_from: date | None
    applies_until: date | None = None
    status: Literal[
        "in_application", "adopted_not_yet_applicable", "proposal", "guidance", "soft_law", "repealed"
    ]
    certainty: Certainty
    source: tuple[str, ...]
    source_version: date
    as_of: date
    review_by: date
    text: Pair

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        names(self.condition)  # raises ValueError where the condition cannot be read
        if (self.unsettles is not None) and self.kind != "gap":
            raise ValueError(f"{self.id}: only a gap unsettles something")
        if (self.kind == "transparency") != (self.classifies is not None):
            raise ValueError(f"{self.id}: `classifies` belongs to transparency rules")
        if (self.kind == "dpia") != (self.result is not None):
            raise ValueError(f"{self.id}: `result` belongs to dpia rules")
        return self

    def in_force(self, on: date) -> bool:
        """Whether the rule applies on that day. Without a first day it applied when last checked."""
        begun = self.applies_from is None or self.applies_from <= on
        return begun and (self.applies_until is None or on <= self.applies_until)


class StageText(Entry):
    """A question of the reasoning with its three answers."""

    id: Stage
    article: str
    cite: Pair
    question: Pair
    yes: Pair
    no: Pair
    open: Pair


class LawFile(Entry):
    """One file of rules. Values under `defaults` hold for every rule that does not say otherwise."""

    instrument: str
    short: Pair
    defaults: dict[str, Any]
    stages: tuple[StageText, ...]
    rules: tuple[Rule, ...]

    @model_validator(mode="before")
    @classmethod
    def _fill_defaults(cls, data: Any) -> Any:
        common = {**data["defaults"], "instrument": data["instrument"], "short": data["short"]}
        return {**data, "rules": [{**common, **rule} for rule in data["rules"]]}


class Source(Entry):
    """Where a rule was read: title, address, version."""

    title: Pair
    url: Pair
    version: date


class Sources(Entry):
    """All sources, the legal state they describe, and when somebody must look again."""

    legal_state: date
    as_of: date
    review_by: date
    sources: dict[str, Source]


class Law(Entry):
    """All rules together, with what the answers may contain (question id to allowed values)."""

    stages: tuple[StageText, ...]
    rules: tuple[Rule, ...]
    sources: Sources
    questions: dict[str, frozenset[str]]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        known = frozenset(self.questions) | CONTEXT | DERIVED
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f"{rule.id} stands twice")
            seen.add(rule.id)
            if strange := names(rule.condition) - known:
                raise ValueError(f"{rule.id}: no question answers {', '.join(sorted(strange))}")
            if lost := set(rule.source) - set(self.sources.sources):
                raise ValueError(f"{rule.id}: unknown source {', '.join(sorted(lost))}")
        return self

    def of_kind(self, *kinds: Kind) -> list[Rule]:
        """The rules of these kinds, in their order."""
        return [rule for rule in self.rules if rule.kind in kinds]

    def stage(self, stage_id: Stage) -> StageText:
        """The texts of one question of the reasoning."""
        return next(stage for stage in self.stages if stage.id == stage_id)

    def review_due(self, on: date) -> bool:
        """Whether the day is past on which somebody should have looked at the sources again."""
        return on > min(self.sources.review_by, *(rule.review_by for rule in self.rules))
