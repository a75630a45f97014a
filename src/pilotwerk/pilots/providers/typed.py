"""What a model may answer: typed, bounded, and nothing that could act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

DRAFT_LONGEST = 4000
REASONS_MOST = 3
Reason = Annotated[str, Field(max_length=200)]


class SupportAnswer(BaseModel):
    """Reasons, a category, and the draft of a reply. There is no field for a recipient, an approval or an action."""

    model_config = ConfigDict(extra="ignore", str_max_length=DRAFT_LONGEST)

    category: str = ""
    draft: str = Field(default="", max_length=DRAFT_LONGEST)
    reasons: list[Reason] = Field(default_factory=list, max_length=REASONS_MOST)


class RewrittenAnswer(BaseModel):
    """A text in other words. It goes nowhere before the recipe and a person have checked it."""

    model_config = ConfigDict(extra="ignore", str_max_length=DRAFT_LONGEST)

    text: str = Field(default="", max_length=DRAFT_LONGEST)


class ShortAnswer(BaseModel):
    """The answer to the test button's one sentence."""

    answer: str = Field(max_length=300)


def support_answer(
    categories: Sequence[str], *, draft_longest: int = DRAFT_LONGEST, reasons_most: int = REASONS_MOST
) -> type[SupportAnswer]:
    """The type with exactly these categories to choose from; without any, none can be named."""
    fields: dict[str, object] = {
        "draft": (str, Field(max_length=draft_longest)),
        "reasons": (list[Reason], Field(default_factory=list, max_length=reasons_most)),
    }
    if categories:
        fields = {"category": (Literal[tuple(categories)], Field()), **fields}
    return create_model("SupportAnswer", __base__=SupportAnswer, **fields)  # type: ignore[call-overload, no-any-return]
