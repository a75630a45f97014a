"""A trained model of the support recipe: proposes for one request, and lies on disk as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded import storage
from pilotwerk.pilots.providers.embedded.calibration import Bin, Quality
from pilotwerk.pilots.providers.embedded.classifier import TextClassifier
from pilotwerk.pilots.providers.embedded.embedding import Embedder, embedder_for
from pilotwerk.pilots.providers.embedded.explain import Reason, explain
from pilotwerk.pilots.providers.embedded.language import detect
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex
from pilotwerk.pilots.recipes.support.drafting import Candidate, Draft, Template, choose, compose
from pilotwerk.pilots.recipes.support.personal import own_names
from pilotwerk.pilots.recipes.support.proposal import (
    Alternative,
    DraftSettings,
    ModelFacts,
    Origin,
    Similar,
    SupportProposal,
)
from pilotwerk.pilots.recipes.support.wording import (
    NO_ANSWERS,
    NO_TEXT,
    NOTHING_LEFT,
    NOTHING_SIMILAR,
    OTHER_LANGUAGE,
)

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

KIND = "support"
NEIGHBOURS = 15
SHOWN_SIMILAR = 3
ALTERNATIVES = 3
# A request like this or shorter is too little to tell its language.
SHORT = 20


@dataclass(frozen=True, slots=True)
class Past:
    """One past request as the model keeps it."""

    case: str
    text: str
    category: str | None
    answer: str | None
    date: date | None
    template: Template | None


@dataclass(frozen=True, slots=True)
class _Category:
    """The half of a proposal that names a category."""

    name: str | None
    reason: str | None
    confidence: float | None = None
    bin: Bin | None = None
    sure: bool = False
    alternatives: tuple[Alternative, ...] = ()
    speaking: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class SupportModel:
    """Everything that was learned. `version` changes whenever the rows, the seed or the method change."""

    past: tuple[Past, ...]
    index: PassageIndex
    classifier: TextClassifier | CannotTell
    titles: dict[str, str]
    facts: ModelFacts
    version: str = ""

    def propose(
        self,
        *,
        text: str,
        subject: str = "",
        sender_name: str | None = None,
        language: str | None = None,
        settings: DraftSettings,
    ) -> SupportProposal:
        """Category, reasons, similar requests and a draft. The request's text is data: it is read, never obeyed."""
        shown = f"{subject.strip()}\n{text}" if subject.strip() else text
        if not any(sign.isalnum() for sign in shown):
            return self._nothing(shown, language or self._main_language)
        spoken = language or self._language(shown)
        embedder = self._embedder()
        vector = embedder.queries([shown]) if embedder else None
        category = self._categorise(shown, vector, sender_name)
        scores = self.index.scores([shown], vector)[0]
        order = scores.argsort(kind="stable")[::-1]
        nearest = [int(place) for place in order[:NEIGHBOURS] if self.past[place].category is not None]
        draft, source, reason = self._draft(scores, order, category.name, spoken, sender_name, settings)
        return SupportProposal(
            category=category.name,
            category_reason=category.reason,
            confidence=category.confidence,
            bin=category.bin,
            sure=category.sure,
            reasons_for=category.speaking,
            reasons_against=category.against,
            alternatives=category.alternatives,
            neighbours_same=sum(self.past[place].category == category.name for place in nearest),
            neighbours=len(nearest),
            similar=self._similar(scores, order),
            draft=draft.text if draft else None,
            origin=(Origin(source.case, draft.sentences),) if draft and source else (),
            no_draft_reason=reason,
            placeholders=draft.placeholders if draft else (),
            to_check=draft.to_check if draft else (),
            shown=shown,
            language=spoken,
            model_version=self.version,
            embedding=self.facts.embedding,
        )

    @property
    def _main_language(self) -> str:
        return next(iter(self.facts.languages), "de")

    def _language(self, shown: str) -> str:
        return (detect(shown) if len(shown) > SHORT else "") or self._main_language

    def _embedder(self) -> Embedder | None:
        return embedder_for(True) if self.facts.embedding else None

    def _nothing(self, shown: str, language: str) -> SupportProposal:
        return SupportProposal(
            category=None, category_reason=NO_TEXT, confidence=None, bin=None, sure=False,
            reasons_for=(), reasons_against=(), alternatives=(), neighbours_same=0, neighbours=0, similar=(),
            draft=None, origin=(), no_draft_reason=NO_TEXT, placeholders=(), to_check=(), shown=shown,
            language=language, model_version=self.version, embedding=self.facts.embedding,
        )  # fmt: skip

    def _categorise(self, shown: str, vector: NDArray[np.float32] | None, sender: str | None) -> _Category:
        import numpy as np

        model = self.classifier
        if isinstance(model, CannotTell):
            return _Category(None, model.reason)
        shares = np.exp(model.log_scores([shown], vector)[0])
        ranked = [int(place) for place in np.argsort(-shares, kind="stable")]
        name, confidence = model.categories[ranked[0]], float(shares[ranked[0]])
        # A person's name may weigh something by chance; it is no reason to show.
        names = (*own_names(shown, ""), *(sender or "").split())
        speaking, against = explain(model, shown, name, frozenset(word.lower() for word in names))
        quality = model.quality
        if isinstance(quality, CannotTell):
            # A share that was never compared with what was right would be a claim without evidence.
            return _Category(name, quality.reason, speaking=speaking, against=against)
        return _Category(
            name=name,
            reason=None,
            confidence=confidence,
            bin=quality.bin_of(confidence),
            sure=quality.threshold is not None and confidence >= quality.threshold,
            alternatives=tuple(
                Alternative(model.categories[place], float(shares[place]))
                for place in ranked[1 : ALTERNATIVES + 1]
            ),
            speaking=speaking,
            against=against,
        )

    def _similar(self, scores: NDArray[np.float32], order: NDArray[np.int64]) -> tuple[Similar, ...]:
        """The most like answered requests above the floor, each wording once."""
        found: dict[str, Similar] = {}
        for place in order:
            past, score = self.past[place], float(scores[place])
            if score < self.facts.similarity_floor or len(found) == SHOWN_SIMILAR:
                break
            if past.answer and past.text not in found:
                found[past.text] = Similar(
                    past.case, past.text, past.answer, min(score, 1.0), past.date, past.category
                )
        return tuple(found.values())

    def _draft(
        self,
        scores: NDArray[np.float32],
        order: NDArray[np.int64],
        category: str | None,
        language: str,
        sender: str | None,
        settings: DraftSettings,
    ) -> tuple[Draft | None, Candidate | None, str | None]:
        """The draft and where it comes from, or the reason why there is none."""
        if not self.facts.answered:
            return None, None, NO_ANSWERS
        near: list[tuple[Past, float]] = []
        for place in order:
            past, score = self.past[place], float(scores[place])
            if score < self.facts.similarity_floor or len(near) == NEIGHBOURS:
                break
            if past.template is not None and (category is None or past.category in (category, None)):
                near.append((past, score))
        if not near:
            return None, None, NOTHING_SIMILAR
        candidates = [
            Candidate(past.case, past.template, score)
            for past, score in near
            if past.template is not None and past.template.language == language
        ]
        if not candidates:
            return None, None, OTHER_LANGUAGE
        chosen = choose(candidates)
        if chosen is None:
            return None, None, NOTHING_LEFT
        return compose(chosen, sender=sender, titles=self.titles, settings=settings), chosen, None

    def store(self) -> storage.Stored:
        facts = asdict(self.facts)
        reason = {"reason": self.classifier.reason} if isinstance(self.classifier, CannotTell) else None
        plain: dict[str, Any] = {
            "past": [_plain_past(past) for past in self.past],
            "titles": self.titles,
            "facts": {name: facts[name] for name in _OWN_FACTS},
            "no_classifier": reason,
        }
        trained = self.classifier.store() if isinstance(self.classifier, TextClassifier) else None
        return storage.join(plain, index=self.index.store(), classifier=trained)

    @classmethod
    def restore(cls, stored: storage.Stored, version: str) -> SupportModel:
        plain = stored.plain
        classifier: TextClassifier | CannotTell = (
            TextClassifier.restore(stored.part("classifier"))
            if stored.has("classifier")
            else CannotTell(plain["no_classifier"]["reason"])
        )
        facts = facts_with(classifier, **plain["facts"])
        past = tuple(_past(values) for values in plain["past"])
        index = PassageIndex.restore(stored.part("index"))
        return cls(past, index, classifier, plain["titles"], facts, version)


_OWN_FACTS = ("rows", "answered", "categories", "languages", "embedding", "similarity_floor")


def facts_with(classifier: TextClassifier | CannotTell, **own: Any) -> ModelFacts:
    """The facts; what the classifier knows about itself is taken from it."""
    missing = classifier if isinstance(classifier, CannotTell) else None
    quality: Quality | CannotTell = missing if missing is not None else classifier.quality  # type: ignore[union-attr]
    return ModelFacts(classifier=missing, quality=quality, **own)


def _plain_past(past: Past) -> dict[str, Any]:
    return {**asdict(past), "date": past.date.isoformat() if past.date else None}


def _past(values: dict[str, Any]) -> Past:
    template = Template(**values["template"]) if values["template"] else None
    day = date.fromisoformat(values["date"]) if values["date"] else None
    return Past(**{**values, "date": day, "template": template})


def save(model: SupportModel, folder: Path) -> str:
    """Writes the model as plain data; answers its version."""
    storage.write(model.store(), folder, kind=KIND)
    return model.version


def load(folder: Path) -> SupportModel:
    """Reads a model. Raises `BadInput` when its files are missing, damaged or were changed."""
    stored, found = storage.read(folder, kind=KIND)
    return SupportModel.restore(stored, found[:16])
