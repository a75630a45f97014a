"""The support recipe in the runtime: learns from past requests, proposes category and reply."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.recipes.base import (
    Learned,
    Material,
    Place,
    Proposed,
    Recipe,
    Request,
    RunningRecipe,
    plain,
)
from pilotwerk.pilots.recipes.support.personal import unfilled
from pilotwerk.pilots.recipes.support.wording import reason_text

if TYPE_CHECKING:
    from pathlib import Path

    from pilotwerk.pilots.recipes.support import SupportModel

ABOUT = Recipe(
    kind="support",
    needs=("text",),
    uses=("category", "answer", "time", "case"),
    minimum_rows=30,
    language_model=True,
)


class Support(RunningRecipe):
    """Receives requests; proposes a category and a reply made of earlier answers."""

    about = ABOUT
    learned_template = "pilots/parts/learned.html"

    def learn(self, material: Material, folder: Path) -> Learned | CannotTell:
        from pilotwerk.pilots.recipes import support

        rows = [
            support.LabelledText(row.case, row.text, row.category, row.answer, row.opened)
            for row in material.texts
        ]
        model = support.train(rows, seed=material.seed, embeddings=material.embeddings)
        if isinstance(model, CannotTell):
            return model
        target = folder / model.version
        target.mkdir(parents=True, exist_ok=True)
        support.save(model, target)
        return Learned(model.version, plain(model.facts))

    def propose(self, request: Request, place: Place) -> Proposed | CannotTell:
        from pilotwerk.pilots.recipes.support import DraftSettings

        assert place.folder is not None  # the runtime proposes only with a version
        found = loaded(place.folder).propose(
            subject=request.subject,
            text=request.text,
            sender_name=request.sender_name or None,
            settings=DraftSettings(place.organisation),
        )
        if found.category is None and not found.draft:
            return CannotTell(found.category_reason or found.no_draft_reason or "unknown")
        return Proposed(
            category=found.category or "",
            recipient=request.sender_address,
            subject=self.subject_by_hand(request),
            body=found.draft or "",
            confidence=found.confidence,
            evidence=plain(found),
        )

    def subject_by_hand(self, request: Request) -> str:
        """The subject of the answer; what came in as a reply stays one."""
        if not request.subject:
            return ""
        known = request.subject.lower().startswith(("re:", "aw:"))
        return request.subject if known else f"Re: {request.subject}"

    def unfilled(self, body: str) -> tuple[str, ...]:
        return unfilled(body)

    def reason(self, code: str, language: str) -> str:
        return reason_text(code, language)

    def told(self, facts: Any, language: str) -> dict[str, Any]:
        quality, classifier = facts.get("quality") or {}, facts.get("classifier") or {}
        return {
            "quality": None if "cannot_tell" in quality else quality or None,
            "quality_reason": self._reason(quality, language),
            "classifier_reason": self._reason(classifier, language),
        }

    def _reason(self, part: dict[str, Any], language: str) -> str:
        code = part.get("cannot_tell")
        return reason_text(code, language) if code else ""


@lru_cache(maxsize=4)
def loaded(folder: Path) -> SupportModel:
    """The version kept in ``folder``; read once a process. Raises BadInput when its files were changed."""
    from pilotwerk.pilots.recipes.support import load

    return load(folder)
